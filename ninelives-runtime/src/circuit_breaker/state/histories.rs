//! What a circuit is to do, written down without any thought of cost: a list of calls, and a plain
//! reading of the rules. Random histories compare it with the machine after every step.

use super::super::config::CircuitBreakerConfig;
use super::*;
use crate::adaptive::{Adaptive, Cell, Valued};
use crate::seeds::Seeds;
use ninelives_dsl::value::Ratio;

/// The right to a call, in the model.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ticket {
    generation: u64,
    probe: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Call {
    at: u64,
    failed: bool,
    slow: bool,
}

/// The parameters, as plain values.
#[derive(Clone, Copy, Debug)]
struct Values {
    failure_rate: Ratio,
    window: Window,
    min_calls: u32,
    consecutive: Option<u32>,
    slow_call: Option<Duration>,
    slow_rate: Ratio,
    cooldown: Duration,
    max_cooldown: Duration,
    probes: u32,
}

struct Model {
    values: Values,
    random: Rng,
    state: State,
    generation: u64,
    /// Closed: every call of the period.
    calls: Vec<Call>,
    reopenings: u32,
    open_until: u64,
    /// Half-open: how many are allowed, how long each may take, who began when.
    allowed: usize,
    lease: u64,
    succeeded: usize,
    out: Vec<(u64, u64)>,
    probes_ever: u64,
}

impl Model {
    fn new(values: Values, random: Rng) -> Self {
        Self {
            values,
            random,
            state: State::Closed,
            generation: 0,
            calls: Vec::new(),
            reopenings: 0,
            open_until: 0,
            allowed: 0,
            lease: 0,
            succeeded: 0,
            out: Vec::new(),
            probes_ever: 0,
        }
    }

    fn go(&mut self, state: State) {
        self.state = state;
        self.generation += 1;
    }

    fn close(&mut self) {
        self.go(State::Closed);
        self.calls.clear();
        self.reopenings = 0;
    }

    fn cooldown(&self) -> u64 {
        let doubled = u128::from(nanoseconds(self.values.cooldown)) << self.reopenings.min(40);
        let ceiling = self.values.max_cooldown.max(self.values.cooldown);
        u64::try_from(doubled.min(ceiling.as_nanos())).unwrap()
    }

    fn open(&mut self, now: u64) {
        self.go(State::Open);
        let cooldown = self.cooldown();
        self.open_until = now + cooldown / 2 + self.random.u64(0..=cooldown - cooldown / 2);
    }

    fn reopen(&mut self, now: u64) {
        self.reopenings += 1;
        self.open(now);
    }

    fn admit(&mut self, now: u64) -> Option<Ticket> {
        if self.state == State::Open && now >= self.open_until {
            self.go(State::HalfOpen);
            self.allowed = usize::try_from(self.values.probes).unwrap();
            self.lease = self.cooldown();
            self.succeeded = 0;
            self.out.clear();
        }
        let hung = self.out.iter().any(|(_, began)| now >= began + self.lease);
        if self.state == State::HalfOpen && hung {
            self.reopen(now);
        }
        let probe = match self.state {
            State::Open | State::ForcedOpen => return None,
            State::Closed | State::ForcedClosed => None,
            State::HalfOpen if self.out.len() + self.succeeded >= self.allowed => return None,
            State::HalfOpen => {
                self.probes_ever += 1;
                self.out.push((self.probes_ever, now));
                Some(self.probes_ever)
            }
        };
        Some(Ticket { generation: self.generation, probe })
    }

    fn report(&mut self, ticket: Ticket, verdict: Verdict, now: u64) {
        if ticket.generation != self.generation {
            return;
        }
        if let Some(probe) = ticket.probe {
            self.out.retain(|(one, _)| *one != probe);
            match verdict {
                Verdict::Nothing => {}
                Verdict::Success { slow: false } => {
                    self.succeeded += 1;
                    if self.succeeded == self.allowed {
                        self.close();
                    }
                }
                _ => self.reopen(now),
            }
            return;
        }
        let (failed, slow) = match verdict {
            Verdict::Success { slow } => (false, slow),
            Verdict::Failure { slow } => (true, slow),
            Verdict::Nothing => return,
        };
        if self.state == State::Closed {
            let at = now;
            self.calls.push(Call { at, failed, slow });
            if (failed || slow) && self.is_bad(now) {
                self.open(now);
            }
        }
    }

