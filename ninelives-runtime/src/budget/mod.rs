//! What repetition may cost: `retry` and `hedge` draw on a share of the calls, with a floor.
//!
//! # Behaviour
//! Within the window, repetitions number at most `ratio` times the first calls; beyond that `min` a
//! second are allowed always, saved up for at most one window. The window moves in tenths. First
//! calls are counted without a look at the clock: those made since the last withdrawal are taken to
//! have come evenly. So a service that did well for hours grants the share of one window, not of
//! hours, when it begins to fail.
//!
//! # Clone
//! The clones of a layer, and all services made of it, draw on one budget.

mod window;

use crate::adaptive::{Adaptive, Cell};
use crate::config::InvalidConfig;
use crate::stripes::Stripes;
use crate::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use crate::sync::{Mutex, MutexGuard};
use ninelives_dsl::catalogue::PolicyEntry;
use ninelives_dsl::value::Budget as Spec;
use std::sync::PoisonError;
use tokio::time::Instant;
use window::{Entry, Window};

/// The budget of one layer; see the [module](self). It is a parameter like others; what was called
/// and withdrawn within the window still counts after a write.
///
/// A first call costs one locked addition in a stripe of its thread. Only a repetition takes the
/// lock.
pub type Budget = Adaptive<Option<Spec>, Account>;

/// Where a budget is kept: the spec, and what was called and withdrawn.
#[derive(Debug)]
pub struct Account {
    // Never decreases but wraps; how much of it the books hold is `Books::entered`.
    first_calls: Stripes<AtomicU64>,
    bounded: AtomicBool,
    books: Mutex<Books>,
}

#[derive(Debug)]
struct Books {
    window: Window,
    entered: u64,
    // The window's time is counted from here.
    opened: Instant,
}

/// The right to one repetition; dropping it spends it, [`Budget::refund`] gives it back.
#[derive(Debug)]
#[must_use = "a token that is dropped is spent"]
// None when the budget was `off`: such a token stands in no book.
pub struct Token(Option<Entry>);

impl Budget {
    /// The budget of a layer; `None` is `off`.
    ///
    /// # Errors
    /// When a part of it lies outside its range.
    pub fn spending(
        entry: &'static PolicyEntry,
        spec: Option<Spec>,
    ) -> Result<Self, InvalidConfig> {
        let account = Account {
            first_calls: Stripes::default(),
            bounded: AtomicBool::new(spec.is_some()),
            books: Mutex::new(Books {
                window: Window::new(spec.unwrap_or(Spec::RETRY)),
                entered: 0,
                opened: Instant::now(),
            }),
        };
        Self::within(entry, "budget", account)
    }

    /// Counts a first call.
    #[inline]
    pub fn deposit(&self) {
        let account = self.cell();
        if account.is_bounded() {
            // Relaxed: the sum is all that is read, and a call that repeats sees its own addition.
            account.first_calls.mine().fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Asks for one repetition.
    #[cold]
    #[inline(never)]
    pub fn withdraw(&self, now: Instant) -> Option<Token> {
        let account = self.cell();
        if !account.is_bounded() {
            return Some(Token(None));
        }
        let mut books = account.books();
        let now = account.advance(&mut books, now);
        books.window.withdraw(now).map(|entry| Token(Some(entry)))
    }

    /// Gives back a token whose repetition was never sent, if there is one. On the share of a window
    /// that was another one it stays spent until it leaves the window.
    #[inline]
    pub fn refund(&self, token: impl Into<Option<Token>>) {
        if let Some(Token(Some(entry))) = token.into() {
            self.cell().enter_refund(entry);
        }
    }

    /// How many repetitions would be granted now, should no first call come; `None` when it is off.
    pub fn left(&self) -> Option<u64> {
        let account = self.cell();
        let mut books = account.books();
        let now = account.advance(&mut books, Instant::now());
        account.is_bounded().then(|| books.window.left(now))
    }
}

impl Cell<Option<Spec>> for Account {
    fn get(&self) -> Option<Spec> {
        self.spec(&self.books())
    }

    fn update<E>(
        &self,
        mut change: impl FnMut(Option<Spec>) -> Result<Option<Spec>, E>,
    ) -> Result<Option<Spec>, E> {
        loop {
            // Out of the lock: it may do anything.
            let seen = self.get();
            let new = change(seen)?;
            let mut books = self.books();
            if self.spec(&books) != seen {
                continue;
            }
            if let Some(spec) = new {
                let now = self.advance(&mut books, Instant::now());
                books.window.set_spec(spec, now);
            }
            self.bounded.store(new.is_some(), Ordering::Relaxed);
            return Ok(new);
        }
    }
}

impl Account {
    #[cold]
    #[inline(never)]
    fn enter_refund(&self, entry: Entry) {
        self.books().window.refund(entry);
    }

    /// Enters the first calls made since, and gives `now` in the window's time.
    fn advance(&self, books: &mut Books, now: Instant) -> std::time::Duration {
        let now = now.saturating_duration_since(books.opened);
        let counted = self
            .first_calls
            .iter()
            .map(|stripe| stripe.load(Ordering::Relaxed))
            .fold(0, u64::wrapping_add);
        // The lock orders the readers, so no stripe is seen to go back between two of them.
        let fresh = counted.wrapping_sub(books.entered);
        books.entered = counted;
        books.window.advance(now, fresh);
        now
    }

    fn spec(&self, books: &Books) -> Option<Spec> {
        self.is_bounded().then(|| books.window.spec())
    }

    // Relaxed: it guards nothing; a request that sees it late is as if it had come earlier. Written
    // under the lock.
    #[inline]
    fn is_bounded(&self) -> bool {
        self.bounded.load(Ordering::Relaxed)
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(all(test, ninelives_loom))]
mod models;
#[cfg(test)]
#[cfg(not(ninelives_loom))]
mod tests;
