//! What became of the events.

use std::sync::atomic::{AtomicU64, Ordering};

/// What became of the events of a [`Telemetry`](super::Telemetry): each that was emitted was
/// delivered, or was lost in one of four ways, or still [waits](Counts::waiting).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Reported by layers and policies, and by the telemetry about its own losses.
    pub emitted: u64,
    /// The sink took it and said `Ok`.
    pub delivered: u64,
    /// The ring was full.
    pub lost: u64,
    /// The sink answered with an error, or its readiness failed.
    pub refused: u64,
    /// The sink panicked.
    pub panicked: u64,
    /// The runtime of the task ended while the sink was at it.
    pub interrupted: u64,
}

impl Counts {
    /// How many are in the ring, or with the sink.
    pub const fn waiting(&self) -> u64 {
        let over = self.delivered + self.lost + self.refused + self.panicked + self.interrupted;
        self.emitted.saturating_sub(over)
    }
}

/// What became of an event that was taken out of the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Delivered,
    Refused,
    Panicked,
    Interrupted,
}

/// The events by their fate; written by the task alone.
#[derive(Debug, Default)]
pub(super) struct Tally {
    delivered: AtomicU64,
    refused: AtomicU64,
    panicked: AtomicU64,
    interrupted: AtomicU64,
}

impl Tally {
    pub(super) fn count(&self, fate: Fate) {
        let counter = match fate {
            Fate::Delivered => &self.delivered,
            Fate::Refused => &self.refused,
            Fate::Panicked => &self.panicked,
            Fate::Interrupted => &self.interrupted,
        };
        // Release: pairs with the Acquire in `read`.
        counter.fetch_add(1, Ordering::Release);
    }

    /// What was counted so far, with nothing emitted yet. Whoever reads afterwards what was emitted
    /// finds at least as much.
    pub(super) fn read(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Acquire);
        Counts {
            delivered: read(&self.delivered),
            refused: read(&self.refused),
            panicked: read(&self.panicked),
            interrupted: read(&self.interrupted),
            ..Counts::default()
        }
    }
}