    fn is_bad(&self, now: u64) -> bool {
        let in_a_row = self.calls.iter().rev().take_while(|call| call.failed);
        let streak = u32::try_from(in_a_row.count()).unwrap();
        let consecutive = self.values.consecutive;
        if streak > 0 && consecutive.is_some_and(|most| streak >= most) {
            return true;
        }
        let (judged, enough): (Vec<_>, _) = match self.values.window {
            Window::Calls(size) => (
                self.calls.iter().rev().take(usize::try_from(size).unwrap()).collect(),
                self.values.min_calls.min(size),
            ),
            Window::Time(length) => {
                let step = nanoseconds(length) / 10;
                let running = now / step;
                let held = |call: &&Call| call.at / step + 10 > running;
                (self.calls.iter().rev().take_while(held).collect(), self.values.min_calls)
            }
        };
        let share = |bad: fn(&Call) -> bool| {
            let bad = judged.iter().filter(|call| bad(call)).count();
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let share = bad as f64 / judged.len() as f64;
            share + 1e-9
        };
        judged.len() >= usize::try_from(enough).unwrap()
            && (share(|call| call.failed) >= self.values.failure_rate.as_f64()
                || self.values.slow_call.is_some()
                    && share(|call| call.slow) >= self.values.slow_rate.as_f64())
    }
}

fn random_values(random: &mut Rng, largest: u32) -> Values {
    let some = |random: &mut Rng, most| random.bool().then(|| random.u32(1..=most));
    let ratio = |random: &mut Rng| Ratio::percent(random.u32(1..=100));
    let ms = |random: &mut Rng, most| Duration::from_millis(random.u64(1..=most));
    Values {
        failure_rate: ratio(random),
        window: if random.bool() {
            Window::Calls(random.u32(1..=largest))
        } else {
            Window::Time(ms(random, 90) + Duration::from_millis(10))
        },
        min_calls: random.u32(1..=largest),
        consecutive: some(random, 6),
        slow_call: random.bool().then_some(Duration::from_millis(1)),
        slow_rate: ratio(random),
        cooldown: ms(random, 20),
        max_cooldown: ms(random, 200),
        probes: random.u32(1..=4),
    }
}

fn circuit(values: Values, random: Rng) -> Circuit {
    let Values {
        failure_rate,
        window,
        min_calls,
        consecutive,
        slow_call,
        slow_rate,
        cooldown,
        max_cooldown,
        probes,
    } = values;
    let config = CircuitBreakerConfig::new()
        .failure_rate(failure_rate)
        .window(window)
        .min_calls(min_calls)
        .consecutive(consecutive)
        .slow_call(slow_call)
        .slow_rate(slow_rate)
        .cooldown(cooldown)
        .max_cooldown(max_cooldown)
        .probes(probes);
    Circuit::new(Reporter::new("search".into()), config.parameters().unwrap(), random)
}

const TICK: u64 = 250_000;

/// Both, driven through one history.
struct Pair {
    circuit: Circuit,
    model: Model,
    random: Rng,
    now: u64,
    /// How many of a hundred calls are bad.
    bad: u32,
    calls: Vec<(Token, Ticket)>,
}

impl Pair {
    fn new(seed: u64, largest: u32) -> Self {
        let mut random = Rng::with_seed(seed);
        let values = random_values(&mut random, largest);
        let jitter = random.fork();
        Self {
            circuit: circuit(values, jitter.clone()),
            model: Model::new(values, jitter),
            now: TICK * random.u64(0..4_000),
            bad: random.u32(0..=10).pow(2),
            random,
            calls: Vec::new(),
        }
    }

    fn step(&mut self) {
        self.wait();
        match self.random.u32(0..1_000) {
            0..=2 => self.command(),
            3..=12 => self.set(),
            13..=500 => self.admit(),
            _ => self.report(),
        }
        assert_eq!(self.circuit.state(), self.model.state);
    }

