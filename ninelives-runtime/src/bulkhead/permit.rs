//! The permits: a count and its limit in one word, and a line behind a lock for those who wait.
//!
//! A permit is a number, not an object: taking it and giving it back is one locked operation each.
//! The limit stands in the word that counts, so none is ever granted at or above the limit in force,
//! whoever changes it meanwhile.

use crate::adaptive::{Adaptive, Cell};
use crate::config::InvalidConfig;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Mutex, MutexGuard};
use ninelives_dsl::catalogue::BULKHEAD;
use std::collections::BTreeMap;
use std::mem;
use std::sync::PoisonError;
use std::task::{Context, Waker};

/// How many permits are taken, in the lower half with [`WAITING`], and in the upper half the limit.
#[derive(Clone, Copy)]
struct Word(u64);

/// Set exactly while the line is not empty, and changed under its lock only. While it is set no
/// newcomer takes a permit past the line, and whoever gives one back looks at the line. The upper
/// bit of the lower half: to a newcomer, who compares the halves, the bulkhead is full.
const WAITING: u64 = 1 << 31;

const LIMIT: u32 = 32;

impl Word {
    fn limited(self, limit: u32) -> Self {
        Self(u64::from(limit) << LIMIT | self.0 & ((1 << LIMIT) - 1))
    }

    const fn limit(self) -> u64 {
        self.0 >> LIMIT
    }

    const fn taken(self) -> u64 {
        self.0 & (WAITING - 1)
    }

    const fn has_waiting(self) -> bool {
        self.0 & WAITING != 0
    }

    /// Room for who stands in line.
    const fn has_room(self) -> bool {
        self.taken() < self.limit()
    }

    /// Room, and nobody in line for it.
    const fn is_free(self) -> bool {
        self.0 & ((1 << LIMIT) - 1) < self.limit()
    }
}

/// The permits of one bulkhead: a parameter, which is their limit.
pub(crate) type Permits = Adaptive<u32, Places>;

/// Where the limit of a bulkhead is kept: with the permits, so that a larger one lets in who waits at
/// once, and a smaller one is never exceeded by a newcomer.
///
/// Alone in its cache lines: every request writes it, and what lay beside it would travel between the
/// processors with it.
#[derive(Debug)]
#[repr(align(128))]
pub struct Places {
    /// A [`Word`]. Its limit is changed under the lock of the line only.
    word: AtomicU64,
    line: Mutex<Line>,
}

/// Who waits, in the order they came. A ticket is never used again, and it leaves the line in two
/// ways only: its owner takes it out, or it is handed a permit.
#[derive(Debug, Default)]
struct Line {
    waiting: BTreeMap<Ticket, Waker>,
    next: u64,
}

/// A place in the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

/// What came of asking for a permit at a full bulkhead.
pub(super) enum Joined<'a> {
    /// One had become free.
    Taken(Permit<'a>),
    /// In line.
    Waiting(Ticket),
    /// The line is full, too.
    Full,
}

/// A permit in hand: given back when dropped, also while a panic unwinds. A run holds it as a mere
/// fact, between [`keep`](Self::keep) and [`Places::kept`].
#[must_use = "a permit is given back when dropped"]
pub(super) struct Permit<'a>(Option<&'a Places>);

impl Permit<'_> {
    /// From now on the run answers for it.
    #[inline]
    pub(super) fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Permit<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(permits) = self.0 {
            permits.give_back();
        }
    }
}

impl Permits {
    /// # Errors
    /// When the limit is outside the range of `max_concurrency`.
    pub(super) fn limited(limit: u32) -> Result<Self, InvalidConfig> {
        let places = Places {
            word: AtomicU64::new(Word(0).limited(limit).0),
            line: Mutex::new(Line { waiting: BTreeMap::new(), next: 0 }),
        };
        Self::within(&BULKHEAD, "max_concurrency", places)
    }
}

/// Those inside a smaller limit finish.
impl Cell<u32> for Places {
    fn get(&self) -> u32 {
        // What was put into the upper half fits.
        u32::try_from(self.word().limit()).unwrap_or(u32::MAX)
    }

    fn update<E>(&self, mut change: impl FnMut(u32) -> Result<u32, E>) -> Result<u32, E> {
        loop {
            // Out of the lock: it may do anything.
            let seen = self.get();
            let limit = change(seen)?;
            let _line = self.line();
            if self.get() != seen {
                continue;
            }
            // Relaxed, as everything under the lock but what takes a permit.
            self.change(Ordering::Relaxed, |word| Some(word.limited(limit)));
            return Ok(limit);
        }
    }

