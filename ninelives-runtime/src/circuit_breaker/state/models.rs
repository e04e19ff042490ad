//! Every interleaving of a few threads:
//! `RUSTFLAGS="--cfg ninelives_loom" cargo test -p ninelives-runtime --release --lib models`.

use super::super::config::CircuitBreakerConfig;
use super::*;
use crate::interleavings::{every, interrupted};
use loom::sync::Arc;
use loom::thread;
use ninelives_dsl::value::Ratio;

const MS: u64 = 1_000_000;
const GOOD: Verdict = Verdict::Success { slow: false };
const BAD: Verdict = Verdict::Failure { slow: false };

/// Opens with the first failure, for 4 to 8 ms.
fn touchy() -> CircuitBreakerConfig {
    let config = CircuitBreakerConfig::new();
    config.consecutive(1).cooldown(Duration::from_millis(8))
}

fn circuit(config: CircuitBreakerConfig) -> Arc<Circuit> {
    let circuit = Circuit::new(
        Reporter::new("search".into()),
        config.parameters().unwrap(),
        Rng::with_seed(5),
    );
    Arc::new(circuit)
}

fn call(circuit: &Circuit, now: u64, verdict: Verdict) {
    if let Some(token) = circuit.admit(|| now) {
        circuit.report(token, verdict, || now);
    }
}

/// Runs both at once, one of them in a thread of its own.
fn both<A: 'static, B>(
    circuit: &Arc<Circuit>,
    one: impl FnOnce(&Circuit) -> A + 'static,
    other: impl FnOnce(&Circuit) -> B,
) -> (A, B) {
    let shared = circuit.clone();
    let thread = thread::spawn(move || one(&shared));
    let other = other(circuit);
    (thread.join().unwrap(), other)
}

#[test]
fn two_calls_after_the_cooldown_get_one_probe() {
    every(|| {
        let circuit = circuit(touchy());
        call(&circuit, 0, BAD);
        let admit = |circuit: &Circuit| circuit.admit(|| 8 * MS);
        let (one, other) = both(&circuit, admit, admit);
        assert!(one.is_some() != other.is_some());
        assert_eq!(circuit.state(), State::HalfOpen);
    });
}

#[test]
fn three_calls_after_the_cooldown_get_two_probes() {
    interrupted(3, || {
        let circuit = circuit(touchy().probes(2));
        call(&circuit, 0, BAD);
        let shared = circuit.clone();
        let third = thread::spawn(move || shared.admit(|| 8 * MS).is_some());
        let admit = |circuit: &Circuit| circuit.admit(|| 8 * MS).is_some();
        let (one, other) = both(&circuit, admit, admit);
        let probes = [one, other, third.join().unwrap()];
        assert_eq!(probes.into_iter().filter(|probe| *probe).count(), 2);
    });
}

#[test]
fn dropped_probe_gives_its_slot_back_once() {
    every(|| {
        let circuit = circuit(touchy());
        call(&circuit, 0, BAD);
        let drop = |circuit: &Circuit| call(circuit, 8 * MS, Verdict::Nothing);
        both(&circuit, drop, drop);
        assert_eq!(circuit.state(), State::HalfOpen);
        assert!(circuit.admit(|| 8 * MS).is_some());
        assert!(circuit.admit(|| 8 * MS).is_none());
    });
}

#[test]
fn success_and_failure_of_two_probes_open_again() {
    every(|| {
        let circuit = circuit(touchy().probes(2));
        call(&circuit, 0, BAD);
        let good = circuit.admit(|| 8 * MS).unwrap();
        let bad = circuit.admit(|| 8 * MS).unwrap();
        both(
            &circuit,
            move |circuit| circuit.report(good, GOOD, || 8 * MS),
            |circuit| circuit.report(bad, BAD, || 8 * MS),
        );
        assert_eq!(circuit.state(), State::Open);
        assert!(circuit.admit(|| 15 * MS).is_none());
    });
}

