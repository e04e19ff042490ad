//! The repetition's node.

use super::RetryConfig;
use super::jitter::{self, Random};
use crate::adaptive::{Adaptive, Wide};
use crate::budget::{Budget, Token};
use crate::call::Call;
use crate::classify::{Class, ClassSet, Repeat};
use crate::config::valid;
use crate::control::{Control, LayerState, Parameter};
use crate::held::Held;
use crate::moment::Moment;
use crate::node::{Node, Outcome, Shape, Then, Wraps, begin, polled};
use crate::path::Path;
use crate::scope::Scope;
use crate::telemetry::{EventKind, Fact, Reporter, Span};
use crate::world::World;
use ninelives_dsl::catalogue::LayerKind;
use ninelives_dsl::value::{Backoff, Jitter};
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// Repetition of `I`; see the [module](super).
#[derive(Clone, Debug)]
pub struct Retry<I = Call, H = Arc<State>> {
    state: H,
    inner: I,
}

/// The layer alone: `ServiceBuilder::new().layer(RetryLayer::new(3))`.
pub type RetryLayer = Retry<Call>;

/// What all requests share.
#[derive(Debug)]
pub struct State {
    pub(super) reporter: Reporter,
    pub(super) max_attempts: Adaptive<u32>,
    pub(super) backoff: Adaptive<Backoff, Wide<Backoff>>,
    pub(super) jitter: Adaptive<Jitter>,
    pub(super) on: Adaptive<ClassSet>,
    pub(super) budget: Arc<Budget>,
    pub(super) retry_after: Adaptive<Option<Duration>>,
    pub(super) random: Random,
}

impl Control for State {
    fn reporter(&self) -> &Reporter {
        &self.reporter
    }

    fn kind(&self) -> LayerKind {
        LayerKind::Retry
    }

    fn parameters(&self) -> Vec<&dyn Parameter> {
        vec![
            &self.max_attempts,
            &self.backoff,
            &self.jitter,
            &self.on,
            &*self.budget,
            &self.retry_after,
        ]
    }

    fn state(&self) -> Option<LayerState> {
        Some(LayerState::Retry { budget_left: self.budget.left() })
    }
}

impl RetryLayer {
    /// So many attempts in all, the first call included; the rest as the language has it by
    /// default.
    ///
    /// # Panics
    /// When `max_attempts` is not between 1 and 100; [`RetryConfig::build`] returns an error
    /// instead.
    #[track_caller]
    pub fn new(max_attempts: u32) -> Self {
        valid(RetryConfig::new().max_attempts(max_attempts).build())
    }

    pub(super) fn assemble(state: State) -> Self {
        Self { state: Arc::new(state), inner: Call }
    }

    pub(crate) fn shared_budget(&self) -> &Arc<Budget> {
        &self.state.budget
    }
}

/// The parameters can be read and set while requests run; what is set holds from the next failure
/// on.
impl<I> Retry<I> {
    /// The layer's path.
    pub fn path(&self) -> &Path {
        self.state.reporter.path()
    }

    /// How many attempts in all, the first call included.
    pub fn max_attempts(&self) -> &Adaptive<u32> {
        &self.state.max_attempts
    }

    /// How the wait between attempts grows.
    pub fn backoff(&self) -> &Adaptive<Backoff, Wide<Backoff>> {
        &self.state.backoff
    }

    /// How the wait is spread.
    pub fn jitter(&self) -> &Adaptive<Jitter> {
        &self.state.jitter
    }

    /// The outcome classes that are tried again.
    pub fn on(&self) -> &Adaptive<ClassSet> {
        &self.state.on
    }

    /// The share of calls that retries may add.
    pub fn budget(&self) -> &Budget {
        &self.state.budget
    }

    /// The longest retry-after hint obeyed; `None` ignores hints.
    pub fn retry_after(&self) -> &Adaptive<Option<Duration>> {
        &self.state.retry_after
    }
}

pin_project! {
    /// One request under a [`Retry`].
    pub struct RetryRun<R, Request> {
        // The attempt that runs; idle between two.
        #[pin]
        attempt: R,
        // What later attempts are copied from; the last one takes it.
        request: Option<Request>,
        // When the attempt that runs began, where somebody listens.
        began: Moment,
        span: Span,
        again: Option<Box<Again>>,
    }
}

/// What a request knows once it was decided to repeat it. Boxed: most never are.
struct Again {
    /// Of the attempt that runs, or ran last.
    number: u32,
    /// The wait before that attempt, as jitter drew it.
    waited: Duration,
    /// Of an attempt that has sent nothing yet.
    token: Option<Token>,
    stage: Stage,
}

#[derive(Clone, Copy)]
enum Stage {
    Attempt,
    /// `None`: the next attempt begins in this poll.
    Backoff {
        until: Option<Moment>,
    },
}

