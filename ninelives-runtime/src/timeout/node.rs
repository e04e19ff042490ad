//! The deadline's node.

use super::TimeoutConfig;
use crate::adaptive::Adaptive;
use crate::call::Call;
use crate::config::valid;
use crate::control::{Control, Parameter};
use crate::error::Reason;
use crate::held::Held;
use crate::moment::Moment;
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

/// A deadline around `I`; see the [module](super).
#[derive(Clone, Debug)]
pub struct Timeout<I = Call, H = Arc<State>> {
    state: H,
    inner: I,
}

/// The layer alone: `ServiceBuilder::new().layer(TimeoutLayer::new(…))`.
pub type TimeoutLayer = Timeout<Call>;

/// What all requests share.
#[derive(Debug)]
pub struct State {
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
        began: Moment,
        // Never under an earlier deadline, which fires in its stead.
        ends: Moment,
    }
}

impl<R: Default> Default for TimeoutRun<R> {
    #[inline]
    fn default() -> Self {
        Self { inner: R::default(), began: Moment::FIRST, ends: Moment::NEVER }
    }
}

/// One that may not be there.
pub(crate) type Perhaps<I> = Timeout<I, Option<Arc<State>>>;

impl<I> Perhaps<I> {
    /// `layer` around `inner`, where there is one.
    pub(crate) fn perhaps(layer: Option<TimeoutLayer>, inner: I) -> Self {
        Self { state: layer.map(|layer| layer.state), inner }
    }
}

impl<I: Shape, H: Held<State>> Wraps for Timeout<I, H> {
    type Inner = I;

    fn inner(&self) -> &I {
        &self.inner
    }

    fn control(&self) -> Option<Arc<dyn Control>> {
        Some(self.state.held()?.clone())
    }
}

impl<W: World, I: Node<W>, H: Held<State>> Node<W> for Timeout<I, H> {
    type Run = TimeoutRun<I::Run>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn start(
        &self,
        run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        let run = run.project();
        if let Some(state) = self.state.held() {
            *run.began = scope.now();
            let ends = *run.began + state.duration.get();
            if ends < scope.deadline() {
                *run.ends = ends;
            }
        }
        let enclosing = scope.enter(*run.ends);
        self.inner.start(run.inner, request, scope);
        scope.leave(enclosing);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn poll(
        &self,
        run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        let mut run = run.project();
        let enclosing = scope.enter(*run.ends);
        let polled = self.inner.poll(run.inner.as_mut(), scope, task);
        scope.leave(enclosing);
        if polled.is_ready() || !scope.due(*run.ends) {
            return polled;
        }
        let Some(state) = self.state.held() else {
            return polled;
        };
        self.inner.cancel(run.inner);
        Poll::Ready(state.expire(*run.began, *run.ends, scope))
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
        began: Moment,
        ends: Moment,
        scope: &mut Scope<'_, W>,
    ) -> Outcome<W> {
        let after = ends - began;
        let since = scope.instant(began);
        scope.report(&self.reporter, Fact::new(EventKind::TimedOut { after }).since(since));
        scope.refuse(self.reporter.path(), Reason::DeadlinePassed { after })
    }
}

impl<I: Then<B>, B> Then<B> for Timeout<I> {
    type Out = Timeout<I::Out>;

    fn then(self, next: B) -> Self::Out {
        Timeout { state: self.state, inner: self.inner.then(next) }
    }
}
