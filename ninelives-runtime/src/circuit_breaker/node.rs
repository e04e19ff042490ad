//! The breaker's node.

use super::config::{CircuitBreakerConfig, Parameters};
use super::sample::Sample;
use super::state::Circuit;
use super::token::{Token, Verdict};
use super::transitions::{Event, State};
use super::window::{Window, nanoseconds};
use crate::adaptive::{Adaptive, Grouped, Valued};
use crate::call::Call;
use crate::classify::ClassSet;
use crate::config::{InvalidConfig, valid};
use crate::control::{Change, Control, LayerState, Parameter};
use crate::error::Reason;
use crate::held::Held;
use crate::moment::Moment;
use crate::node::{Node, Outcome, Shape, Then, Wraps};
use crate::scope::Scope;
use crate::telemetry::Reporter;
use crate::world::World;
use ninelives_dsl::catalogue::LayerKind;
use ninelives_dsl::value::Ratio;
use pin_project_lite::pin_project;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Instant;

/// A circuit breaker around `I`; see the [module](super).
#[derive(Clone)]
pub struct CircuitBreaker<I = Call, H = Arc<Shared>> {
    shared: H,
    inner: I,
}

/// The layer alone: `ServiceBuilder::new().layer(CircuitBreakerLayer::new())`.
pub type CircuitBreakerLayer = CircuitBreaker<Call>;

/// What all requests share.
#[derive(Debug)]
pub struct Shared {
    made: Instant,
    circuit: Circuit,
}

impl Control for Shared {
    fn reporter(&self) -> &Reporter {
        &self.circuit.reporter
    }

    fn kind(&self) -> LayerKind {
        LayerKind::CircuitBreaker
    }

    fn parameters(&self) -> Vec<&dyn Parameter> {
        self.circuit.parameters.list()
    }

    fn state(&self) -> Option<LayerState> {
        Some(LayerState::CircuitBreaker(self.circuit.state()))
    }

    fn apply(&self, changes: &[Change]) {
        fn new<T: Valued>(changes: &[Change], name: &str) -> Option<T> {
            let change = changes.iter().find(|change| change.name() == name)?;
            T::from_value(change.value())
        }
        let (window, min_calls) = (new(changes, "window"), new(changes, "min_calls"));
        self.circuit.parameters.resample(window, min_calls);
        for change in changes.iter().filter(|it| !matches!(it.name(), "window" | "min_calls")) {
            change.put(self);
        }
    }
}

impl Shared {
    /// The circuit's time.
    fn time(&self, now: Instant) -> u64 {
        nanoseconds(now.saturating_duration_since(self.made))
    }

    /// Reports a call that came to no outcome.
    #[cold]
    fn give_up(&self, token: Token, verdict: Verdict) {
        self.circuit.report(token, verdict, || self.time(Instant::now()));
    }
}

impl CircuitBreakerLayer {
    /// A breaker with the defaults: see [`CircuitBreakerConfig::new`].
    pub fn new() -> Self {
        valid(CircuitBreakerConfig::new().build())
    }
}

impl Default for CircuitBreakerLayer {
    fn default() -> Self {
        Self::new()
    }
}

/// The parameters can be read and set while requests run.
impl<I> CircuitBreaker<I> {
    pub(super) fn assemble(circuit: Circuit, inner: I) -> Self {
        let shared = Shared { made: Instant::now(), circuit };
        Self { shared: Arc::new(shared), inner }
    }

    /// What the circuit does with calls. An open circuit whose cooldown is over is open until the
    /// next call makes it half-open.
    pub fn state(&self) -> State {
        self.shared.circuit.state()
    }

    /// Refuses every call until [`force_close`](Self::force_close) or [`reset`](Self::reset).
    pub fn force_open(&self) {
        self.command(Event::ForceOpen);
    }

    /// Admits every call, and counts none, until [`force_open`](Self::force_open) or
    /// [`reset`](Self::reset).
    pub fn force_close(&self) {
        self.command(Event::ForceClose);
    }

    /// Closes the circuit, whatever it is, and forgets all that was counted. What comes of calls
    /// that are in flight no longer counts.
    pub fn reset(&self) {
        self.command(Event::Reset);
    }

    fn command(&self, event: Event) {
        let now = self.shared.time(Instant::now());
        self.shared.circuit.command(event, now);
    }

    /// The share of failures in the window that opens the circuit.
    pub fn failure_rate(&self) -> &Adaptive<Ratio> {
        &self.parameters().failure_rate
    }

    /// Which calls are judged. A smaller window keeps the newest, a larger one fills up from what
    /// is there; one of calls after one of time, or the other way round, begins empty.
    pub fn window(&self) -> &Adaptive<Window, Grouped<Sample>> {
        &self.parameters().window
    }

    /// How many calls the window must hold before it is judged.
    pub fn min_calls(&self) -> &Adaptive<u32, Grouped<Sample>> {
        &self.parameters().min_calls
    }

    /// `window` and `min_calls` as the circuit reads them: at one moment.
    pub fn sample(&self) -> Sample {
        self.parameters().sample()
    }

    /// Puts `window` and `min_calls` in force together: nobody sees one of them without the other.
    ///
    /// # Errors
    /// When one of them is outside its range; nothing changes then.
    pub fn set_sample(&self, sample: Sample) -> Result<(), InvalidConfig> {
        self.parameters().set_sample(sample)
    }

    /// How many failures in a row open the circuit whatever the rate; `None` is off.
    pub fn consecutive(&self) -> &Adaptive<Option<u32>> {
        &self.parameters().consecutive
    }

    /// A call that takes longer counts as slow; `None` is off.
    pub fn slow_call(&self) -> &Adaptive<Option<Duration>> {
        &self.parameters().slow_call
    }