    fn wake(&self) {
        self.pass_on();
    }
}

impl Places {
    /// How many permits are taken.
    pub(super) fn taken(&self) -> u64 {
        self.word().taken()
    }

    /// How many wait in line.
    pub(super) fn waiting(&self) -> usize {
        self.line().waiting.len()
    }

    /// Takes a permit when one is free and nobody waits for it.
    #[inline]
    pub(super) fn try_take(&self) -> Option<Permit<'_>> {
        // Acquire pairs with the release in `give_back`: what happened under a permit before
        // happens before what is done under it now.
        self.change(Ordering::Acquire, |word| word.is_free().then_some(Word(word.0 + 1)))
            .then(|| self.kept())
    }

    /// Takes the permit that a run kept back in hand.
    #[inline]
    pub(super) const fn kept(&self) -> Permit<'_> {
        Permit(Some(self))
    }

    #[inline]
    fn give_back(&self) {
        // Release pairs with the acquire of whoever takes this permit next.
        if Word(self.word.fetch_sub(1, Ordering::Release)).has_waiting() {
            self.pass_on();
        }
    }

    /// Asks again, and stands in line where there is none and the line is shorter than `longest`.
    #[cold]
    pub(super) fn join(&self, longest: u32) -> Joined<'_> {
        let mut line = self.line();
        // All changes of the word have one order: a permit given back before this is counted here
        // as free, one given back after it sees the bit and looks at the line. Acquire as in
        // `try_take`.
        let word = Word(self.word.fetch_or(WAITING, Ordering::Acquire));
        let joined = if line.waiting.is_empty() && word.has_room() {
            self.word.fetch_add(1, Ordering::Relaxed);
            Joined::Taken(self.kept())
        } else if line.waiting.len() < usize::try_from(longest).unwrap_or(usize::MAX) {
            let ticket = Ticket(line.next);
            line.next += 1;
            // The caller has no task yet: it is granted or asks before it sleeps.
            line.waiting.insert(ticket, Waker::noop().clone());
            Joined::Waiting(ticket)
        } else {
            Joined::Full
        };
        self.settle(&line);
        joined
    }

    /// The permit, if the ticket was handed one; else its task is woken when that happens.
    pub(super) fn ask(&self, ticket: Ticket, task: &Context<'_>) -> Option<Permit<'_>> {
        let mut line = self.line();
        let Some(waker) = line.waiting.get_mut(&ticket) else {
            return Some(self.kept());
        };
        let old =
            (!waker.will_wake(task.waker())).then(|| mem::replace(waker, task.waker().clone()));
        // Dropping a waker may drop a task, and with it a run that asks for this lock.
        drop(line);
        drop(old);
        None
    }

    /// Leaves the line. The permit, if the ticket was handed one already.
    pub(super) fn leave(&self, ticket: Ticket) -> Option<Permit<'_>> {
        let mut line = self.line();
        let waker = line.waiting.remove(&ticket);
        self.settle(&line);
        drop(line);
        waker.is_none().then(|| self.kept())
    }

    /// Hands free permits to those who wait, and wakes them outside the lock.
    #[cold]
    fn pass_on(&self) {
        while let Some(waker) = self.grant() {
            waker.wake();
        }
    }

    /// Hands one free permit to the first in line.
    fn grant(&self) -> Option<Waker> {
        let mut line = self.line();
        // Nobody takes a permit while the line is not empty, and nobody changes the limit, except
        // under its lock: what is free here stays free. Acquire as in `try_take`, on behalf of the
        // waiter.
        if !Word(self.word.load(Ordering::Acquire)).has_room() {
            return None;
        }
        let (_, waker) = line.waiting.pop_first()?;
        self.word.fetch_add(1, Ordering::Relaxed);
        self.settle(&line);
        Some(waker)
    }

    /// Makes [`WAITING`] true to the line.
    fn settle(&self, line: &Line) {
        if line.waiting.is_empty() {
            // Relaxed, as the additions above: a read-modify-write carries on the releases before it.
            self.word.fetch_and(!WAITING, Ordering::Relaxed);
        }
    }

    /// Changes the word to what `to` makes of it, unless that is nothing.
    #[inline]
    fn change(&self, order: Ordering, to: impl Fn(Word) -> Option<Word>) -> bool {
        self.word
            .fetch_update(order, Ordering::Relaxed, |word| to(Word(word)).map(|word| word.0))
            .is_ok()
    }

    /// As of now or a moment ago: nothing else is read on the strength of it.
    fn word(&self) -> Word {
        Word(self.word.load(Ordering::Relaxed))
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(all(test, ninelives_loom))]
mod models;
