//! The bulkhead's node.

use super::BulkheadConfig;
use super::permit::{Joined, Permit, Permits, Places, Ticket};
use crate::adaptive::Adaptive;
use crate::call::Call;
use crate::config::valid;
use crate::control::{Control, LayerState, Parameter};
use crate::error::Reason;
use crate::node::{Node, Outcome, Shape, Then, Wraps};
use crate::path::Path;
use crate::scope::Scope;
use crate::telemetry::{EventKind, Fact, Reporter};
use crate::world::World;
use ninelives_dsl::catalogue::LayerKind;
use pin_project_lite::pin_project;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::Instant;

/// A bound on the calls in flight around `I`; see the [module](super).
#[derive(Clone, Debug)]
pub struct Bulkhead<I = Call> {
    state: Arc<State>,
    inner: I,
}

/// The layer alone: `ServiceBuilder::new().layer(BulkheadLayer::new(…))`.
pub type BulkheadLayer = Bulkhead<Call>;

#[derive(Debug)]
pub(super) struct State {
    pub(super) reporter: Reporter,
    pub(super) permits: Arc<Permits>,
    pub(super) queue: Adaptive<u32>,
    pub(super) wait: Adaptive<Option<Duration>>,
}

impl Control for State {
    fn reporter(&self) -> &Reporter {
        &self.reporter
    }

    fn kind(&self) -> LayerKind {
        LayerKind::Bulkhead
    }

    fn parameters(&self) -> Vec<&dyn Parameter> {
        vec![&*self.permits, &self.queue, &self.wait]
    }

    fn state(&self) -> Option<LayerState> {
        let places = self.permits.cell();
        Some(LayerState::Bulkhead {
            in_use: places.taken(),
            limit: self.permits.get(),
            queued: places.waiting(),
        })
    }
}

impl BulkheadLayer {
    /// At most `max_concurrency` calls in flight; no queue.
    ///
    /// # Panics
    /// When the count is not between 1 and 1,000,000; [`BulkheadConfig::build`] returns an error
    /// instead.
    #[track_caller]
    pub fn new(max_concurrency: u32) -> Self {
        valid(BulkheadConfig::new(max_concurrency).build())
    }

    pub(super) fn assemble(state: State) -> Self {
        Self { state: Arc::new(state), inner: Call }
    }

    pub(crate) fn permits(&self) -> &Arc<Permits> {
        &self.state.permits
    }
}

impl<I> Bulkhead<I> {
    /// The layer's path.
    pub fn path(&self) -> &Path {
        self.state.reporter.path()
    }

    /// How many calls may be in flight at once. A larger bound lets in who waits, at once; above a
    /// smaller one those in flight finish, and nobody enters until there is room again.
    pub fn max_concurrency(&self) -> &Adaptive<u32, Places> {
        &self.state.permits
    }

    /// How many requests may wait. Those that wait already stay when it shrinks.
    pub fn queue(&self) -> &Adaptive<u32> {
        &self.state.queue
    }

    /// How long a request waits; `None` is until the earliest deadline. A request uses what was in
    /// force when it began to wait.
    pub fn wait(&self) -> &Adaptive<Option<Duration>> {
        &self.state.wait
    }

    /// How many permits are taken.
    pub fn in_flight(&self) -> u64 {
        self.places().taken()
    }

    /// How many requests wait.
    pub fn queued(&self) -> usize {
        self.places().waiting()
    }

    #[inline]
    fn places(&self) -> &Places {
        self.state.permits.cell()
    }

    #[inline]
    fn enter<W: World>(
        &self,
        permit: Permit<'_>,
        queued: Option<Instant>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) -> Stage<I::Run, W::Request>
    where
        I: Node<W>,
    {
        scope.report(&self.state.reporter, || Fact::new(EventKind::BulkheadAcquired).since(queued));
        // A panic in here drops the permit.
        let inner = self.inner.start(request, scope);
        permit.keep();
        Stage::Inside { inner, permit: true }
    }

    #[cold]
    fn wait_or_refuse<W: World>(
        &self,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) -> Stage<I::Run, W::Request>
    where
        I: Node<W>,
    {
        let state = &*self.state;
        let full = Reason::BulkheadFull { max_concurrency: state.permits.get() };
        let queue = state.queue.get();
        if queue == 0 {
            return Stage::Refused { reason: full };
        }
        let wait = state.wait.get();
        if wait == Some(Duration::ZERO) {
            let waited = Duration::ZERO;
            return Stage::Refused { reason: Reason::QueueWaitOver { waited } };
        }
        // Before the line: this clones the service, and a panic must leave no ticket behind.
        scope.release_readiness();
        match self.places().join(queue) {
            Joined::Taken(permit) => self.enter(permit, None, request, scope),
            Joined::Waiting(ticket) => Stage::Queued {
                ticket,
                request,
                patience: wait.and_then(|wait| Patience::new(wait, scope)),
                since: state.reporter.listens().then(|| scope.now()),
            },
            Joined::Full => Stage::Refused { reason: full },
        }
    }

