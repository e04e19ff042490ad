//! The hedge's node.

use super::latency::Latencies;
use super::state::State;
use super::{Delay, HedgeConfig};
use crate::adaptive::Adaptive;
use crate::budget::{Budget, Token};
use crate::call::Call;
use crate::classify::{Class, ClassSet, Repeat};
use crate::config::valid;
use crate::control::Control;
use crate::moment::Moment;
use crate::node::{Node, Outcome, Shape, Then, Wraps, begin};
use crate::path::Path;
use crate::scope::{Kept, Scope};
use crate::telemetry::{EventKind, Fact, Span};
use crate::world::World;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

/// Further attempts beside a slow one of `I`; see the [module](super).
#[derive(Clone, Debug)]
pub struct Hedge<I = Call> {
    state: Arc<State>,
    inner: I,
}

/// The layer alone: `ServiceBuilder::new().layer(HedgeLayer::new(…))`.
pub type HedgeLayer = Hedge<Call>;

impl HedgeLayer {
    /// A second attempt after a `Duration`, or after a [`Quantile`](crate::dsl::value::Quantile) of
    /// what was seen; the rest as the language has it by default.
    ///
    /// # Panics
    /// When a duration is not whole milliseconds up to 30 days; [`HedgeConfig::build`] returns an
    /// error instead.
    #[track_caller]
    pub fn new(after: impl Into<Delay>) -> Self {
        valid(HedgeConfig::new().after(after).build())
    }

    pub(super) fn assemble(state: State) -> Self {
        Self { state: Arc::new(state), inner: Call }
    }

    pub(crate) fn shared(&self) -> (Arc<Budget>, Arc<Latencies>) {
        (self.state.budget.clone(), self.state.latencies.clone())
    }
}

/// The parameters can be read and set while requests run; what is set holds from the next start of
/// an attempt on.
impl<I> Hedge<I> {
    /// The layer's path.
    pub fn path(&self) -> &Path {
        self.state.reporter.path()
    }

    /// How long to wait before the next attempt.
    pub fn after(&self) -> &Adaptive<Delay> {
        &self.state.after
    }

    /// The wait while there are not enough samples.
    pub fn initial(&self) -> &Adaptive<Option<Duration>> {
        &self.state.initial
    }

    /// How many samples a quantile is taken of at least.
    pub fn min_samples(&self) -> &Adaptive<u32> {
        &self.state.min_samples
    }

    /// How many attempts in all, the first call included.
    pub fn max_attempts(&self) -> &Adaptive<u32> {
        &self.state.max_attempts
    }

    /// The share of calls that hedges may add.
    pub fn budget(&self) -> &Budget {
        &self.state.budget
    }

    /// The outcome classes that start the next attempt at once.
    pub fn on(&self) -> &Adaptive<ClassSet> {
        &self.state.on
    }
}

pin_project! {
    /// One request under a [`Hedge`].
    pub struct HedgeRun<W, R>
    where
        W: World,
    {
        #[pin]
        first: Attempt<R>,
        // Allocates when the first hedge starts.
        later: Vec<Pin<Box<Attempt<R>>>>,
        // What later attempts are copied from; the last one takes it.
        request: Option<W::Request>,
        // When the next attempt starts, should none have answered.
        next: Moment,
        // How the first attempt failed.
        failure: Option<Kept<Outcome<W>>>,
    }
}

pin_project! {
    struct Attempt<R> {
        // `None` once it is over.
        #[pin]
        run: Option<R>,
        began: Moment,
        // Of an attempt that has sent nothing yet.
        token: Option<Token>,
        span: Span,
    }
}

impl<W: World, R> Default for HedgeRun<W, R> {
    #[inline]
    fn default() -> Self {
        let (began, span) = (Moment::FIRST, Span::none());
        Self {
            first: Attempt { run: None, began, token: None, span },
            later: Vec::new(),
            request: None,
            next: Moment::NEVER,
            failure: None,
        }
    }
}

impl<W: World, R> HedgeRun<W, R> {
    /// An attempt, counted from the first.
    #[inline]
    fn attempt(self: Pin<&mut Self>, index: usize) -> Option<Pin<&mut Attempt<R>>> {
        let run = self.project();
        match index.checked_sub(1) {
            None => Some(run.first),
            Some(later) => run.later.get_mut(later).map(Pin::as_mut),
        }
    }

    fn running(&self) -> impl Iterator<Item = &Attempt<R>> {
        std::iter::once(&self.first)
            .chain(self.later.iter().map(|attempt| &**attempt))
            .filter(|attempt| attempt.run.is_some())
    }
}

impl<I: Shape> Wraps for Hedge<I> {
    type Inner = I;

    fn inner(&self) -> &I {
        &self.inner
    }

