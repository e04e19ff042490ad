//! The bulkhead's node.

use super::BulkheadConfig;
use super::permit::{Joined, Permits, Places, Ticket};
use crate::adaptive::Adaptive;
use crate::call::Call;
use crate::config::valid;
use crate::control::{Control, LayerState, Parameter};
use crate::error::Reason;
use crate::held::Held;
use crate::moment::Moment;
use crate::node::{Node, Outcome, Shape, Then, Wraps, begin};
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
pub struct Bulkhead<I = Call, H = Arc<State>> {
    state: H,
    inner: I,
}

/// The layer alone: `ServiceBuilder::new().layer(BulkheadLayer::new(…))`.
pub type BulkheadLayer = Bulkhead<Call>;

/// What all requests share.
#[derive(Debug)]
pub struct State {
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

    fn places(&self) -> &Places {
        self.state.places()
    }
}

impl State {
    #[inline]
    fn places(&self) -> &Places {
        self.permits.cell()
    }

    /// Reports that a request is in, which waited since then if it did.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn acquired<W: World>(&self, queued: Moment, scope: &mut Scope<'_, W>) {
        if self.reporter.listens() {
            let since = scope.instant(queued);
            scope.report(&self.reporter, Fact::new(EventKind::BulkheadAcquired).since(since));
        }
    }

    #[cold]
    #[inline(never)]
    fn wait_or_refuse<W: World, I: Node<W>>(
        &self,
        inner: &I,
        run: Pin<&mut BulkheadRun<I::Run, W::Request>>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        let run = run.project();
        let full = Place::Full { max_concurrency: self.permits.get() };
        let queue = self.queue.get();
        if queue == 0 {
            *run.place = full;
            return;
        }
        let wait = self.wait.get();
        if wait == Some(Duration::ZERO) {
            *run.place = Place::NoWait;
            return;
        }
        // Before the line: this clones the service, and a panic must leave no ticket behind.
        scope.release_readiness();
        let listens = self.reporter.listens();
        let since = if listens { scope.now() } else { Moment::NEVER };
        match self.places().join(queue) {
            Joined::Taken(permit) => {
                self.acquired(Moment::NEVER, scope);
                begin(inner, run.inner, request, scope);
                permit.keep();
                *run.place = Place::Inside;
            }
            Joined::Waiting(ticket) => {
                let patience = wait.and_then(|wait| Patience::new(wait, scope));
                *run.queued = Some(Box::new(Queued { ticket, request, patience, since }));
            }
            Joined::Full => *run.place = full,
        }
    }

    /// Waits for a permit and enters in the same poll. `Ready` once the run is inside or over.
    #[cold]
    #[inline(never)]
    fn wait_outside<W: World, I: Node<W>>(
        &self,
        inner: &I,
        run: Pin<&mut BulkheadRun<I::Run, W::Request>>,
        scope: &mut Scope<'_, W>,
        task: &Context<'_>,
    ) -> Poll<Option<Outcome<W>>> {
        let run = run.project();
        let permits = self.places();
        let (admitted, since) = match (run.queued.as_mut(), *run.place) {
            (Some(queued), _) => {
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
            (None, Place::Full { max_concurrency }) => {
                (Err(Reason::BulkheadFull { max_concurrency }), Moment::NEVER)
            }
            (None, Place::NoWait) => {
                (Err(Reason::QueueWaitOver { waited: Duration::ZERO }), Moment::NEVER)
            }
            (None, Place::Inside | Place::Outside) => return Poll::Pending,
        };
        (*run.queued, *run.place) = (None, Place::Outside);
        match admitted {
            Ok((permit, request)) => {
                self.acquired(since, scope);
                begin(inner, run.inner, request, scope);
                permit.keep();
                *run.place = Place::Inside;
                Poll::Ready(None)
            }
            Err(reason) => {
                let reporter = &self.reporter;
                let since = scope.instant(since);
                scope.report(reporter, Fact::new(EventKind::BulkheadRejected).since(since));
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
        place: Place,
        // Of a request that waits, which is outside. Boxed: most never wait.
        queued: Option<Box<Queued<Request>>>,
    }
}

/// Where a request is.
#[derive(Clone, Copy)]
enum Place {
    /// In the queue, or nowhere yet, or over.
    Outside,
    /// Under a permit, until it is given back.
    Inside,
    /// Refused: no permit was free, and no room in the queue.
    Full { max_concurrency: u32 },
    /// Refused: no permit was free, and it may not wait for one.
    NoWait,
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
        Self { inner: R::default(), place: Place::Outside, queued: None }
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

/// One that may not be there.
pub(crate) type Perhaps<I> = Bulkhead<I, Option<Arc<State>>>;

impl<I> Perhaps<I> {
    /// `layer` around `inner`, where there is one.
    pub(crate) fn perhaps(layer: Option<BulkheadLayer>, inner: I) -> Self {
        Self { state: layer.map(|layer| layer.state), inner }
    }
}

impl<I: Shape, H: Held<State>> Wraps for Bulkhead<I, H> {
    type Inner = I;

    fn inner(&self) -> &I {
        &self.inner
    }

    fn control(&self) -> Option<Arc<dyn Control>> {
        Some(self.state.held()?.clone())
    }
}

impl<W: World, I: Node<W>, H: Held<State>> Node<W> for Bulkhead<I, H> {
    type Run = BulkheadRun<I::Run, W::Request>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn start(
        &self,
        run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        let mut permit = None;
        if let Some(state) = self.state.held() {
            permit = state.places().try_take();
            if permit.is_none() {
                return state.wait_or_refuse(&self.inner, run, request, scope);
            }
            state.acquired(Moment::NEVER, scope);
        }
        // A panic in here drops the permit.
        let run = run.project();
        self.inner.start(run.inner, request, scope);
        if let Some(permit) = permit {
            permit.keep();
            *run.place = Place::Inside;
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn poll(
        &self,
        mut run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        if let Some(state) = self.state.held()
            && !matches!(run.place, Place::Inside)
            && let Some(refusal) =
                ready!(state.wait_outside(&self.inner, run.as_mut(), scope, task))
        {
            return Poll::Ready(refusal);
        }
        let run = run.project();
        let outcome = ready!(self.inner.poll(run.inner, scope, task));
        if let Some(state) = self.state.held() {
            *run.place = Place::Outside;
            drop(state.places().kept());
        }
        Poll::Ready(outcome)
    }

    #[inline]
    fn cancel(&self, run: Pin<&mut Self::Run>) {
        let run = run.project();
        let place = mem::replace(run.place, Place::Outside);
        let queued = run.queued.take();
        // In hand, it is given back when what is inside is gone, and also when the drop of that panics,
        // or of the request that waited, which goes last.
        let _permit = match (self.state.held(), &queued, place) {
            (Some(state), Some(queued), _) => state.places().leave(queued.ticket),
            (Some(state), None, Place::Inside) => Some(state.places().kept()),
            _ => None,
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