    /// In quarters of a millisecond, so that calls fall on the ends of leases and steps.
    fn wait(&mut self) {
        self.now += TICK
            * match self.random.u32(0..100) {
                0 => self.random.u64(0..4_000),
                1..=20 => self.random.u64(0..80),
                21..=60 => self.random.u64(0..4),
                _ => 0,
            };
    }

    fn admit(&mut self) {
        let token = self.circuit.admit(|| self.now);
        let ticket = self.model.admit(self.now);
        assert_eq!(
            token.as_ref().map(|token| (token.generation(), token.slot().is_some())),
            ticket.map(|ticket| (ticket.generation, ticket.probe.is_some()))
        );
        self.calls.extend(token.zip(ticket));
    }

    fn report(&mut self) {
        if self.calls.is_empty() {
            return;
        }
        let one = self.random.usize(..self.calls.len());
        let (token, ticket) = self.calls.swap_remove(one);
        let slow = self.random.u32(0..200) < self.bad;
        let verdict = match self.random.u32(0..100) {
            0..=9 => Verdict::Nothing,
            one if one < self.bad => Verdict::Failure { slow },
            _ => Verdict::Success { slow },
        };
        self.circuit.report(token, verdict, || self.now);
        self.model.report(ticket, verdict, self.now);
    }

    fn command(&mut self) {
        let now = self.now;
        match self.random.u32(0..4) {
            0 => {
                self.circuit.command(Event::ForceOpen, now);
                if self.model.state != State::ForcedOpen {
                    self.model.go(State::ForcedOpen);
                }
            }
            1 => {
                self.circuit.command(Event::ForceClose, now);
                if self.model.state != State::ForcedClosed {
                    self.model.go(State::ForcedClosed);
                }
            }
            _ => {
                self.circuit.command(Event::Reset, now);
                self.model.close();
            }
        }
    }

    /// Changes parameters while calls run. The window stays: what it forgot, the list did not.
    fn set(&mut self) {
        fn put<T: Valued>(parameter: &Adaptive<T, impl Cell<T>>, value: T) -> T {
            parameter.set(value).unwrap();
            value
        }
        let new = random_values(&mut self.random, 50);
        let parameters = &self.circuit.parameters;
        let values = &mut self.model.values;
        values.failure_rate = put(&parameters.failure_rate, new.failure_rate);
        values.min_calls = put(&parameters.min_calls, new.min_calls);
        values.consecutive = put(&parameters.consecutive, new.consecutive);
        values.slow_call = put(&parameters.slow_call, new.slow_call);
        values.slow_rate = put(&parameters.slow_rate, new.slow_rate);
        values.cooldown = put(&parameters.cooldown, new.cooldown);
        values.max_cooldown = put(&parameters.max_cooldown, new.max_cooldown);
        values.probes = put(&parameters.probes, new.probes);
    }
}

/// Plays histories, and counts what they came through.
fn histories(count: u64, steps: u32, largest: u32) -> Seen {
    let mut seen = Seen::default();
    for seed in Seeds::new(0..count) {
        let mut pair = Pair::new(seed, largest);
        for _ in 0..pair.random.u32(1..=steps) {
            pair.step();
            seen.states[pair.model.state as usize] += 1;
            seen.clean += u64::from(pair.circuit.clean.load(Ordering::Relaxed) > 0);
        }
    }
    println!("{count} histories, steps seen: {seen:?}");
    seen
}

/// Steps after which the machine was in each state, and after which it knew of a clean window.
#[derive(Debug, Default)]
struct Seen {
    states: [u64; 5],
    clean: u64,
}

#[test]
fn short_histories_agree_with_the_model() {
    let seen = histories(1_000_000, 24, 3);
    assert!(seen.states.iter().all(|steps| *steps > 50_000), "{seen:?}");
}

#[test]
fn long_histories_agree_with_the_model() {
    let seen = histories(300, 6_000, 50);
    assert!(seen.states.iter().all(|steps| *steps > 5_000), "{seen:?}");
    assert!(seen.clean > 10_000, "{seen:?}");
}