    fn control(&self) -> Option<Arc<dyn Control>> {
        Some(self.state.clone())
    }
}

impl<W, I> Node<W> for Hedge<I>
where
    W: World<Classifier: Repeat<<W as World>::Request>>,
    I: Node<W>,
{
    type Run = HedgeRun<W, I::Run>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn start(
        &self,
        run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        self.state.budget.deposit();
        let copy =
            if self.state.max_attempts.get() > 1 { scope.copy(request.as_ref()) } else { None };
        // A request that cannot be copied goes with the first attempt.
        let (first, kept) = if copy.is_some() { (copy, request) } else { (request, None) };
        let run = run.project();
        let mut attempt = run.first.project();
        *attempt.began = scope.now();
        if kept.is_some() {
            *run.next = self.state.next(*attempt.began, 1, scope);
        }
        *run.request = kept;
        *attempt.span = Span::attempt(&self.state.reporter, 1);
        attempt.run.set(Some(I::Run::default()));
        let _inside = attempt.span.enter();
        if let Some(started) = attempt.run.as_pin_mut() {
            self.inner.start(started, first, scope);
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn poll(
        &self,
        mut run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        let mut index = 0;
        loop {
            // Attempts that are added stand at the end, so they are polled in this pass.
            while let Some(attempt) = run.as_mut().attempt(index) {
                let began = attempt.began;
                if let Poll::Ready(outcome) = self.advance(attempt, scope, task)
                    && let Some(last) = self.ended(run.as_mut(), index, began, outcome, scope)
                {
                    return Poll::Ready(last);
                }
                index += 1;
            }
            if run.running().next().is_none() {
                return self.settle(run, scope);
            }
            if !self.add_when_due(run.as_mut(), scope) {
                return Poll::Pending;
            }
        }
    }

    #[inline]
    fn cancel(&self, run: Pin<&mut Self::Run>) {
        self.end(run);
    }
}

impl<I> Hedge<I> {
    /// Polls one attempt; drops it when it is over.
    #[inline]
    fn advance<W: World>(
        &self,
        attempt: Pin<&mut Attempt<I::Run>>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>>
    where
        I: Node<W>,
    {
        let mut attempt = attempt.project();
        let Some(run) = attempt.run.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let sent = scope.sent();
        let outcome = {
            let _inside = attempt.span.enter();
            self.inner.poll(run, scope, task)
        };
        if scope.sent() != sent {
            *attempt.token = None;
        }
        if outcome.is_ready() {
            attempt.run.set(None);
            *attempt.span = Span::none();
            self.state.budget.refund(attempt.token.take());
        }
        outcome
    }

    /// Ends an attempt. `Some` is the outcome when the hedge ends with it.
    #[inline]
    fn ended<W>(
        &self,
        run: Pin<&mut HedgeRun<W, I::Run>>,
        index: usize,
        began: Moment,
        outcome: Outcome<W>,
        scope: &mut Scope<'_, W>,
    ) -> Option<Outcome<W>>
    where
        W: World<Classifier: Repeat<<W as World>::Request>>,
        I: Node<W>,
    {
        let class = scope.class(&outcome);
        if class != Class::Success {
            return self.failed(run, index, outcome, class, scope);
        }
        if index > 0 {
            let since = scope.instant(began);
            let won = Fact::new(EventKind::HedgeWon).attempt(number(index)).since(since);
            scope.report(&self.state.reporter, won);
        }
        self.won(run, began, scope);
        Some(outcome)
    }

    /// Ends the hedge for the winner that began then.
    #[inline]
    fn won<W: World>(
        &self,
        run: Pin<&mut HedgeRun<W, I::Run>>,
        began: Moment,
        scope: &mut Scope<'_, W>,
    ) where
        I: Node<W>,
    {
        if let Delay::Quantile(quantile) = self.state.after.get() {
            let now = scope.read_clock();
            let at = scope.instant_now();
            let losers = run.running().map(|loser| loser.began);
            for began in std::iter::once(began).chain(losers) {
                self.state.saw(now - began, at, quantile);
            }
        }
        self.end(run);
    }

    /// Ends a failed attempt. `Some` is the outcome when the hedge ends with it.
    #[cold]
    #[inline(never)]
    fn failed<W>(
        &self,
        mut run: Pin<&mut HedgeRun<W, I::Run>>,
        index: usize,
        outcome: Outcome<W>,
        class: Class,
        scope: &mut Scope<'_, W>,
    ) -> Option<Outcome<W>>
    where
        W: World<Classifier: Repeat<<W as World>::Request>>,
        I: Node<W>,
    {
        let mark = scope.mark();
        let adds = self.state.on.get().contains(class) && !mark.is_neutral();
        let nothing_sent = class == Class::Rejected || mark.is_neutral();
        if !adds && !nothing_sent {
            self.end(run);
            return Some(outcome);
        }
        let kept = scope.keep(outcome);
        if index == 0 {
            *run.as_mut().project().failure = Some(kept);
        } else {
            drop(kept);
        }
        if adds {
            self.add(run, scope);
        }
        None
    }

    /// What the hedge comes to when no attempt runs any more and none succeeded.
    #[cold]
    fn settle<W: World>(
        &self,
        mut run: Pin<&mut HedgeRun<W, I::Run>>,
        scope: &mut Scope<'_, W>,
    ) -> Poll<Outcome<W>>
    where
        I: Node<W>,
    {
        let Some(failure) = run.as_mut().project().failure.take() else {
            return Poll::Pending;
        };
        self.end(run);
        Poll::Ready(scope.give(failure, self.state.reporter.path()))
    }

    #[inline]
    fn add_when_due<W>(
        &self,
        mut run: Pin<&mut HedgeRun<W, I::Run>>,
        scope: &mut Scope<'_, W>,
    ) -> bool
    where
        W: World<Classifier: Repeat<<W as World>::Request>>,
        I: Node<W>,
    {
        let next = run.as_mut().project().next;
        let due = *next == Moment::FIRST || scope.due(*next);
        if due {
            *next = Moment::NEVER;
        }
        due && self.add(run, scope)
    }

    /// Adds an attempt, where that is allowed.
    #[cold]
    #[inline(never)]
    fn add<W>(&self, run: Pin<&mut HedgeRun<W, I::Run>>, scope: &mut Scope<'_, W>) -> bool
    where
        W: World<Classifier: Repeat<<W as World>::Request>>,
        I: Node<W>,
    {
        let run = run.project();
        let attempts = run.later.len() + 1;
        if run.request.is_none() || scope.spent() || self.state.are_all(attempts) {
            return false;
        }
        let began = scope.read_clock();
        if began >= scope.deadline() {
            return false;
        }
        let reporter = &self.state.reporter;
        let Some(token) = self.state.budget.withdraw(scope.instant_now()) else {
            let exhausted = Fact::new(EventKind::BudgetExhausted);
            scope.report(reporter, exhausted.attempt(number(attempts - 1)));
            return false;
        };
        let since = scope.instant(run.first.began);
        scope.report(
            reporter,
            Fact::new(EventKind::HedgeSent).attempt(number(attempts)).since(since),
        );
        let span = Span::attempt(reporter, number(attempts));
        let attempts = attempts + 1;
        let copy =
            if self.state.are_all(attempts) { None } else { scope.copy(run.request.as_ref()) };
        let request = copy.or_else(|| run.request.take());
        let sent = scope.sent();
        // In its place before it begins: when it panics then, it is cancelled with the others.
        let idle = Some(I::Run::default());
        run.later.push(Box::pin(Attempt { run: idle, began, token: Some(token), span }));
        if let Some(attempt) = run.later.last_mut() {
            let attempt = attempt.as_mut().project();
            if let Some(inner) = attempt.run.as_pin_mut() {
                let _inside = attempt.span.enter();
                begin(&self.inner, inner, request, scope);
            }
            if scope.sent() != sent {
                *attempt.token = None;
            }
        }
        *run.next = self.state.next(began, attempts, scope);
        true
    }

    /// Drops what runs and gives back what it holds.
    #[inline]
    fn end<W: World>(&self, run: Pin<&mut HedgeRun<W, I::Run>>)
    where
        I: Node<W>,
    {
        let run = run.project();
        self.drop_attempt(run.first);
        for attempt in run.later.iter_mut() {
            self.drop_attempt(attempt.as_mut());
        }
        *run.later = Vec::new();
        *run.request = None;
        *run.next = Moment::NEVER;
        *run.failure = None;
    }

    #[inline]
    fn drop_attempt<W: World>(&self, attempt: Pin<&mut Attempt<I::Run>>)
    where
        I: Node<W>,
    {
        let mut attempt = attempt.project();
        if let Some(run) = attempt.run.as_mut().as_pin_mut() {
            self.inner.cancel(run);
        }
        attempt.run.set(None);
        *attempt.span = Span::none();
        self.state.budget.refund(attempt.token.take());
    }
}

/// The number of the attempt at `index`, the first one being 1.
fn number(index: usize) -> u32 {
    u32::try_from(index).map_or(u32::MAX, |index| index.saturating_add(1))
}

impl<I: Then<B>, B> Then<B> for Hedge<I> {
    type Out = Hedge<I::Out>;

    fn then(self, next: B) -> Self::Out {
        Hedge { state: self.state, inner: self.inner.then(next) }
    }
}
