//! The deadline's node.

use super::TimeoutConfig;
use crate::adaptive::Adaptive;
use crate::call::Call;
use crate::config::valid;
use crate::control::{Control, Parameter};
use crate::error::Reason;
use crate::node::{Node, Outcome, Shape, Then, Wraps};
use crate::path::Path;
use crate::scope::Scope;
use crate::telemetry::{EventKind, Fact, Reporter};
use crate::world::World;
use ninelives_dsl::catalogue::LayerKind;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Instant;

/// A deadline around `I`; see the [module](super).
#[derive(Clone, Debug)]
pub struct Timeout<I = Call> {
    state: Arc<State>,
    inner: I,
}

/// The layer alone: `ServiceBuilder::new().layer(TimeoutLayer::new(…))`.
pub type TimeoutLayer = Timeout<Call>;

#[derive(Debug)]
struct State {
    reporter: Reporter,
    duration: Adaptive<Duration>,
}

impl Control for State {
    fn reporter(&self) -> &Reporter {
        &self.reporter
    }

    fn kind(&self) -> LayerKind {
        LayerKind::Timeout
    }

    fn parameters(&self) -> Vec<&dyn Parameter> {
        vec![&self.duration]
    }
}

impl TimeoutLayer {
    /// A deadline of `duration`.
    ///
    /// # Panics
    /// When the duration is not whole milliseconds between 1 ms and 30 days;
    /// [`TimeoutConfig::build`] returns an error instead.
    #[track_caller]
    pub fn new(duration: Duration) -> Self {
        valid(TimeoutConfig::new(duration).build())
    }
}

impl<I> Timeout<I> {
    pub(super) fn assemble(path: Path, duration: Adaptive<Duration>, inner: I) -> Self {
        Self { state: Arc::new(State { reporter: Reporter::new(path), duration }), inner }
    }

    /// The duration, which can be read and set while requests run; a request uses what was in force
    /// when it began.
    pub fn duration(&self) -> &Adaptive<Duration> {
        &self.state.duration
    }
}

pin_project! {
    /// One request under a [`Timeout`].
    pub struct TimeoutRun<R> {
        #[pin]
        inner: R,
        at: Instant,
        after: Duration,
        // False under an earlier deadline, which fires in its stead.
        own: bool,
    }
}

impl<I: Shape> Wraps for Timeout<I> {
    type Inner = I;

    fn inner(&self) -> &I {
        &self.inner
    }

    fn control(&self) -> Option<Arc<dyn Control>> {
        Some(self.state.clone())
    }
}

impl<W: World, I: Node<W>> Node<W> for Timeout<I> {
    type Run = TimeoutRun<I::Run>;

    #[inline]
    fn start(&self, request: Option<W::Request>, scope: &mut Scope<'_, W>) -> Self::Run {
        let after = self.state.duration.get();
        let at = scope.now() + after;
        let own = scope.deadline().is_none_or(|enclosing| at < enclosing);
        let inner = scope.within(Some(at), |scope| self.inner.start(request, scope));
        TimeoutRun { inner, at, after, own }
    }

    #[inline]
    fn poll(
        &self,
        run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        let mut run = run.project();
        let polled =
            scope.within(Some(*run.at), |scope| self.inner.poll(run.inner.as_mut(), scope, task));
        if polled.is_ready() || !*run.own || !scope.due(*run.at) {
            return polled;
        }
        self.inner.cancel(run.inner);
        Poll::Ready(self.state.expire(*run.at, *run.after, scope))
    }

    #[inline]
    fn cancel(&self, run: Pin<&mut Self::Run>) {
        self.inner.cancel(run.project().inner);
    }
}

impl State {
    #[cold]
    fn expire<W: World>(
        &self,
        at: Instant,
        after: Duration,
        scope: &mut Scope<'_, W>,
    ) -> Outcome<W> {
        scope.report(&self.reporter, || {
            Fact::new(EventKind::TimedOut { after }).since(at.checked_sub(after))
        });
        scope.refuse(self.reporter.path(), Reason::DeadlinePassed { after })
    }
}

impl<I: Then<B>, B> Then<B> for Timeout<I> {
    type Out = Timeout<I::Out>;

    fn then(self, next: B) -> Self::Out {
        Timeout { state: self.state, inner: self.inner.then(next) }
    }
}
