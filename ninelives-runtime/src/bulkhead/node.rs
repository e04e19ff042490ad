//! The bulkhead's node.

use super::BulkheadConfig;
use super::permit::{Joined, Permit, Permits, Places, Ticket};
use crate::adaptive::Adaptive;
use crate::call::Call;
use crate::config::valid;
use crate::control::{Control, LayerState, Parameter};
use crate::error::Reason;
use crate::moment::Moment;
use crate::node::{Node, Outcome, Shape, Then, Wraps, started};
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

    /// Starts what is inside, under a permit.
    #[inline]
    fn enter<W: World, T>(
        &self,
        permit: Permit<'_>,
        queued: Moment,
        scope: &mut Scope<'_, W>,
        start: impl FnOnce(&mut Scope<'_, W>) -> T,
    ) -> T {
        let reporter = &self.state.reporter;
        scope.report(reporter, |scope| {
            Fact::new(EventKind::BulkheadAcquired).since(scope.instant(queued))
        });
        // A panic in here drops the permit.
        let started = start(scope);
        permit.keep();
        started
    }

    #[cold]
    #[inline(never)]
    fn wait_or_refuse<W: World>(
        &self,
        run: &mut BulkheadRun<I::Run, W::Request>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) where
        I: Node<W>,
    {
        let state = &*self.state;
        let full = Reason::BulkheadFull { max_concurrency: state.permits.get() };
        let queue = state.queue.get();
        if queue == 0 {
            run.place = Place::Refused { reason: full };
            return;
        }
        let wait = state.wait.get();
        if wait == Some(Duration::ZERO) {
            let waited = Duration::ZERO;
            run.place = Place::Refused { reason: Reason::QueueWaitOver { waited } };
            return;
        }
        // Before the line: this clones the service, and a panic must leave no ticket behind.
        scope.release_readiness();
        let listens = state.reporter.listens();
        let since = if listens { scope.now() } else { Moment::NEVER };
        match self.places().join(queue) {
            Joined::Taken(permit) => {
                let start = |scope: &mut Scope<'_, W>| started(&self.inner, request, scope);
                run.inner = self.enter(permit, Moment::NEVER, scope, start);
                run.place = Place::Inside;
            }
            Joined::Waiting(ticket) => {
                let patience = wait.and_then(|wait| Patience::new(wait, scope));
                run.place = Place::Queued(Box::new(Queued { ticket, request, patience, since }));
            }
            Joined::Full => run.place = Place::Refused { reason: full },
        }
    }

    /// Waits for a permit and enters in the same poll. `Ready` once the run is inside or over.
    #[cold]
    #[inline(never)]
    fn wait_outside<W: World>(
        &self,
        mut run: Pin<&mut BulkheadRun<I::Run, W::Request>>,
        scope: &mut Scope<'_, W>,
        task: &Context<'_>,
    ) -> Poll<Option<Outcome<W>>>
    where
        I: Node<W>,
    {
        let mut run = run.as_mut().project();
        let permits = self.places();
        let (admitted, since) = match run.place {
            Place::Queued(queued) => {
                let admitted = match permits.ask(queued.ticket, task) {
                    Some(permit) => Ok((permit, queued.request.take())),
                    None => {
                        let patience = queued.patience;
                        let Some(patience) = patience.filter(|patience| scope.due(patience.until))
                        else {
                            return Poll::Pending;
                        };
                        let waited = patience.waited;
                        let late = permits.leave(queued.ticket);
                        late.map(|permit| (permit, queued.request.take()))
                            .ok_or(Reason::QueueWaitOver { waited })
                    }
                };
                (admitted, queued.since)
            }
            Place::Refused { reason } => (Err(*reason), Moment::NEVER),
            Place::Inside | Place::Outside => return Poll::Pending,
        };
        *run.place = Place::Outside;
        match admitted {
            Ok((permit, request)) => {
                let start = |scope: &mut Scope<'_, W>| started(&self.inner, request, scope);
                let inner = self.enter(permit, since, scope, start);
                run.inner.set(inner);
                *run.place = Place::Inside;
                Poll::Ready(None)
            }
            Err(reason) => {
                let reporter = &self.state.reporter;
                scope.report(reporter, |scope| {
                    Fact::new(EventKind::BulkheadRejected).since(scope.instant(since))
                });
                Poll::Ready(Some(scope.refuse(reporter.path(), reason)))
            }
        }
    }
}

pin_project! {
    /// One request at a [`Bulkhead`].
    pub struct BulkheadRun<R, Request> {
        #[pin]
        inner: R,
        place: Place<Request>,
    }
}

/// Where a request is.
#[derive(Default)]
enum Place<Request> {
    /// Nowhere yet, or over.
    #[default]
    Outside,
    /// Under a permit, until it is given back.
    Inside,
    /// Boxed: most requests never wait.
    Queued(Box<Queued<Request>>),
    Refused {
        reason: Reason,
    },
}

struct Queued<Request> {
    ticket: Ticket,
    request: Option<Request>,
    patience: Option<Patience>,
    /// When the wait began, where somebody listens.
    since: Moment,
}

impl<R: Default, Request> Default for BulkheadRun<R, Request> {
    #[inline]
    fn default() -> Self {
        Self { inner: R::default(), place: Place::Outside }
    }
}

/// How long a request waits, where an enclosing deadline does not end its wait first.
#[derive(Clone, Copy)]
struct Patience {
    until: Moment,
    waited: Duration,
}

impl Patience {
    fn new<W: World>(waited: Duration, scope: &mut Scope<'_, W>) -> Option<Self> {
        let until = scope.now() + waited;
        (until < scope.deadline()).then_some(Self { until, waited })
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

    #[inline(always)]
    fn start(
        &self,
        run: &mut Self::Run,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        let Some(permit) = self.places().try_take() else {
            return self.wait_or_refuse(run, request, scope);
        };
        self.enter(permit, Moment::NEVER, scope, |scope| {
            self.inner.start(&mut run.inner, request, scope);
        });
        run.place = Place::Inside;
    }

    #[inline(always)]
    fn poll(
        &self,
        mut run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        if !matches!(run.place, Place::Inside)
            && let Some(refusal) = ready!(self.wait_outside(run.as_mut(), scope, task))
        {
            return Poll::Ready(refusal);
        }
        let run = run.project();
        let outcome = ready!(self.inner.poll(run.inner, scope, task));
        *run.place = Place::Outside;
        drop(self.places().kept());
        Poll::Ready(outcome)
    }

    #[inline]
    fn cancel(&self, run: Pin<&mut Self::Run>) {
        let run = run.project();
        // In hand, it is given back when what is inside is gone, and also when its drop panics.
        let _permit = match mem::take(run.place) {
            Place::Inside => Some(self.places().kept()),
            Place::Queued(queued) => self.places().leave(queued.ticket),
            Place::Refused { .. } | Place::Outside => None,
        };
        self.inner.cancel(run.inner);
    }
}

impl<I: Then<B>, B> Then<B> for Bulkhead<I> {
    type Out = Bulkhead<I::Out>;

    fn then(self, next: B) -> Self::Out {
        Bulkhead { state: self.state, inner: self.inner.then(next) }
    }
}
