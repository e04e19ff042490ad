//! Services that panic as an arm or attempt begins, when a permit, a probe and a token are taken.

use crate::polling::poll_once;
use ninelives_runtime::bulkhead::BulkheadLayer;
use ninelives_runtime::circuit_breaker::CircuitBreakerConfig;
use ninelives_runtime::classify::Class;
use ninelives_runtime::control::LayerState;
use ninelives_runtime::dsl::value::{Backoff, Budget, Rate, Ratio};
use ninelives_runtime::dynamic::{Calls, Host, PolicyBook, TextPolicy};
use ninelives_runtime::error::PolicyError;
use ninelives_runtime::hedge::HedgeConfig;
use ninelives_runtime::policy::{Policy, fail, pass, to};
use ninelives_runtime::registry::Registry;
use ninelives_runtime::retry::RetryConfig;
use ninelives_runtime::testing::{
    AsSaid, Failure, Script, ScriptCall, Step, elapse, err, hang, ms,
};
use ninelives_runtime::to::To;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tower::{Layer, Service, ServiceExt};

type Answer = &'static str;

/// Longer than any probe takes here.
const COOLDOWN: Duration = Duration::from_secs(1);

/// Where it panics: as a part starts, or in its first poll.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    Clone,
    Call,
}

/// A service that fails until it follows its script, and while it is armed panics each time.
struct Mined {
    script: Script,
    at: At,
    armed: Arc<AtomicBool>,
}

impl Mined {
    fn new(at: At, step: Step) -> Self {
        Self { script: Script::new([err(Class::Timeout), step]), at, armed: Arc::default() }
    }

    fn pass_by(&self, at: At) {
        if self.at == at && self.armed.load(Ordering::SeqCst) {
            resume_unwind(Box::new(at));
        }
    }
}

impl Clone for Mined {
    fn clone(&self) -> Self {
        self.pass_by(At::Clone);
        Self { script: self.script.clone(), at: self.at, armed: self.armed.clone() }
    }
}

impl Service<()> for Mined {
    type Response = Answer;
    type Error = Failure;
    type Future = ScriptCall<Answer, Failure>;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.script.poll_ready(task)
    }

    fn call(&mut self, (): ()) -> Self::Future {
        self.pass_by(At::Call);
        self.script.call(())
    }
}

/// What reaches the mine: a right arm in the first poll, or a right arm or an attempt in a later one.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    AtOnce,
    RightArm,
    Hedge,
    Retry,
}

const SHAPES: [Shape; 4] = [Shape::AtOnce, Shape::RightArm, Shape::Hedge, Shape::Retry];

impl Shape {
    /// What the service does while it does not panic.
    fn step(self) -> Step {
        match self {
            Self::Hedge => hang(),
            _ => err(Class::Transient).after(ms(5)),
        }
    }

    /// How many permits a request takes.
    fn places(self) -> u32 {
        if let Self::Hedge = self { 2 } else { 1 }
    }

    fn text(self, bottom: &str) -> String {
        let (places, budget) = (self.places(), "budget = budget(0%, min = 1/h, window = 1h)");
        let guards = format!(
            "bulkhead({places}) + circuit_breaker(consecutive = 1, probes = 2, on = timeout, \
             cooldown = 1s, max_cooldown = 1s) + {bottom}"
        );
        match self {
            Self::AtOnce => format!("fail | {guards}"),
            Self::RightArm => format!("to(@down) | {guards}"),
            Self::Hedge => format!("hedge(after = 10ms, max_attempts = 2, {budget}) + {guards}"),
            Self::Retry => format!("retry(2, backoff = fixed(0s), {budget}) + {guards}"),
        }
    }
}

fn down() -> Script {
    Script::new([err(Class::Transient).after(ms(5))])
}