    /// Waits for a permit and enters in the same poll. `Ready` once the run is inside or over.
    #[cold]
    fn wait_outside<W: World>(
        &self,
        mut stage: Pin<&mut Stage<I::Run, W::Request>>,
        scope: &mut Scope<'_, W>,
        task: &Context<'_>,
    ) -> Poll<Option<Outcome<W>>>
    where
        I: Node<W>,
    {
        let permits = self.places();
        let (admitted, request, queued) = match stage.as_mut().project() {
            StageProjection::Queued { ticket, request, patience, since } => {
                let admitted = match permits.ask(*ticket, task) {
                    Some(permit) => Ok(permit),
                    None => {
                        let Some(patience) = patience.filter(|patience| scope.due(patience.until))
                        else {
                            return Poll::Pending;
                        };
                        let waited = patience.waited;
                        permits.leave(*ticket).ok_or(Reason::QueueWaitOver { waited })
                    }
                };
                (admitted, request.take(), *since)
            }
            StageProjection::Refused { reason } => (Err(*reason), None, None),
            StageProjection::Inside { .. } | StageProjection::Done => return Poll::Pending,
        };
        stage.set(Stage::Done);
        match admitted {
            Ok(permit) => {
                let inside = self.enter(permit, queued, request, scope);
                stage.set(inside);
                Poll::Ready(None)
            }
            Err(reason) => {
                let reporter = &self.state.reporter;
                scope.report(reporter, || Fact::new(EventKind::BulkheadRejected).since(queued));
                Poll::Ready(Some(scope.refuse(reporter.path(), reason)))
            }
        }
    }
}

pin_project! {
    /// One request at a [`Bulkhead`].
    pub struct BulkheadRun<R, Request> {
        #[pin]
        stage: Stage<R, Request>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<R, Request> {
        Inside {
            #[pin]
            inner: R,
            // False once the permit is given back: a panic in the midst of a cancellation leads to
            // a second one.
            permit: bool,
        },
        Queued {
            ticket: Ticket,
            request: Option<Request>,
            patience: Option<Patience>,
            // When the wait began, where somebody listens.
            since: Option<Instant>,
        },
        Refused {
            reason: Reason,
        },
        Done,
    }
}

/// How long a request waits, where an enclosing deadline does not end its wait first.
#[derive(Clone, Copy)]
struct Patience {
    until: Instant,
    waited: Duration,
}

impl Patience {
    fn new<W: World>(waited: Duration, scope: &mut Scope<'_, W>) -> Option<Self> {
        let until = scope.now() + waited;
        scope.deadline().is_none_or(|deadline| until < deadline).then_some(Self { until, waited })
    }
}

impl<I: Shape> Wraps for Bulkhead<I> {
    type Inner = I;

    fn inner(&self) -> &I {
        &self.inner
    }

    fn control(&self) -> Option<Arc<dyn Control>> {
        Some(self.state.clone())
    }
}

impl<W: World, I: Node<W>> Node<W> for Bulkhead<I> {
    type Run = BulkheadRun<I::Run, W::Request>;

    #[inline]
    fn start(&self, request: Option<W::Request>, scope: &mut Scope<'_, W>) -> Self::Run {
        let stage = match self.places().try_take() {
            Some(permit) => self.enter(permit, None, request, scope),
            None => self.wait_or_refuse(request, scope),
        };
        BulkheadRun { stage }
    }

    #[inline]
    fn poll(
        &self,
        run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        let mut stage = run.project().stage;
        if !matches!(*stage, Stage::Inside { .. })
            && let Some(refusal) = ready!(self.wait_outside(stage.as_mut(), scope, task))
        {
            return Poll::Ready(refusal);
        }
        let StageProjection::Inside { inner, .. } = stage.as_mut().project() else {
            return Poll::Pending;
        };
        let outcome = ready!(self.inner.poll(inner, scope, task));
        // In hand, it is given back when the inner run is gone, and also when its drop panics.
        let _permit = self.places().kept();
        stage.set(Stage::Done);
        Poll::Ready(outcome)
    }

    #[inline]
    fn cancel(&self, run: Pin<&mut Self::Run>) {
        let mut stage = run.project().stage;
        let permits = self.places();
        let _permit = match stage.as_mut().project() {
            StageProjection::Inside { permit, .. } => mem::take(permit).then(|| permits.kept()),
            StageProjection::Queued { ticket, .. } => permits.leave(*ticket),
            StageProjection::Refused { .. } | StageProjection::Done => None,
        };
        if let StageProjection::Inside { inner, .. } = stage.as_mut().project() {
            self.inner.cancel(inner);
        }
        stage.set(Stage::Done);
    }
}

impl<I: Then<B>, B> Then<B> for Bulkhead<I> {
    type Out = Bulkhead<I::Out>;

    fn then(self, next: B) -> Self::Out {
        Bulkhead { state: self.state, inner: self.inner.then(next) }
    }
}
