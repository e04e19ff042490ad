//! Single rules of the machine, and what the threads of the standard library find.

use super::super::config::CircuitBreakerConfig;
use super::*;
use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::thread;

const MS: u64 = 1_000_000;
const GOOD: Verdict = Verdict::Success { slow: false };
const BAD: Verdict = Verdict::Failure { slow: false };

fn circuit(config: CircuitBreakerConfig) -> Circuit {
    Circuit::new(Reporter::new("search".into()), config.parameters().unwrap(), Rng::with_seed(5))
}

/// Opens with the first failure, for 4 to 8 ms.
fn touchy() -> CircuitBreakerConfig {
    let config = CircuitBreakerConfig::new();
    config.consecutive(1).cooldown(Duration::from_millis(8))
}

fn call(circuit: &Circuit, now: u64, verdict: Verdict) {
    let token = circuit.admit(|| now).expect("admitted");
    circuit.report(token, verdict, || now);
}

fn never() -> u64 {
    panic!("nobody is to ask for the time")
}

#[test]
fn state_and_generation_travel_in_one_word() {
    for state in
        [State::Closed, State::Open, State::HalfOpen, State::ForcedOpen, State::ForcedClosed]
    {
        let word = Published::new(state, 1 << 60);
        assert_eq!((word.state(), word.generation()), (state, 1 << 60));
    }
}

#[test]
fn good_answer_in_a_window_of_calls_never_asks_for_the_time() {
    let circuit = circuit(CircuitBreakerConfig::new());
    for verdict in [GOOD, Verdict::Nothing].into_iter().cycle().take(300) {
        let token = circuit.admit(never).unwrap();
        circuit.report(token, verdict, never);
    }
    circuit.command(Event::ForceOpen, 0);
    assert!(circuit.admit(never).is_none());
}

#[test]
fn good_answer_in_a_clean_window_writes_nothing() {
    let circuit = circuit(CircuitBreakerConfig::new());
    for _ in 0..200 {
        call(&circuit, 0, GOOD);
    }
    let counted = circuit.successes.sum();
    assert_eq!(counted, 2 * LOOK_EVERY, "100 are needed, and the look comes later");
    for _ in 0..1_000 {
        call(&circuit, 0, GOOD);
    }
    assert_eq!(circuit.successes.sum(), counted);
    call(&circuit, 0, BAD);
    call(&circuit, 0, GOOD);
    assert_eq!(circuit.successes.sum(), counted + 1, "one failure ends that");
}

#[test]
fn good_answers_count_again_when_the_window_is_made_larger() {
    let circuit = circuit(CircuitBreakerConfig::new().window(10).min_calls(40));
    for _ in 0..200 {
        call(&circuit, 0, GOOD);
    }
    circuit.parameters.window.set(Window::Calls(40)).unwrap();
    for _ in 0..30 {
        call(&circuit, 0, GOOD);
    }
    for _ in 0..19 {
        call(&circuit, 0, BAD);
    }
    assert_eq!(circuit.state(), State::Closed);
    call(&circuit, 0, BAD);
    assert_eq!(circuit.state(), State::Open, "20 of the last 40");
}

/// A window of time with nothing in it yet, that opens at half of 10 calls or more.
fn timed(window: Duration) -> Circuit {
    circuit(CircuitBreakerConfig::new().window(window).min_calls(10))
}

const HOUR: Duration = Duration::from_secs(3_600);
const SECOND: Duration = Duration::from_secs(1);

#[test]
fn window_that_shrank_judges_from_the_next_failure_on() {
    for (window, smaller) in [(HOUR, SECOND), (60 * SECOND, SECOND), (24 * HOUR, SECOND / 100)] {
        let circuit = timed(window);
        for _ in 0..100 {
            call(&circuit, 0, GOOD);
        }
        circuit.parameters.window.set(Window::Time(smaller)).unwrap();
        for _ in 0..10 {
            assert_eq!(circuit.state(), State::Closed);
            call(&circuit, 3_000 * MS, BAD);
        }
        assert_eq!(circuit.state(), State::Open, "{window:?} to {smaller:?}");
    }
}

#[test]
fn failures_outside_of_a_window_that_shrank_are_forgotten() {
    let circuit = timed(HOUR);
    circuit.parameters.min_calls.set(50).unwrap();
    for _ in 0..45 {
        call(&circuit, 0, BAD);
    }
    circuit.parameters.window.set(Window::Time(SECOND)).unwrap();
    for _ in 0..49 {
        call(&circuit, 60_000 * MS, BAD);
    }
    assert_eq!(circuit.state(), State::Closed);
    call(&circuit, 60_000 * MS, BAD);
    assert_eq!(circuit.state(), State::Open);
}

/// The step that runs would have ended much later. A good answer is the first to see the change, or a
/// failure, after which the good answers go on by the new steps.
#[test]
fn good_answers_count_in_the_steps_of_a_window_that_shrank() {
    for first in [GOOD, BAD] {
        let circuit = timed(HOUR);
        call(&circuit, 0, GOOD);
        circuit.parameters.window.set(Window::Time(SECOND)).unwrap();
        call(&circuit, 0, first);
        for now in 1..30 {
            call(&circuit, 100 * MS * now, GOOD);
        }
        for _ in 0..9 {
            call(&circuit, 2_950 * MS, BAD);
        }
        assert_eq!(circuit.state(), State::Closed, "9 of 19 after {first:?}");
        call(&circuit, 2_950 * MS, BAD);
        assert_eq!(circuit.state(), State::Open, "10 of 20 after {first:?}");
    }
}

