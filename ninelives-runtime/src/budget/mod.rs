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

use crate::config::{InvalidConfig, Rule};
use crate::control::Parameter;
use crate::stripes::Stripes;
use ninelives_dsl::catalogue::PolicyEntry;
use ninelives_dsl::plan::Value;
use ninelives_dsl::value::Budget as Spec;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;
use window::{Entry, Window};

/// The budget of one layer; see the [module](self).
///
/// A first call costs one locked addition in a stripe of its thread. Only a repetition takes the
/// lock.
#[derive(Debug)]
pub struct Budget {
    // Never decreases but wraps; how much of it the books hold is `Books::entered`.
    first_calls: Stripes<AtomicU64>,
    bounded: AtomicBool,
    books: Mutex<Books>,
    rule: Rule,
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
    pub fn new(entry: &'static PolicyEntry, spec: Option<Spec>) -> Result<Self, InvalidConfig> {
        let rule = Rule::of(entry, "budget")?;
        check(rule, spec)?;
        Ok(Self {
            first_calls: Stripes::default(),
            bounded: AtomicBool::new(spec.is_some()),
            books: Mutex::new(Books {
                window: Window::new(spec.unwrap_or(Spec::RETRY)),
                entered: 0,
                opened: Instant::now(),
            }),
            rule,
        })
    }

    /// What is in force; `None` is `off`.
    pub fn get(&self) -> Option<Spec> {
        let books = self.books();
        self.is_bounded().then(|| books.window.spec())
    }

    /// Puts another budget in force, or none with [`Off`](crate::config::Off). What was called and
    /// withdrawn within the window still counts.
    ///
    /// # Errors
    /// When a part of it lies outside its range; nothing changes then.
    pub fn set(&self, spec: impl Into<Option<Spec>>) -> Result<(), InvalidConfig> {
        let spec = spec.into();
        check(self.rule, spec)?;
        let mut books = self.books();
        if let Some(spec) = spec {
            let now = self.advance(&mut books, Instant::now());
            books.window.set_spec(spec, now);
        }
        self.bounded.store(spec.is_some(), Ordering::Relaxed);
        Ok(())
    }

    /// Counts a first call.
    #[inline]
    pub fn deposit(&self) {
        if self.is_bounded() {
            // Relaxed: the sum is all that is read, and a call that repeats sees its own addition.
            self.first_calls.mine().fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Asks for one repetition.
    #[cold]
    #[inline(never)]
    pub fn withdraw(&self, now: Instant) -> Option<Token> {
        if !self.is_bounded() {
            return Some(Token(None));
        }
        let mut books = self.books();
        let now = self.advance(&mut books, now);
        books.window.withdraw(now).map(|entry| Token(Some(entry)))
    }

    /// Gives back a token whose repetition was never sent, if there is one.
    #[inline]
    pub fn refund(&self, token: impl Into<Option<Token>>) {
        if let Some(Token(Some(entry))) = token.into() {
            self.enter_refund(entry);
        }
    }

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

    // Relaxed: it guards nothing; a request that sees it late is as if it had come earlier.
    #[inline]
    fn is_bounded(&self) -> bool {
        self.bounded.load(Ordering::Relaxed)
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Parameter for Budget {
    fn rule(&self) -> Rule {
        self.rule
    }

    fn value(&self) -> Value {
        self.rule.said(self.get())
    }

    fn check(&self, value: &Value) -> Result<(), InvalidConfig> {
        self.rule.read::<Option<Spec>>(value).map(drop)
    }

    fn set(&self, value: &Value) -> Result<(), InvalidConfig> {
        self.set(self.rule.read::<Option<Spec>>(value)?)
    }
}

fn check(rule: Rule, spec: Option<Spec>) -> Result<(), InvalidConfig> {
    rule.check(&spec.map_or(Value::Off, Value::Budget))
}

#[cfg(test)]
mod tests;