impl<R: Default, Request> Default for RetryRun<R, Request> {
    #[inline]
    fn default() -> Self {
        Self {
            attempt: R::default(),
            request: None,
            began: Moment::NEVER,
            span: Span::none(),
            again: None,
        }
    }
}

/// Another attempt, as it was decided on.
struct Next {
    /// As jitter drew it.
    wait: Duration,
    /// Longer, where the service asks for more.
    sleep: Duration,
    until: Option<Moment>,
    token: Token,
}

/// Why there is no other attempt.
enum Exhausted {
    /// The outcome is of no class that is tried again, or of a part that could do nothing.
    Unwanted,
    /// All were made, or no time is left, or the request may not be sent again.
    Attempts,
    Budget,
}

/// One that may not be there.
pub(crate) type Perhaps<I> = Retry<I, Option<Arc<State>>>;

impl<I> Perhaps<I> {
    /// `layer` around `inner`, where there is one.
    pub(crate) fn perhaps(layer: Option<RetryLayer>, inner: I) -> Self {
        Self { state: layer.map(|layer| layer.state), inner }
    }
}

impl<I: Shape, H: Held<State>> Wraps for Retry<I, H> {
    type Inner = I;

    fn inner(&self) -> &I {
        &self.inner
    }

    fn control(&self) -> Option<Arc<dyn Control>> {
        Some(self.state.held()?.clone())
    }
}