/// The failing probe begins a cooldown that the other call, however late, does not cut short.
#[test]
fn overtaken_call_does_not_end_the_next_cooldown() {
    every(|| {
        let circuit = circuit(touchy());
        call(&circuit, 0, BAD);
        let fail = |circuit: &Circuit| call(circuit, 8 * MS, BAD);
        both(&circuit, fail, fail);
        assert_eq!(circuit.state(), State::Open);
        let reopened = circuit.lock().generation;
        assert_eq!(reopened, 3, "opened, half-open, opened: once");
    });
}

/// Whoever sees the opening also sees until when, or asks under the lock.
#[test]
fn open_circuit_refuses_from_its_first_moment() {
    every(|| {
        let circuit = circuit(touchy());
        let (admitted, ()) =
            both(&circuit, |circuit| circuit.admit(|| 0), |circuit| call(circuit, 0, BAD));
        assert!(admitted.is_none_or(|token| token.slot().is_none()));
    });
}

#[test]
fn late_outcomes_count_in_no_later_generation() {
    for verdict in [GOOD, BAD] {
        every(move || {
            let circuit = circuit(touchy());
            let late = circuit.admit(|| 0).unwrap();
            both(
                &circuit,
                move |circuit| circuit.report(late, verdict, || 0),
                |circuit| {
                    call(circuit, 0, BAD);
                    circuit.command(Event::Reset, 0);
                },
            );
            if verdict == GOOD {
                assert_eq!(circuit.successes.sum(), 0);
            }
            assert_eq!(circuit.state(), State::Closed);
        });
    }
}

/// Whoever is admitted in a generation finds the stripes that count for it.
#[test]
fn good_answer_of_the_new_generation_is_counted() {
    every(|| {
        let circuit = circuit(CircuitBreakerConfig::new());
        let (generation, ()) = both(
            &circuit,
            |circuit| {
                let token = circuit.admit(|| 0).unwrap();
                let generation = token.generation();
                circuit.report(token, GOOD, || 0);
                generation
            },
            |circuit| circuit.command(Event::Reset, 0),
        );
        assert_eq!(circuit.successes.sum(), generation);
    });
}

#[test]
fn no_call_is_lost_or_counted_twice() {
    every(|| {
        let config = CircuitBreakerConfig::new().window(9).min_calls(4);
        let circuit = circuit(config);
        both(&circuit, |circuit| call(circuit, 0, GOOD), |circuit| call(circuit, 0, BAD));
        call(&circuit, 0, BAD);
        assert_eq!(circuit.state(), State::Closed, "three calls");
        call(&circuit, 0, BAD);
        assert_eq!(circuit.state(), State::Open, "four calls");
    });
}

/// A good answer looks at the window while a failure comes in; whichever is first, a window that
/// is called clean holds no failure.
#[test]
fn window_with_a_failure_is_never_clean() {
    every(|| {
        let config = CircuitBreakerConfig::new().window(2).min_calls(9);
        let circuit = circuit(config.failure_rate(Ratio::ONE));
        call(&circuit, 0, GOOD);
        both(&circuit, |circuit| call(circuit, 0, GOOD), |circuit| call(circuit, 0, BAD));
        if circuit.clean.load(Ordering::Relaxed) > 0 {
            let successes = circuit.successes.sum();
            assert!(circuit.lock().period.is_clean(successes, 2));
        }
        call(&circuit, 0, BAD);
        call(&circuit, 0, BAD);
        assert_eq!(circuit.state(), State::Open);
    });
}

#[test]
fn step_of_a_window_of_time_begins_once() {
    every(|| {
        let config = CircuitBreakerConfig::new().window(Duration::from_millis(10));
        let circuit = circuit(config.min_calls(4));
        let good = |circuit: &Circuit| call(circuit, 5 * MS, GOOD);
        both(&circuit, good, good);
        call(&circuit, 5 * MS, BAD);
        assert_eq!(circuit.state(), State::Closed);
        call(&circuit, 5 * MS, BAD);
        assert_eq!(circuit.state(), State::Open, "four calls, two of them bad");
    });
}
