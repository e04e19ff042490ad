//! What the host provides for one kind of request: its classifier, and things under names.

use super::classifier::Classifier;
use super::erased::Portable;
use super::service::BoxedService;
use crate::classify::{Classify, Plain, Repeat};
use crate::error::Fault;
use crate::fallback::{Answer, Handler};
use crate::world::{Flat, Lifted, Mode, On, World};
use ninelives_dsl::host::HostKind;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use tower_layer::Layer;
use tower_service::Service;

/// The classifier of a kind of call.
pub(super) type Judge<Req, Res, Err, M> =
    Classifier<Req, Res, <<M as Mode<Err>>::Error as Fault>::Service>;

/// The world of what is registered: the request's types, with the service forgotten.
pub(super) type Hosted<Req, Res, Err, M> =
    On<BoxedService<Req, Res, Err>, Req, Judge<Req, Res, Err, M>, M>;

/// A world whose things can be kept in a registry.
pub(super) trait Registered:
    Portable<Service: Clone + Send + Sync, Classifier: Clone + Send + Sync>
{
}

impl<K: Portable<Service: Clone + Send + Sync, Classifier: Clone + Send + Sync>> Registered for K {}

/// Describes one kind of call to a [`Host`](super::Host): requests `Req`, answered with `Res` or
/// failed with `Err` by the services that policies will guard.
///
/// A name is written with an `@` in the text and without it here. Registering a name again replaces
/// what it stood for.
///
/// # Examples
/// ```
/// use ninelives_runtime::dynamic::{Calls, Host};
///
/// let calls = Calls::<u32, String, std::io::Error>::new()
///     .degraded(String::new)
///     .handler("cached", |request: Option<u32>, _| format!("cached {request:?}"));
/// let host = Host::new().calls(calls);
/// ```
#[must_use = "calls are registered by `Host::calls`"]
pub struct Calls<Req, Res, Err, M: Mode<Err> = Lifted, C = Plain> {
    pub(super) classifier: C,
    pub(super) provided: Provided<Hosted<Req, Res, Err, M>>,
}

/// What is registered for one kind of call.
pub(super) struct Provided<K: World> {
    pub(super) names: BTreeMap<String, Thing<K>>,
    pub(super) degraded: Option<AnyHandler<K>>,
}

/// A thing under a name.
pub(super) enum Thing<K: World> {
    Handler(AnyHandler<K>),
    Service(K::Service),
    Layer(HostLayer<K::Service>),
}

/// A handler whose type is forgotten.
pub(super) struct AnyHandler<K: World>(
    Arc<dyn Handler<K::Request, K::Response, K::Error> + Send + Sync>,
);

/// A tower layer whose type is forgotten.
pub(super) struct HostLayer<S>(Arc<dyn Fn(S) -> S + Send + Sync>);

impl<Req, Res, Err> Calls<Req, Res, Err> {
    /// Calls whose errors become [`PolicyError`](crate::error::PolicyError)s, with the classifier
    /// [`Plain`] and nothing registered.
    pub fn new() -> Self {
        Self::empty(Plain)
    }
}

impl<Req, Res, Err: Fault> Calls<Req, Res, Err, Flat> {
    /// Calls whose errors can hold a refusal of ours already, as
    /// [`Policy::flat`](crate::policy::Policy::flat) has it.
    pub fn flat() -> Self {
        Self::empty(Plain)
    }
}

impl<Req, Res, Err> Default for Calls<Req, Res, Err> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Req, Res, Err, M: Mode<Err>, C> Calls<Req, Res, Err, M, C> {
    const fn empty(classifier: C) -> Self {
        Self { classifier, provided: Provided { names: BTreeMap::new(), degraded: None } }
    }

    /// Another classifier. From text a request must always be repeatable by it, because a reload
    /// may bring a retry.
    pub fn classify<D>(self, classifier: D) -> Calls<Req, Res, Err, M, D>
    where
        D: Classify<Res, <M::Error as Fault>::Service> + Repeat<Req>,
    {
        Calls { classifier, provided: self.provided }
    }

    /// What a bare `fallback` answers.
    pub fn degraded(mut self, answer: impl Fn() -> Res + Send + Sync + 'static) -> Self
    where
        Req: 'static,
        Res: 'static,
    {
        let handler = move |_: Option<Req>, _: Option<Result<Res, M::Error>>| Answer::Now(answer());
        self.provided.degraded = Some(AnyHandler(Arc::new(handler)));
        self
    }

    /// A handler for `fallback(@name)`.
    pub fn handler<H>(self, name: impl Into<String>, handler: H) -> Self
    where
        H: Handler<Req, Res, M::Error> + Send + Sync + 'static,
    {
        self.provide(name, Thing::Handler(AnyHandler(Arc::new(handler))))
    }

    /// A service for `to(@name)`.
    pub fn service<S>(self, name: impl Into<String>, service: S) -> Self
    where
        S: Service<Req, Response = Res, Error = Err, Future: Send + 'static>
            + Clone
            + Send
            + Sync
            + 'static,
    {
        self.provide(name, Thing::Service(BoxedService::new(service)))
    }

    /// A tower layer for `… + @name`. It is applied to the guarded service once for each service a
    /// policy is put around, and again after a reload; the service it gives is cloned for each
    /// request.
    pub fn layer<L>(self, name: impl Into<String>, layer: L) -> Self
    where
        L: Layer<BoxedService<Req, Res, Err>> + Send + Sync + 'static,
        L::Service: Service<Req, Response = Res, Error = Err, Future: Send + 'static>
            + Clone
            + Send
            + Sync
            + 'static,
    {
        let apply = move |service| BoxedService::new(layer.layer(service));
        self.provide(name, Thing::Layer(HostLayer(Arc::new(apply))))
    }

    fn provide(mut self, name: impl Into<String>, thing: Thing<Hosted<Req, Res, Err, M>>) -> Self {
        self.provided.names.insert(name.into(), thing);
        self
    }
}

impl<Req, Res, Err, M: Mode<Err>, C> fmt::Debug for Calls<Req, Res, Err, M, C> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Calls")
            .field("names", &self.provided.names.keys())
            .finish_non_exhaustive()
    }
}

impl<K: Registered> Thing<K> {
    pub(super) const fn kind(&self) -> HostKind {
        match self {
            Self::Handler(_) => HostKind::Handler,
            Self::Service(_) => HostKind::Service,
            Self::Layer(_) => HostKind::Layer,
        }
    }

    pub(super) fn handler(&self) -> Option<AnyHandler<K>> {
        match self {
            Self::Handler(handler) => Some(handler.clone()),
            _ => None,
        }
    }

    pub(super) fn service(&self) -> Option<K::Service> {
        match self {
            Self::Service(service) => Some(service.clone()),
            _ => None,
        }
    }

    pub(super) fn layer(&self) -> Option<HostLayer<K::Service>> {
        match self {
            Self::Layer(layer) => Some(layer.clone()),
            _ => None,
        }
    }
}

impl<S> HostLayer<S> {
    pub(super) fn apply(&self, service: S) -> S {
        (self.0)(service)
    }
}

impl<S> Clone for HostLayer<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: World> Handler<K::Request, K::Response, K::Error> for AnyHandler<K> {
    fn handle(
        &self,
        request: Option<K::Request>,
        cause: Option<Result<K::Response, K::Error>>,
    ) -> Answer<K::Response> {
        self.0.handle(request, cause)
    }
}

impl<K: World> Clone for AnyHandler<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