/// As often as the first time it comes to the panic: no permit, no probe and no token is missing.
async fn panics_each_time<S>(
    shape: Shape,
    mut service: S,
    mined: &Mined,
    registry: &Registry,
    case: &str,
) where
    S: Service<(), Response = Answer, Error = PolicyError<Failure>>,
{
    // Opens the circuit: each request from now on has a probe.
    let opens = tokio::time::timeout(COOLDOWN, service.ready().await.unwrap().call(()));
    opens.await.unwrap().unwrap_err();
    elapse(COOLDOWN).await;
    for round in 0..6 {
        let mut request = Box::pin(service.ready().await.unwrap().call(()));
        if shape != Shape::AtOnce {
            assert!(poll_once(request.as_mut()).is_pending());
            elapse(ms(10)).await;
        }
        mined.armed.store(true, Ordering::SeqCst);
        let polled = catch_unwind(AssertUnwindSafe(|| poll_once(request.as_mut())));
        assert!(polled.is_err(), "{case}: no panic in round {round}");
        if round % 2 == 0 {
            for _ in 0..3 {
                assert!(poll_once(request.as_mut()).is_pending(), "{case}: round {round}");
                elapse(ms(50)).await;
            }
        }
        drop(request);
        mined.armed.store(false, Ordering::SeqCst);
        assert_eq!(mined.script.in_flight(), 0, "{case}: round {round}");
        for layer in registry.layers() {
            match layer.state {
                Some(LayerState::Bulkhead { in_use, queued, .. }) => {
                    assert_eq!((in_use, queued), (0, 0), "{case}: round {round}");
                }
                Some(LayerState::Retry { budget_left } | LayerState::Hedge { budget_left, .. }) => {
                    assert_eq!(budget_left, Some(1), "{case}: round {round}");
                }
                _ => {}
            }
        }
        // The cooldown of a circuit that took the panic for a failure.
        elapse(COOLDOWN).await;
    }
}

/// lru RUSTSEC-2026-0253: a panic leaves a counter wrong (reliability 14).
#[tokio::test(start_paused = true)]
async fn start_that_panics_gives_all_back_dropped_or_polled_again() {
    macro_rules! compiled {
        ($shape:expr, $at:expr, $bottom:expr, |$guards:ident| $policy:expr) => {{
            let mined = Mined::new($at, $shape.step());
            let breaker = CircuitBreakerConfig::new().consecutive(1).probes(2).cooldown(COOLDOWN);
            let breaker = breaker.max_cooldown(COOLDOWN).on(Class::Timeout);
            let bulkhead = BulkheadLayer::new($shape.places());
            let $guards = Policy(bulkhead) + Policy(breaker.build().unwrap()) + $bottom(&mined);
            let policy = ($policy).classify(AsSaid);
            let registry = Registry::new();
            registry.add(&policy).unwrap();
            let service = policy.layer(mined.clone());
            let case = format!("{:?} at {:?}, compiled", $shape, $at);
            panics_each_time($shape, service, &mined, &registry, &case).await;
        }};
    }
    macro_rules! shapes {
        ($at:expr, $bottom:expr) => {{
            let hour = Duration::from_secs(3_600);
            let one = Budget { ratio: Ratio::ZERO, min: Rate::new(1, hour), window: hour };
            let hedge = HedgeConfig::new().after(ms(10)).max_attempts(2).budget(one);
            let retry = RetryConfig::new().max_attempts(2).budget(one);
            let retry = retry.backoff(Backoff::fixed(Duration::ZERO));
            let down = Policy(To::new(down()).with_path("down"));
            compiled!(Shape::AtOnce, $at, $bottom, |guards| fail() | guards);
            compiled!(Shape::RightArm, $at, $bottom, |guards| down | guards);
            compiled!(Shape::Hedge, $at, $bottom, |guards| Policy(hedge.build().unwrap()) + guards);
            compiled!(Shape::Retry, $at, $bottom, |guards| Policy(retry.build().unwrap()) + guards);
        }};
    }
    shapes!(At::Call, |_: &Mined| pass());
    shapes!(At::Call, |mined: &Mined| to(mined.clone()));
    shapes!(At::Clone, |mined: &Mined| to(mined.clone()));
}

/// The same in policies from text, whose parts are of no type.
#[tokio::test(start_paused = true)]
async fn start_from_text_that_panics_gives_all_back_dropped_or_polled_again() {
    for shape in SHAPES {
        for (at, bottom) in
            [(At::Call, "pass"), (At::Call, "to(@mined)"), (At::Clone, "to(@mined)")]
        {
            let mined = Mined::new(at, shape.step());
            let calls = Calls::<(), Answer, Failure>::new().classify(AsSaid);
            let calls = calls.service("down", down()).service("mined", mined.clone());
            let text = format!("policy it = {};", shape.text(bottom));
            let book = PolicyBook::from_text(text, Host::new().calls(calls)).unwrap();
            let policy: TextPolicy<(), Answer, Failure> = book.policy("it").unwrap();
            let case = format!("{shape:?} at {at:?} of {bottom}, from text");
            let service = policy.layer(mined.clone());
            panics_each_time(shape, service, &mined, &book.registry(), &case).await;
        }
    }
}
