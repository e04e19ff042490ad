//! The pairs, and the layers they are made of.

use ninelives::bulkhead::{BulkheadConfig, BulkheadLayer};
use ninelives::circuit_breaker::{CircuitBreakerConfig, CircuitBreakerLayer};
use ninelives::hedge::{HedgeConfig, HedgeLayer};
use ninelives::prelude::*;
use ninelives::retry::{RetryConfig, RetryLayer};
use ninelives::testing::{AsSaid, Failure, Probe, Script, ms};
use ninelives::{Budget, Rate};
use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::Duration;
use tower::Service;
use tower::limit::ConcurrencyLimit;
use tower_layer::Layer;

/// The service at the bottom: scripted, with room for a few, watched.
pub(crate) type Watched = Probe<ConcurrencyLimit<Script>>;

/// One request on its way.
pub(crate) type Request =
    Pin<Box<dyn Future<Output = Result<&'static str, PolicyError<Failure>>> + Send>>;

/// Sends a request through a policy.
pub(crate) type Sender = Box<dyn Fn(Watched) -> Request>;

/// What a budget grants before any call, and for the length of a test.
pub(crate) const TOKENS: u64 = 5;

/// The layers with a state that stand on one side of a pair.
pub(crate) struct Side {
    pub(crate) retry: RetryLayer,
    pub(crate) hedge: HedgeLayer,
    pub(crate) bulkhead: BulkheadLayer,
    pub(crate) circuit_breaker: CircuitBreakerLayer,
    /// What `to` leads to.
    pub(crate) east: Script,
}

impl Side {
    pub(crate) fn new(east: Script) -> Self {
        let hour = Duration::from_secs(3_600);
        let budget = Budget { ratio: Ratio::ZERO, min: Rate::new(TOKENS, hour), window: hour };
        let retry = RetryConfig::new()
            .max_attempts(3)
            .backoff(Backoff::fixed(ms(2)))
            .jitter(Jitter::None)
            .budget(budget);
        let hedge = HedgeConfig::new().after(ms(4)).max_attempts(3).budget(budget);
        let circuit_breaker = CircuitBreakerConfig::new().consecutive(2).cooldown(ms(10));
        Self {
            retry: retry.build().unwrap(),
            hedge: hedge.build().unwrap(),
            bulkhead: BulkheadConfig::new(1).queue(1).wait(ms(8)).build().unwrap(),
            circuit_breaker: circuit_breaker.build().unwrap(),
            east,
        }
    }

    /// How many tokens are spent.
    pub(crate) fn spent(&self) -> u64 {
        let left = self.retry.budget().left().unwrap() + self.hedge.budget().left().unwrap();
        2 * TOKENS - left
    }
}

/// Both sides of a pair.
pub(crate) struct Sides {
    pub(crate) left: Side,
    pub(crate) right: Side,
}

/// A pair.
pub(crate) struct Pair {
    pub(crate) name: &'static str,
    /// How many paths there are to a service.
    pub(crate) paths: u64,
    pub(crate) compose: fn(&Sides) -> Sender,
}

/// Makes the request before it is polled: one that is dropped then has taken nothing of the policy, and holds
/// what it was readied with.
fn compose<L>(policy: L) -> Sender
where
    L: Layer<Watched> + 'static,
    L::Service:
        Service<(), Response = &'static str, Error = PolicyError<Failure>, Future: Send + 'static>,
{
    Box::new(move |service| {
        let mut service = policy.layer(service);
        let ready = service.poll_ready(&mut Context::from_waker(Waker::noop()));
        assert!(ready.is_ready(), "the edge is ready always");
        Box::pin(service.call(()))
    })
}

macro_rules! part {
    (timeout, $side:expr) => {
        timeout(ms(10))
    };
    (pass, $side:expr) => {
        pass()
    };
    (fail, $side:expr) => {
        fail()
    };
    (fallback, $side:expr) => {
        fallback()
    };
    (to, $side:expr) => {
        to(Probe::new($side.east.clone()))
    };
    ($layer:ident, $side:expr) => {
        Policy($side.$layer.clone())
    };
}

macro_rules! pairs {
    ($($paths:literal: [$($left:ident)*] $operator:tt $rights:tt)*) => {{
        let mut pairs = Vec::new();
        $($(pairs!(@ pairs, $paths, $left $operator $rights);)*)*
        pairs
    }};
    (@ $pairs:ident, $paths:literal, $left:ident $operator:tt [$($right:ident)*]) => {
        $($pairs.push(Pair {
            name: concat!(stringify!($left), " ", stringify!($operator), " ", stringify!($right)),
            paths: $paths,
            compose: |sides| {
                let pair = part!($left, sides.left) $operator part!($right, sides.right);
                compose(pair.classify(AsSaid))
            },
        });)*
    };
}

/// All of them; a layer by itself is the pair with `pass`.
#[allow(unused_variables, reason = "a part without a state takes nothing of its side")]
pub(crate) fn pairs() -> Vec<Pair> {
    pairs! {
        1: [pass timeout retry circuit_breaker bulkhead hedge]
            + [pass timeout retry circuit_breaker bulkhead hedge fallback to fail]
        2: [pass timeout retry circuit_breaker bulkhead hedge fallback to fail]
            | [pass timeout retry circuit_breaker bulkhead hedge fallback to fail]
        2: [pass timeout retry circuit_breaker bulkhead hedge fallback to fail]
            & [pass timeout retry circuit_breaker bulkhead hedge fallback to fail]
    }
}