#[test]
fn good_answers_count_at_once_when_a_window_is_one_of_time_again() {
    let circuit = timed(HOUR);
    call(&circuit, 0, GOOD);
    circuit.parameters.window.set(Window::Calls(100)).unwrap();
    call(&circuit, 0, BAD);
    circuit.parameters.window.set(Window::Time(HOUR)).unwrap();
    for verdict in [GOOD; 11].into_iter().chain([BAD; 10]) {
        call(&circuit, 0, verdict);
    }
    assert_eq!(circuit.state(), State::Closed, "10 of 21");
    call(&circuit, 0, BAD);
    assert_eq!(circuit.state(), State::Open, "11 of 22");
}

/// A thread saw the end of a cooldown, and was overtaken by another that probed and failed.
#[test]
fn call_that_was_overtaken_does_not_end_the_next_cooldown() {
    let circuit = circuit(touchy());
    call(&circuit, 0, BAD);
    call(&circuit, 8 * MS, BAD);
    assert_eq!(circuit.state(), State::Open);
    assert!(circuit.admit_probe(8 * MS).is_none());
    assert_eq!(circuit.state(), State::Open);
}

#[test]
fn call_that_was_overtaken_by_the_closing_is_admitted_as_any_other() {
    let circuit = circuit(touchy());
    call(&circuit, 0, BAD);
    call(&circuit, 8 * MS, GOOD);
    assert_eq!(circuit.state(), State::Closed);
    let token = circuit.admit_probe(8 * MS).unwrap();
    assert_eq!(token.slot(), None);
}

#[test]
fn number_of_probes_is_kept_for_the_cycle() {
    let circuit = circuit(touchy().probes(3));
    call(&circuit, 0, BAD);
    call(&circuit, 8 * MS, GOOD);
    call(&circuit, 8 * MS, GOOD);
    circuit.parameters.probes.set(2).unwrap();
    assert_eq!(circuit.state(), State::HalfOpen);
    call(&circuit, 8 * MS, GOOD);
    assert_eq!(circuit.state(), State::Closed);
}

/// The service recovers at a random moment; in half of the trials the next probes are dropped.
#[test]
fn recovered_service_is_back_within_one_cooldown() {
    let mut random = Rng::with_seed(11);
    let mut closed = 0;
    for trial in 0..100_000 {
        let circuit = Circuit::new(
            Reporter::new("search".into()),
            touchy().parameters().unwrap(),
            random.fork(),
        );
        let mut now = 0;
        call(&circuit, now, BAD);
        let reopenings = random.u32(0..6);
        for _ in 0..reopenings {
            now += (8 * MS) << 6;
            call(&circuit, now, BAD);
        }
        let mut drops = if random.bool() { random.u32(1..5) } else { 0 };
        let patience = (8 * MS) << reopenings;
        let recovered = now + random.u64(0..2 * patience);
        let mut now = recovered;
        let pause = patience / 16;
        while circuit.state() != State::Closed {
            if let Some(token) = circuit.admit(|| now) {
                let dropped = drops > 0;
                drops = drops.saturating_sub(1);
                let verdict = if dropped { Verdict::Nothing } else { GOOD };
                circuit.report(token, verdict, || now);
                if dropped {
                    // The next call comes at once: it is to find the slot free.
                    continue;
                }
            }
            now += pause;
            assert!(now <= recovered + patience + 2 * pause, "trial {trial}");
        }
        closed += 1;
    }
    assert_eq!(closed, 100_000);
}

#[test]
fn threads_never_get_more_probes_in_a_cycle_than_allowed() {
    const ALLOWED: u32 = 3;
    let ms = Duration::from_millis(1);
    let circuit = circuit(touchy().probes(ALLOWED).cooldown(ms).max_cooldown(ms));
    let clock = AtomicU64::new(0);
    // By generation: the probes admitted, less those that gave their slot back.
    let cycles = Mutex::new(HashMap::<u64, u32>::new());
    thread::scope(|scope| {
        for seed in 0..8 {
            let (circuit, clock, cycles) = (&circuit, &clock, &cycles);
            scope.spawn(move || {
                let mut random = Rng::with_seed(seed);
                for _ in 0..5_000 {
                    let now = || clock.fetch_add(MS / 16, Ordering::Relaxed);
                    let Some(token) = circuit.admit(now) else {
                        continue;
                    };
                    let mut verdict = if random.u32(0..8) == 0 { BAD } else { GOOD };
                    if token.slot().is_some() {
                        let mut used = cycles.lock().unwrap();
                        let used = used.entry(token.generation()).or_default();
                        *used += 1;
                        assert!(*used <= ALLOWED, "{used} in one cycle");
                        if random.bool() {
                            verdict = Verdict::Nothing;
                            *used -= 1;
                        }
                    }
                    circuit.report(token, verdict, now);
                }
            });
        }
    });
    assert!(cycles.lock().unwrap().len() > 1_000);
}

/// The circuit opens and is reset; no call may come through between the opening and the reset.
#[test]
fn open_circuit_refuses_from_its_first_moment() {
    let circuit = circuit(touchy());
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut refused = 0_u32;
            while !over.load(Ordering::Relaxed) {
                // Before the end of every cooldown: a probe would mean that the state could be
                // seen without its time.
                match circuit.admit(|| 0) {
                    Some(token) => assert_eq!(token.slot(), None),
                    None => refused += 1,
                }
            }
            refused
        });
        for round in 0..20_000 {
            call(&circuit, round, BAD);
            if round % 64 == 0 {
                thread::yield_now();
            }
            circuit.command(Event::Reset, round);
        }
        over.store(true, Ordering::Relaxed);
        println!("{} refusals seen", reader.join().unwrap());
    });
}
