//! A policy fetched from a book for one kind of call.

use super::bind::Part;
use super::build::build;
use super::calls::{Hosted, Judge};
use super::generation::Generation;
use super::guarded::TextGuarded;
use super::live::Live;
use super::service::BoxedService;
use super::shelf::Shelf;
use crate::edge::Guarded;
use crate::telemetry::Telemetry;
use crate::world::{Lifted, Mode};
use std::fmt;
use std::sync::Arc;
use tower_layer::Layer;
use tower_service::Service;

/// A policy of a [`PolicyBook`](super::PolicyBook) for calls of `Req` answered with `Res` or failed
/// with `Err`: a `tower::Layer` for any service of those types that can be cloned and sent.
///
/// # Clone
/// Clones, and all services under one policy, share its state: one breaker, one bulkhead.
#[must_use = "a policy does nothing until it guards a service"]
pub struct TextPolicy<Req, Res, Err, M: Mode<Err> = Lifted> {
    shelf: Arc<Shelf>,
    /// The one that the shelf knows: it asks later texts for the policy while this is held.
    name: Arc<str>,
    classifier: Judge<Req, Res, Err, M>,
}

impl<Req, Res, Err, M: Mode<Err>> TextPolicy<Req, Res, Err, M> {
    pub(super) const fn new(
        shelf: Arc<Shelf>,
        name: Arc<str>,
        classifier: Judge<Req, Res, Err, M>,
    ) -> Self {
        Self { shelf, name, classifier }
    }

    /// Its name in the text.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reports into a sink, or into a [`Telemetry`] that others report into too: what becomes of its
    /// requests, and what its layers do, those of the policies it refers to included; of this text and of
    /// all later ones. It does so in place, for all handles to the policy and all services under it.
    ///
    /// # Examples
    /// ```
    /// use ninelives_runtime::dynamic::{Calls, Host, PolicyBook};
    /// use ninelives_runtime::telemetry::MemorySink;
    ///
    /// let host = Host::new().calls(Calls::<u32, String, std::io::Error>::new());
    /// let book = PolicyBook::from_text("policy search = timeout(1s);", host)?;
    /// let memory = MemorySink::new(100);
    /// let search = book.policy::<u32, String, std::io::Error>("search")?.with_sink(memory.clone());
    /// # drop(search);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_sink(self, sink: impl Into<Telemetry>) -> Self {
        self.shelf.attach_policy(&self.name, &sink.into());
        self
    }
}

impl<S, Req, Res, Err, M> Layer<S> for TextPolicy<Req, Res, Err, M>
where
    S: Service<Req, Response = Res, Error = Err, Future: Send + 'static> + Clone + Send + 'static,
    Req: Send + 'static,
    Res: Send + 'static,
    Err: 'static,
    M: Mode<Err, Error: Send + 'static> + 'static,
{
    type Service = TextGuarded<S, Req, M>;

    fn layer(&self, service: S) -> Self::Service {
        let policy = self.clone();
        let wrapped = BoxedService::synced(service.clone());
        let stack = move |generation: &Generation| {
            let requests = generation.requests(&policy.name);
            match generation.policy::<Hosted<Req, Res, Err, M>>(&policy.name) {
                Ok((_, part)) => build(part, &requests, &wrapped),
                // INVARIANT(still-offered): no text is put in force that lacks a policy whose name
                // somebody holds, as this closure does.
                Err(_) => build(&Part::<Hosted<Req, Res, Err, M>>::Fail, &requests, &wrapped),
            }
        };
        let live = Live::new(self.shelf.clone(), Box::new(stack));
        TextGuarded::new(Guarded::new(live, service, self.classifier.clone()))
    }
}

impl<Req, Res, Err, M: Mode<Err>> Clone for TextPolicy<Req, Res, Err, M> {
    fn clone(&self) -> Self {
        Self {
            shelf: self.shelf.clone(),
            name: self.name.clone(),
            classifier: self.classifier.clone(),
        }
    }
}

impl<Req, Res, Err, M: Mode<Err>> fmt::Debug for TextPolicy<Req, Res, Err, M> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("TextPolicy").field(&self.name).finish()
    }
}
