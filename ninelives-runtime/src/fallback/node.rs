//! The degraded answer's node.

use super::{Answer, DefaultAnswer, Handler};
use crate::control::{Control, Fixed, Visit};
use crate::node::{Node, Outcome, Shape, Then};
use crate::path::Path;
use crate::scope::{Mark, Scope};
use crate::telemetry::{EventKind, Fact};
use crate::world::World;
use ninelives_dsl::catalogue::{FALLBACK, LayerKind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Answers with a degraded response; see the [module](super).
#[derive(Debug)]
pub struct Fallback<H = DefaultAnswer> {
    layer: Arc<Fixed>,
    handler: Arc<H>,
}

/// The layer alone. Around a service it answers every request itself.
pub type FallbackLayer<H = DefaultAnswer> = Fallback<H>;

impl<H> Fallback<H> {
    /// Answers with what `handler` makes.
    pub fn new(handler: H) -> Self {
        Self {
            layer: Fixed::at(LayerKind::Fallback, Path::Static(&FALLBACK.name)),
            handler: Arc::new(handler),
        }
    }

    /// The same answer under another path; `fallback` unless given.
    #[must_use]
    pub fn with_path(self, path: impl Into<Path>) -> Self {
        Self { layer: Fixed::at(LayerKind::Fallback, path), handler: self.handler }
    }

    /// The layer's path.
    pub fn path(&self) -> &Path {
        self.layer.path()
    }
}

impl Default for Fallback {
    fn default() -> Self {
        Self::new(DefaultAnswer)
    }
}

/// One degraded answer; `None` once it is given.
pub struct FallbackRun<Response>(Option<Answer<Response>>);

impl<Response> Unpin for FallbackRun<Response> {}

impl<Response> Default for FallbackRun<Response> {
    fn default() -> Self {
        Self(None)
    }
}

impl<H> Shape for Fallback<H> {
    fn always_degraded(&self) -> bool {
        true
    }

    fn calls_service(&self) -> bool {
        false
    }

    fn layers(&self, visit: Visit<'_>) {
        visit(self.layer.clone());
    }
}

impl<W: World, H: Handler<W::Request, W::Response, W::Error>> Node<W> for Fallback<H> {
    type Run = FallbackRun<W::Response>;

    #[inline]
    fn start(
        &self,
        mut run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        run.0 = Some(self.handler.handle(request, scope.take_cause()));
    }

    #[inline]
    fn poll(
        &self,
        mut run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        let response = match run.0.take() {
            Some(Answer::Now(response)) => response,
            Some(Answer::Later(mut answer)) => match answer.as_mut().poll(task) {
                Poll::Ready(response) => response,
                Poll::Pending => {
                    run.0 = Some(Answer::Later(answer));
                    return Poll::Pending;
                }
            },
            None => return Poll::Pending,
        };
        scope.report(self.layer.reporter(), Fact::new(EventKind::FallbackUsed));
        scope.set_mark(Mark::Degraded);
        Poll::Ready(Ok(response))
    }

    #[inline]
    fn cancel(&self, mut run: Pin<&mut Self::Run>) {
        run.0 = None;
    }
}

impl<H, B> Then<B> for Fallback<H> {
    type Out = Self;

    fn then(self, _: B) -> Self {
        self
    }
}

impl<H> Clone for Fallback<H> {
    fn clone(&self) -> Self {
        Self { layer: self.layer.clone(), handler: self.handler.clone() }
    }
}
