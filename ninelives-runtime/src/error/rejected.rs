//! A refusal of ours.

use crate::path::Path;
use ninelives_dsl::value::{Class, Written};
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// A refusal of a layer of ours: who, and why. Durations in it are whole milliseconds, rounded up,
/// as those of the language are.
///
/// Three words: every outcome has room for a refusal, is moved out through all layers, and is hardly
/// ever one.
#[derive(Clone, PartialEq, Eq)]
pub struct Rejected {
    path: Path,
    why: Why,
    figure: u32,
}

/// A [`Reason`] without its figure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    DeadlinePassed,
    CircuitOpen,
    BulkheadFull,
    QueueWaitOver,
    Failed,
    AlreadySent,
}

/// Why a layer refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The deadline of a `timeout` passed.
    DeadlinePassed {
        /// The duration of that timeout.
        after: Duration,
    },
    /// The circuit is open (or half-open with all probes out).
    CircuitOpen,
    /// The bulkhead and its queue are full.
    BulkheadFull {
        /// The limit in force.
        max_concurrency: u32,
    },
    /// The wait in the bulkhead's queue ended without a place.
    QueueWaitOver {
        /// How long the request waited.
        waited: Duration,
    },
    /// `fail`, with no outcome before it.
    Failed,
    /// The request may be sent once, and was given away: to a service, or to the part of the policy
    /// that ran before this one.
    AlreadySent,
}

impl Reason {
    fn parts(self) -> (Why, u32) {
        match self {
            Self::DeadlinePassed { after } => (Why::DeadlinePassed, milliseconds(after)),
            Self::CircuitOpen => (Why::CircuitOpen, 0),
            Self::BulkheadFull { max_concurrency } => (Why::BulkheadFull, max_concurrency),
            Self::QueueWaitOver { waited } => (Why::QueueWaitOver, milliseconds(waited)),
            Self::Failed => (Why::Failed, 0),
            Self::AlreadySent => (Why::AlreadySent, 0),
        }
    }

    const fn of_parts(why: Why, figure: u32) -> Self {
        let duration = Duration::from_millis(figure as u64);
        match why {
            Why::DeadlinePassed => Self::DeadlinePassed { after: duration },
            Why::CircuitOpen => Self::CircuitOpen,
            Why::BulkheadFull => Self::BulkheadFull { max_concurrency: figure },
            Why::QueueWaitOver => Self::QueueWaitOver { waited: duration },
            Why::Failed => Self::Failed,
            Why::AlreadySent => Self::AlreadySent,
        }
    }
}

/// 49 days at most; the longest duration of the language is 30.
fn milliseconds(duration: Duration) -> u32 {
    let rounded_up = duration.as_nanos().div_ceil(1_000_000);
    u32::try_from(rounded_up).unwrap_or(u32::MAX)
}

impl Rejected {
    /// A refusal of the layer at `path`.
    #[cold]
    pub fn new(path: Path, reason: Reason) -> Self {
        let (why, figure) = reason.parts();
        Self { path, why, figure }
    }

    /// The layer that refused: `search.timeout`.
    pub fn path(&self) -> &str {
        self.path.as_str()
    }

    /// Why.
    pub const fn reason(&self) -> Reason {
        Reason::of_parts(self.why, self.figure)
    }

    /// The class of the refusal: `timeout` for a deadline, else `rejected`.
    pub const fn class(&self) -> Class {
        match self.why {
            Why::DeadlinePassed => Class::Timeout,
            _ => Class::Rejected,
        }
    }
}

impl fmt::Debug for Rejected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = out.debug_struct("Rejected");
        out.field("path", &self.path).field("reason", &self.reason()).finish()
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}` refused: ", self.path())?;
        match self.reason() {
            Reason::DeadlinePassed { after } => {
                write!(out, "no answer within {}", Written(after))
            }
            Reason::CircuitOpen => out.write_str("the circuit is open"),
            Reason::BulkheadFull { max_concurrency } => {
                write!(
                    out,
                    "the limit of {max_concurrency} in flight is reached and the queue has no room"
                )
            }
            Reason::QueueWaitOver { waited } => {
                write!(out, "no place became free within {}", Written(waited))
            }
            Reason::Failed => out.write_str("the policy says `fail`"),
            Reason::AlreadySent => {
                out.write_str("the request may be sent once, and was given away before")
            }
        }
    }
}

impl Error for Rejected {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::PolicyError;

    #[test]
    fn an_outcome_of_one_word_has_room_for_a_refusal_in_three() {
        struct Down;
        assert_eq!(size_of::<Result<u64, PolicyError<Down>>>(), 3 * size_of::<usize>());
    }

    #[test]
    fn a_refusal_says_what_it_was_made_of() {
        let second = Duration::from_secs(1);
        let reasons = [
            Reason::DeadlinePassed { after: second },
            Reason::CircuitOpen,
            Reason::BulkheadFull { max_concurrency: u32::MAX },
            Reason::QueueWaitOver { waited: Duration::ZERO },
            Reason::Failed,
            Reason::AlreadySent,
        ];
        for reason in reasons {
            for path in [Path::Static(&"search.part"), Path::from("search.part".to_owned())] {
                let refusal = Rejected::new(path, reason);
                assert_eq!((refusal.path(), refusal.reason()), ("search.part", reason));
            }
        }
    }

    #[test]
    fn a_duration_is_rounded_up_to_what_there_is() {
        let figure =
            |after| Rejected::new(Path::Static(&"it"), Reason::DeadlinePassed { after }).reason();
        let passed = |after| Reason::DeadlinePassed { after: Duration::from_millis(after) };
        assert_eq!(figure(Duration::from_nanos(1)), passed(1));
        assert_eq!(figure(Duration::from_micros(1500)), passed(2));
        assert_eq!(figure(Duration::MAX), passed(u64::from(u32::MAX)));
    }
}
