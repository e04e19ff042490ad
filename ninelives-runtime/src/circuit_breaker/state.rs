//! The machine: admits calls, takes their outcomes, moves through the [table](super::transitions).
//! Time comes in as nanoseconds since the layer was made.
//!
//! All that happens rarely (failures, slow calls, probes, transitions) happens under one lock. What
//! each call needs is published in words that are only read: the state with its generation to admit
//! by, the time until when to refuse, and whether a good answer has to be counted at all.

use super::config::Parameters;
use super::cooldown::Cooldown;
use super::period::Period;
use super::probes::Probes;
use super::successes::Successes;
use super::token::{Token, Verdict};
use super::transitions::{Action, Event, State, Transition, next};
use super::window::{Window, nanoseconds};
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Mutex, MutexGuard};
use crate::telemetry::{EventKind, Reporter};
use fastrand::Rng;
use std::sync::PoisonError;
use std::time::Duration;

/// A circuit, shared by all calls through a layer.
#[derive(Debug)]
pub(super) struct Circuit {
    pub(super) reporter: Reporter,
    pub(super) parameters: Parameters,
    /// A [`Published`]; written under the lock.
    word: AtomicU64,
    /// Open: when the cooldown ends. Half-open: when a slot may be free at the latest.
    refuse_until: AtomicU64,
    /// In a window of time: when its current step ends, and the length it is a step of; with no
    /// window of time that length is 0.
    step_ends: AtomicU64,
    step_length: AtomicU64,
    /// So many calls, the last ones, are known to have been good: in a window of at most this size
    /// one more good call changes nothing, and is not counted.
    clean: AtomicU64,
    successes: Successes,
    ledger: Mutex<Ledger>,
}

/// What only the holder of the lock sees.
#[derive(Debug)]
struct Ledger {
    state: State,
    generation: u64,
    period: Period,
    cooldown: Cooldown,
    probes: Probes,
    /// A transition that the log does not know of yet.
    unlogged: Option<EventKind>,
}

/// The state and its generation in one word, so that nobody ever sees one without the other.
#[derive(Clone, Copy)]
struct Published(u64);

const STATE_BITS: u32 = 3;

impl Published {
    fn new(state: State, generation: u64) -> Self {
        let state = match state {
            State::Closed => 0,
            State::ForcedClosed => 1,
            State::Open => 2,
            State::HalfOpen => 3,
            State::ForcedOpen => 4,
        };
        Self(generation << STATE_BITS | state)
    }

    fn state(self) -> State {
        match self.0 & ((1 << STATE_BITS) - 1) {
            0 => State::Closed,
            1 => State::ForcedClosed,
            2 => State::Open,
            3 => State::HalfOpen,
            _ => State::ForcedOpen,
        }
    }

    fn generation(self) -> u64 {
        self.0 >> STATE_BITS
    }

    /// Closed, by itself or by force: every call is admitted.
    #[inline]
    fn admits_all(self) -> bool {
        matches!(self.state(), State::Closed | State::ForcedClosed)
    }
}

/// Good answers between two looks at whether all the last ones were good. The model checker, for
/// which each call is dear, looks at once.
const LOOK_EVERY: u64 = if cfg!(all(test, ninelives_loom)) { 1 } else { 64 };

impl Circuit {
    pub(super) fn new(reporter: Reporter, parameters: Parameters, random: Rng) -> Self {
        Self {
            reporter,
            parameters,
            word: AtomicU64::new(Published::new(State::Closed, 0).0),
            refuse_until: AtomicU64::new(0),
            step_ends: AtomicU64::new(0),
            step_length: AtomicU64::new(0),
            clean: AtomicU64::new(0),
            successes: Successes::new(),
            ledger: Mutex::new(Ledger {
                state: State::Closed,
                generation: 0,
                period: Period::default(),
                cooldown: Cooldown::new(random),
                probes: Probes::default(),
                unlogged: None,
            }),
        }
    }

    /// The state, as of now or a moment ago. An open circuit whose cooldown is over is open until
    /// the next call.
    pub(super) fn state(&self) -> State {
        // Relaxed: nothing else is read on the strength of it.
        Published(self.word.load(Ordering::Relaxed)).state()
    }

