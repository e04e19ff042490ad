//! A circuit closes within one cooldown of the service's recovery, probes that are dropped or not.

#![allow(clippy::unwrap_used, reason = "a failed check ends its test")]

use fastrand::Rng;
use ninelives::circuit_breaker::{CircuitBreakerConfig, CircuitBreakerLayer, State};
use ninelives::testing::{ms, paused_runtime};
use std::cell::Cell;
use std::future::{Future, pending};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use tokio::time::advance;
use tower::{Layer, service_fn};

const TRIALS: u64 = 100_000;

#[derive(Clone, Copy)]
enum Health {
    Answers,
    Fails,
    Hangs,
}

/// A circuit, and what it guards.
struct Trial {
    layer: CircuitBreakerLayer,
    health: Rc<Cell<Health>>,
    calls: Rc<Cell<u64>>,
}

impl Trial {
    /// Polls a request once, and drops it where it has not ended.
    fn send(&self, health: Health) -> Poll<bool> {
        self.health.set(health);
        let (health, calls) = (self.health.clone(), self.calls.clone());
        let service = self.layer.layer(service_fn(move |()| {
            calls.set(calls.get() + 1);
            let health = health.get();
            async move {
                match health {
                    Health::Answers => Ok(()),
                    Health::Fails => Err("down"),
                    Health::Hangs => pending().await,
                }
            }
        }));
        let request = pin!(service.send(()));
        request.poll(&mut Context::from_waker(Waker::noop())).map(|answer| answer.is_ok())
    }
}

/// Opens a circuit, opens it again some times, and lets the service recover. Gives how many probes were
/// dropped meanwhile.
async fn closes_within_one_cooldown(seed: u64) -> u64 {
    let mut rng = Rng::with_seed(seed);
    let (consecutive, probes) = (rng.u32(1..=3), rng.u32(1..=4));
    let cooldown = ms(rng.u64(1..=50));
    let max_cooldown = cooldown * rng.u32(1..=8);
    let config = CircuitBreakerConfig::new()
        .consecutive(consecutive)
        .probes(probes)
        .cooldown(cooldown)
        .max_cooldown(max_cooldown)
        .seed(seed);
    let layer = config.build().unwrap();
    let trial = Trial { layer, health: Rc::new(Cell::new(Health::Fails)), calls: Rc::default() };
    for _ in 0..consecutive {
        assert_eq!(trial.send(Health::Fails), Poll::Ready(false));
    }
    let mut longest = cooldown;
    for _ in 0..rng.u32(0..3) {
        advance(longest).await;
        assert_eq!(trial.send(Health::Fails), Poll::Ready(false));
        longest = (2 * longest).min(max_cooldown);
    }
    assert_eq!(trial.layer.state(), State::Open);
    let mut dropped = 0;
    // Requests come all the time, and the last ones when the cooldown is over to the nanosecond.
    for _ in 0..8 {
        advance(longest / 8).await;
        if seed.is_multiple_of(2) && trial.layer.state() != State::Closed {
            for _ in 0..rng.u32(1..=probes) {
                let before = trial.calls.get();
                let _ = trial.send(Health::Hangs);
                dropped += trial.calls.get() - before;
            }
        }
        for _ in 0..probes {
            let _ = trial.send(Health::Answers);
        }
    }
    assert_eq!(trial.layer.state(), State::Closed, "seed {seed}");
    dropped
}

#[test]
fn circuit_closes_within_one_cooldown_of_the_recovery() {
    let (mut dropped, mut with_drops) = (0, 0);
    // A few runtimes: a clock that was moved for days is not what is tested.
    for round in 0..100 {
        paused_runtime().block_on(async {
            for seed in (0..TRIALS / 100).map(|trial| 100 * trial + round) {
                let drops = closes_within_one_cooldown(seed).await;
                dropped += drops;
                with_drops += u64::from(drops > 0);
            }
        });
    }
    println!(
        "{TRIALS} of {TRIALS} circuits closed within one cooldown, {with_drops} of them after dropped probes ({dropped})"
    );
    assert_eq!(with_drops, TRIALS / 2);
}