impl<W, I, H> Node<W> for Retry<I, H>
where
    W: World<Classifier: Repeat<<W as World>::Request>>,
    I: Node<W>,
    H: Held<State>,
{
    type Run = RetryRun<I::Run, W::Request>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn start(
        &self,
        run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        let run = run.project();
        let mut first = request;
        if let Some(state) = self.state.held() {
            state.budget.deposit();
            // A request that cannot be copied goes with the first attempt.
            if let Some(copy) = scope.copy(first.as_ref()) {
                *run.request = first.replace(copy);
            }
            if state.reporter.listens() {
                *run.began = scope.now();
            }
            *run.span = Span::attempt(&state.reporter, 1);
        }
        let _inside = run.span.enter();
        self.inner.start(run.attempt, first, scope);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn poll(
        &self,
        mut run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        let this = run.as_mut().project();
        let state = self.state.held();
        if this.again.is_some()
            && let Some(state) = state
        {
            return state.repeat(&self.inner, run, None, scope, task);
        }
        let outcome = {
            let _inside = this.span.enter();
            ready!(self.inner.poll(this.attempt, scope, task))
        };
        if let Some(state) = state {
            if scope.class(&outcome) != Class::Success {
                return state.repeat(&self.inner, run, Some(outcome), scope, task);
            }
            *this.request = None;
        }
        Poll::Ready(outcome)
    }

    #[inline]
    fn cancel(&self, run: Pin<&mut Self::Run>) {
        let run = run.project();
        self.inner.cancel(run.attempt);
        *run.request = None;
        if let Some(again) = run.again.take()
            && let Some(state) = self.state.held()
        {
            state.budget.refund(again.token);
        }
    }
}

impl State {
    /// Everything but a first attempt that succeeds: from the failure of one, or from where the run
    /// stood, through waits and further attempts.
    #[cold]
    #[inline(never)]
    fn repeat<W, I>(
        &self,
        inner: &I,
        mut run: Pin<&mut RetryRun<I::Run, W::Request>>,
        mut failure: Option<Outcome<W>>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>>
    where
        W: World<Classifier: Repeat<<W as World>::Request>>,
        I: Node<W>,
    {
        loop {
            if let Some(outcome) = failure.take()
                && let Some(last) = self.failed(run.as_mut(), outcome, scope)
            {
                return Poll::Ready(last);
            }
            let this = run.as_mut().project();
            let Some(again) = this.again else {
                return Poll::Pending;
            };
            match again.stage {
                Stage::Attempt => {
                    let sent = scope.sent();
                    let outcome = {
                        let _inside = this.span.enter();
                        polled(inner, this.attempt, scope, task)
                    };
                    if scope.sent() != sent {
                        again.token = None;
                    }
                    let outcome = ready!(outcome);
                    if scope.class(&outcome) == Class::Success {
                        self.budget.refund(again.token.take());
                        (*this.again, *this.request) = (None, None);
                        return Poll::Ready(outcome);
                    }
                    failure = Some(outcome);
                }
                Stage::Backoff { until } => {
                    if until.is_some_and(|until| !scope.due(until)) {
                        return Poll::Pending;
                    }
                    // Woken late: whoever set the deadline answers in this poll.
                    let deadline = scope.deadline();
                    if deadline.comes() && scope.now() >= deadline {
                        return Poll::Pending;
                    }
                    self.begin(inner, run.as_mut(), scope);
                }
            }
        }
    }

    /// Ends a failed attempt. `Some` is the outcome when there is no other.
    fn failed<W: World, R: Default>(
        &self,
        run: Pin<&mut RetryRun<R, W::Request>>,
        outcome: Outcome<W>,
        scope: &mut Scope<'_, W>,
    ) -> Option<Outcome<W>> {
        let mut run = run.project();
        // The attempt first, it may hold a connection or a place; then the outcome, which may too.
        run.attempt.set(R::default());
        *run.span = Span::none();
        let (number, waited) = match run.again {
            None => (1, Duration::ZERO),
            Some(again) => {
                self.budget.refund(again.token.take());
                (again.number, again.waited)
            }
        };
        let class = scope.class(&outcome);
        let (reporter, since) = (&self.reporter, scope.instant(*run.began));
        let fact = |kind| Fact::new(kind).attempt(number).since(since);
        let acts = self.on.get().contains(class) && !scope.mark().is_neutral();
        let next = match run.request {
            _ if !acts => Err(Exhausted::Unwanted),
            Some(_) => self.next(&outcome, class, number, waited, scope),
            None => Err(Exhausted::Attempts),
        };
        match next {
            Ok(Next { wait, sleep, until, token }) => {
                scope.report(reporter, fact(EventKind::RetryAttempt { class, wait: sleep }));
                let stage = Stage::Backoff { until };
                let next = Again { number, waited: wait, token: Some(token), stage };
                match run.again {
                    Some(again) => **again = next,
                    None => *run.again = Some(Box::new(next)),
                }
                return None;
            }
            Err(Exhausted::Unwanted) => {}
            Err(exhausted) => {
                if let Exhausted::Budget = exhausted {
                    scope.report(reporter, Fact::new(EventKind::BudgetExhausted).attempt(number));
                }
                scope.report(reporter, fact(EventKind::RetryExhausted { class }));
            }
        }
        (*run.again, *run.request) = (None, None);
        Some(outcome)
    }

    /// Begins the next attempt. The clock was read in this poll, to decide on the wait or to see
    /// that it is over, so deadlines inside count from now.
    fn begin<W, I>(
        &self,
        inner: &I,
        run: Pin<&mut RetryRun<I::Run, W::Request>>,
        scope: &mut Scope<'_, W>,
    ) where
        W: World<Classifier: Repeat<<W as World>::Request>>,
        I: Node<W>,
    {
        let run = run.project();
        let Some(again) = run.again else {
            return;
        };
        again.number += 1;
        again.stage = Stage::Attempt;
        let last = again.number >= self.max_attempts.get();
        let copy = if last { None } else { scope.copy(run.request.as_ref()) };
        let request = copy.or_else(|| run.request.take());
        let listens = self.reporter.listens();
        *run.began = if listens { scope.now() } else { Moment::NEVER };
        *run.span = Span::attempt(&self.reporter, again.number);
        let sent = scope.sent();
        let _inside = run.span.enter();
        begin(inner, run.attempt, request, scope);
        if scope.sent() != sent {
            again.token = None;
        }
    }

    /// Decides whether there is another attempt after a failure of `class`, and when.
    fn next<W: World>(
        &self,
        outcome: &Outcome<W>,
        class: Class,
        attempts: u32,
        waited: Duration,
        scope: &mut Scope<'_, W>,
    ) -> Result<Next, Exhausted> {
        if scope.spent() || attempts >= self.max_attempts.get() {
            return Err(Exhausted::Attempts);
        }
        let asked = match self.retry_after.get() {
            Some(longest) if class == Class::Overloaded => scope
                .retry_after(outcome)
                .map_or(Some(Duration::ZERO), |asked| (asked <= longest).then_some(asked))
                .ok_or(Exhausted::Attempts)?,
            _ => Duration::ZERO,
        };
        let (backoff, jitter) = (self.backoff.get(), self.jitter.get());
        let wait = jitter::wait(backoff, jitter, attempts, waited, &self.random);
        let sleep = wait.max(asked);
        let until = scope.read_clock() + sleep;
        // With no deadline this is a wait that does not end.
        if until >= scope.deadline() {
            return Err(Exhausted::Attempts);
        }
        Ok(Next {
            wait,
            sleep,
            until: (!sleep.is_zero()).then_some(until),
            token: self.budget.withdraw(scope.instant_now()).ok_or(Exhausted::Budget)?,
        })
    }
}

impl<I: Then<B>, B> Then<B> for Retry<I> {
    type Out = Retry<I::Out>;

    fn then(self, next: B) -> Self::Out {
        Retry { state: self.state, inner: self.inner.then(next) }
    }
}