    /// Admits a call, or refuses it. A closed circuit does not ask for the time.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn admit(&self, now: impl FnOnce() -> u64) -> Option<Token> {
        // Acquire: pairs with the Release in `enter`, so that whoever is admitted in a generation
        // finds the stripes and the clean count it began with.
        let word = Published(self.word.load(Ordering::Acquire));
        if word.admits_all() {
            return Some(Token::plain(word.generation()));
        }
        if word.state() == State::ForcedOpen {
            return None;
        }
        let now = now();
        // Relaxed: written before the state seen above was published, or later. Too late a time
        // refuses as if the call had come a moment earlier; too early a one is corrected under the
        // lock.
        if now < self.refuse_until.load(Ordering::Relaxed) {
            return None;
        }
        self.admit_probe(now)
    }

    #[cold]
    #[inline(never)]
    fn admit_probe(&self, now: u64) -> Option<Token> {
        self.change(|ledger| {
            // Relaxed: written by holders of the lock only.
            let cooled = now >= self.refuse_until.load(Ordering::Relaxed);
            if ledger.state == State::Open && cooled {
                self.enter(ledger, Event::CooldownOver, now);
            }
            if ledger.state == State::HalfOpen && ledger.probes.overdue(now) {
                self.enter(ledger, Event::ProbeFailed, now);
            }
            match ledger.state {
                State::Closed | State::ForcedClosed => Some(Token::plain(ledger.generation)),
                State::Open | State::ForcedOpen => None,
                State::HalfOpen => {
                    let slot = ledger.probes.admit(now)?;
                    self.publish_slots(ledger);
                    Some(Token::probe(ledger.generation, slot))
                }
            }
        })
    }

    /// Takes what came of a call. An outcome of an earlier generation changes nothing. A good answer
    /// in a window of calls does not ask for the time, nor does an outcome that says nothing of a call that is
    /// no probe.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn report(&self, token: Token, verdict: Verdict, now: impl FnOnce() -> u64) {
        let generation = token.generation();
        if token.slot().is_some() || verdict != (Verdict::Success { slow: false }) {
            return match (token.slot(), verdict) {
                (None, Verdict::Nothing) => {}
                (None, Verdict::Success { slow }) => self.strike(generation, false, slow, now()),
                (None, Verdict::Failure { slow }) => self.strike(generation, true, slow, now()),
                (Some(slot), verdict) => self.probed(generation, slot, verdict, now()),
            };
        }
        // Relaxed, here and below: a good answer that overtakes the failure beside it is counted as
        // if it had come before it.
        match self.parameters.sample().window {
            Window::Calls(size) if u64::from(size) <= self.clean.load(Ordering::Relaxed) => {}
            Window::Calls(size) => self.count(generation, size),
            Window::Time(length) => self.count_in_step(generation, length, now()),
        }
    }

    /// A good answer while closed, where not all the last ones were: one addition in a stripe.
    #[inline]
    fn count(&self, generation: u64, size: u32) {
        let count = self.successes.add(generation);
        if count.is_some_and(|count| count.is_multiple_of(LOOK_EVERY)) {
            self.look(size);
        }
    }

    /// The same in a window of time.
    #[inline]
    fn count_in_step(&self, generation: u64, length: Duration, now: u64) {
        let length = nanoseconds(length);
        let ended = now >= self.step_ends.load(Ordering::Relaxed);
        if ended || length != self.step_length.load(Ordering::Relaxed) {
            self.look_at_steps(length, now);
        }
        self.successes.add(generation);
    }

    /// Notes that the whole window is good, where it is. Waits for nobody: the next look will do.
    #[cold]
    #[inline(never)]
    fn look(&self, size: u32) {
        if let Ok(mut ledger) = self.ledger.try_lock() {
            self.step_length.store(0, Ordering::Relaxed);
            if ledger.period.is_clean(self.successes.sum(), size) {
                self.clean.store(size.into(), Ordering::Relaxed);
            }
        }
    }

    /// Goes on to the step of `now` in a window of time.
    #[cold]
    #[inline(never)]
    fn look_at_steps(&self, length: u64, now: u64) {
        self.advance(&mut self.lock(), self.successes.sum(), length, now);
    }

    fn advance(&self, ledger: &mut Ledger, successes: u64, length: u64, now: u64) {
        let ends = ledger.period.advance(successes, length, now);
        self.step_ends.store(ends, Ordering::Relaxed);
        self.step_length.store(length, Ordering::Relaxed);
    }

    /// A failed or slow call while closed.
    #[cold]
    #[inline(never)]
    fn strike(&self, generation: u64, failed: bool, slow: bool, now: u64) {
        self.change(|ledger| {
            if ledger.generation != generation || ledger.state != State::Closed {
                return;
            }
            self.clean.store(0, Ordering::Relaxed);
            let successes = self.successes.sum();
            let parameters = &self.parameters;
            let sample = parameters.sample();
            match sample.window {
                Window::Calls(_) => self.step_length.store(0, Ordering::Relaxed),
                Window::Time(length) => {
                    self.advance(ledger, successes, nanoseconds(length), now);
                }
            }
            if ledger.period.strike(parameters, sample, successes, failed, slow) {
                self.enter(ledger, Event::Tripped, now);
            }
        });
    }

    /// A probe's outcome. A slow one is no better than a failed one: slowness may be what opened
    /// the circuit.
    #[cold]
    #[inline(never)]
    fn probed(&self, generation: u64, slot: u16, verdict: Verdict, now: u64) {
        self.change(|ledger| {
            if ledger.generation != generation {
                return;
            }
            match verdict {
                Verdict::Nothing => ledger.probes.give_back(slot),
                Verdict::Success { slow: false } => {
                    if ledger.probes.succeed(slot) {
                        return self.enter(ledger, Event::ProbesSucceeded, now);
                    }
                }
                Verdict::Success { slow: true } | Verdict::Failure { .. } => {
                    return self.enter(ledger, Event::ProbeFailed, now);
                }
            }
            self.publish_slots(ledger);
        });
    }

    /// An operator's command.
    pub(super) fn command(&self, event: Event, now: u64) {
        self.change(|ledger| self.enter(ledger, event, now));
    }

    /// Runs `change`, which is at most one transition, under the lock, and what is not safe there
    /// after it.
    fn change<T>(&self, change: impl FnOnce(&mut Ledger) -> T) -> T {
        let mut ledger = self.lock();
        let result = change(&mut ledger);
        let unlogged = ledger.unlogged.take();
        drop(ledger);
        if let Some(kind) = unlogged {
            self.reporter.log(kind);
        }
        result
    }

    /// Follows the table's row, if there is one, into a generation of its own.
    fn enter(&self, ledger: &mut Ledger, event: Event, now: u64) {
        let Some(row) = next(ledger.state, event) else {
            return;
        };
        ledger.state = row.to;
        ledger.generation += 1;
        match row.action {
            Action::None => {}
            Action::Cool => self.cool(ledger, now),
            Action::CoolLonger => {
                ledger.cooldown.lengthen();
                self.cool(ledger, now);
            }
            Action::Probe => {
                let lease = nanoseconds(self.full_cooldown(ledger));
                ledger.probes = Probes::new(self.parameters.probes.get(), lease);
                self.publish_slots(ledger);
            }
            Action::Count => {
                ledger.period = Period::default();
                ledger.cooldown.restart();
                self.successes.restart(ledger.generation);
                self.clean.store(0, Ordering::Relaxed);
                self.step_ends.store(0, Ordering::Relaxed);
            }
        }
        let word = Published::new(ledger.state, ledger.generation);
        // Release: pairs with the Acquire in `admit`.
        self.word.store(word.0, Ordering::Release);
        if self.reporter.listens() {
            self.tell(ledger, row);
        }
    }

    /// Reports a transition; under the lock, so that sinks are told of all in their order.
    #[cold]
    fn tell(&self, ledger: &mut Ledger, row: Transition) {
        let forced = matches!(row.event, Event::ForceOpen | Event::ForceClose | Event::Reset);
        let kind = match row.to {
            State::Open | State::ForcedOpen => EventKind::CircuitOpened { forced },
            State::HalfOpen => EventKind::CircuitHalfOpened,
            // What was counted is forgotten, and that is all.
            State::Closed if row.from == State::Closed => return,
            State::Closed | State::ForcedClosed => EventKind::CircuitClosed { forced },
        };
        self.reporter.report_locked(kind);
        ledger.unlogged = Some(kind);
    }

    fn cool(&self, ledger: &mut Ledger, now: u64) {
        let full = self.full_cooldown(ledger);
        let until = now.saturating_add(nanoseconds(ledger.cooldown.spread(full)));
        self.refuse_until.store(until, Ordering::Relaxed);
    }

    fn full_cooldown(&self, ledger: &Ledger) -> Duration {
        let (first, ceiling) = (&self.parameters.cooldown, &self.parameters.max_cooldown);
        ledger.cooldown.full(first.get(), ceiling.get())
    }

    fn publish_slots(&self, ledger: &Ledger) {
        self.refuse_until.store(ledger.probes.full_until(), Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[cfg(not(ninelives_loom))]
mod histories;
#[cfg(test)]
#[cfg(ninelives_loom)]
mod models;
#[cfg(test)]
#[cfg(not(ninelives_loom))]
mod tests;
