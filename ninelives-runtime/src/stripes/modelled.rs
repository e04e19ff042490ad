//! The threads of a model checker. To the system they are one: each would have the stripe of all others.

use super::UNKNOWN;
use std::cell::Cell;

#[cfg(ninelives_loom)]
use loom::thread_local as modelled;
#[cfg(ninelives_shuttle)]
use shuttle::thread_local as modelled;

modelled! {
    static MINE: Cell<usize> = Cell::new(UNKNOWN);
}

thread_local! {
    // Of the thread of the system, on which a model runs with all of its threads.
    static TAKEN: Cell<usize> = const { Cell::new(0) };
}

/// A model begins again, and must find the same stripes.
pub(crate) fn begin() {
    TAKEN.set(0);
}

/// Two are as many as can be told apart by what reads all of them.
pub(super) fn count() -> usize {
    2
}

pub(super) fn next() -> usize {
    TAKEN.replace(TAKEN.get() + 1)
}

pub(super) fn mine() -> usize {
    MINE.with(Cell::get)
}

pub(super) fn set(mine: usize) {
    MINE.with(|known| known.set(mine));
}