    /// The share of slow calls in the window that opens the circuit.
    pub fn slow_rate(&self) -> &Adaptive<Ratio> {
        &self.parameters().slow_rate
    }

    /// How long the circuit stays open the first time; the cooldown that runs keeps its end.
    pub fn cooldown(&self) -> &Adaptive<Duration> {
        &self.parameters().cooldown
    }

    /// The ceiling of the doubled cooldown.
    pub fn max_cooldown(&self) -> &Adaptive<Duration> {
        &self.parameters().max_cooldown
    }

    /// How many calls a half-open circuit admits; a cycle that runs keeps its number.
    pub fn probes(&self) -> &Adaptive<u32> {
        &self.parameters().probes
    }

    /// The classes that count as failures.
    pub fn on(&self) -> &Adaptive<ClassSet> {
        &self.parameters().on
    }

    fn parameters(&self) -> &Parameters {
        &self.shared.circuit.parameters
    }
}

pin_project! {
    /// One request at a [`CircuitBreaker`].
    pub struct CircuitBreakerRun<R> {
        #[pin]
        inner: R,
        // Gone once the outcome is reported.
        token: Option<Token>,
        // Where slow calls count: when this one began.
        began: Moment,
        // The circuit is open, which is still to be said.
        refused: bool,
        // The inner run is being polled: still true when it is dropped, it panicked.
        polling: bool,
    }
}

impl<R: Default> Default for CircuitBreakerRun<R> {
    #[inline]
    fn default() -> Self {
        let (inner, began) = (R::default(), Moment::NEVER);
        Self { inner, token: None, began, refused: false, polling: false }
    }
}

/// The token while the inner run starts: still there when this is dropped, the start panicked.
struct Starting<'s> {
    shared: &'s Shared,
    token: Option<Token>,
}

impl Drop for Starting<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(token) = self.token.take() {
            self.shared.give_up(token, Verdict::Failure { slow: false });
        }
    }
}

/// One that may not be there.
pub(crate) type Perhaps<I> = CircuitBreaker<I, Option<Arc<Shared>>>;

impl<I> Perhaps<I> {
    /// `layer` around `inner`, where there is one.
    pub(crate) fn perhaps(layer: Option<CircuitBreakerLayer>, inner: I) -> Self {
        Self { shared: layer.map(|layer| layer.shared), inner }
    }
}

impl<I: Shape, H: Held<Shared>> Wraps for CircuitBreaker<I, H> {
    type Inner = I;

    fn inner(&self) -> &I {
        &self.inner
    }

    fn control(&self) -> Option<Arc<dyn Control>> {
        Some(self.shared.held()?.clone())
    }
}

impl<W: World, I: Node<W>, H: Held<Shared>> Node<W> for CircuitBreaker<I, H> {
    type Run = CircuitBreakerRun<I::Run>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn start(
        &self,
        run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        let run = run.project();
        let mut starting = None;
        if let Some(shared) = self.shared.held() {
            let Some(token) = shared.circuit.admit(|| shared.time(scope.instant_now())) else {
                *run.refused = true;
                return;
            };
            if shared.circuit.parameters.slow_call.get().is_some() {
                *run.began = scope.now();
            }
            starting = Some(Starting { shared, token: Some(token) });
        }
        self.inner.start(run.inner, request, scope);
        *run.token = starting.and_then(|mut starting| starting.token.take());
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn poll(
        &self,
        run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        let run = run.project();
        if *run.refused
            && let Some(shared) = self.shared.held()
        {
            *run.refused = false;
            return Poll::Ready(scope.refuse(shared.path(), Reason::CircuitOpen));
        }
        *run.polling = true;
        let polled = self.inner.poll(run.inner, scope, task);
        *run.polling = false;
        if let Poll::Ready(outcome) = &polled
            && let Some(shared) = self.shared.held()
            && let Some(token) = run.token.take()
        {
            let verdict = shared.verdict(outcome, *run.began, scope);
            shared.circuit.report(token, verdict, || shared.time(scope.instant_now()));
        }
        polled
    }

    #[inline]
    fn cancel(&self, run: Pin<&mut Self::Run>) {
        let run = run.project();
        *run.refused = false;
        // First, so that a panic of what is dropped cannot keep a probe's slot.
        if let Some(token) = run.token.take()
            && let Some(shared) = self.shared.held()
        {
            let failed = Verdict::Failure { slow: false };
            shared.give_up(token, if *run.polling { failed } else { Verdict::Nothing });
        }
        self.inner.cancel(run.inner);
    }
}

impl Shared {
    /// What an outcome says of the service. An outcome that a part inside merely handed on says
    /// nothing.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn verdict<W: World>(
        &self,
        outcome: &Outcome<W>,
        began: Moment,
        scope: &mut Scope<'_, W>,
    ) -> Verdict {
        if scope.mark().is_neutral() {
            return Verdict::Nothing;
        }
        let class = scope.class(outcome);
        let slow = began.comes() && self.is_slow(scope.read_clock() - began);
        Verdict::of(class, &self.circuit.parameters.on, slow)
    }

    fn is_slow(&self, took: Duration) -> bool {
        let most = self.circuit.parameters.slow_call.get();
        most.is_some_and(|most| took > most)
    }
}

impl<I: Then<B>, B> Then<B> for CircuitBreaker<I> {
    type Out = CircuitBreaker<I::Out>;

    fn then(self, next: B) -> Self::Out {
        CircuitBreaker { shared: self.shared, inner: self.inner.then(next) }
    }
}

impl<I: fmt::Debug> fmt::Debug for CircuitBreaker<I> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("CircuitBreaker")
            .field("path", self.shared.path())
            .field("state", &self.state())
            .field("parameters", self.parameters())
            .field("inner", &self.inner)
            .finish()
    }
}
