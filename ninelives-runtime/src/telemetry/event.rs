//! Layers in, facts out: what is reported, and how a ring's slot holds it.

use crate::classify::Class;
use crate::dynamic::Revision;
use crate::path::Path;
use ninelives_dsl::value::Written;
use std::fmt;
use std::num::NonZeroU32;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// One fact about a request, a layer or a policy.
///
/// It is shown as one plain line, without its time:
/// `search.retry: attempt 1 failed (transient) after 12ms; the next one begins in 100ms`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyEvent {
    /// When, by the clock of the policies, which tests can stop.
    pub at: Instant,
    /// When, by the wall clock: read once, when the [`Telemetry`](super::Telemetry) was made, and
    /// counted on from there. So the times of one telemetry never run backwards.
    pub time: SystemTime,
    /// The layer, or for what becomes of a request the policy.
    pub path: Path,
    /// Which attempt of its request, the first call being 1; where there can be several.
    pub attempt: Option<NonZeroU32>,
    /// How long it took; for each kind it is said of what.
    pub latency: Option<Duration>,
    /// What happened.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// An attempt of a retry failed, and another one follows unless the request is cancelled before.
    /// With the number and the latency of the attempt that failed.
    RetryAttempt {
        /// The class of the failure.
        class: Class,
        /// How long until the next attempt begins.
        wait: Duration,
    },
    /// A retry gave up on a failure that it would have tried again: no attempt, no budget or no time
    /// was left. With the number and the latency of the last attempt.
    RetryExhausted {
        /// The class of the failure.
        class: Class,
    },
    /// The budget of a retry or a hedge granted no further attempt. With the number of attempts made.
    BudgetExhausted,
    /// A circuit opened.
    CircuitOpened {
        /// By an operator's command.
        forced: bool,
    },
    /// The cooldown of a circuit is over: it admits probes.
    CircuitHalfOpened,
    /// A circuit closed.
    CircuitClosed {
        /// By an operator's command.
        forced: bool,
    },
    /// A request took a place in a bulkhead. With the time it had to wait, if it had to.
    BulkheadAcquired,
    /// A bulkhead refused a request. With the time it had waited, if it had.
    BulkheadRejected,
    /// A deadline passed. With the time since the request came to the layer.
    TimedOut {
        /// The duration of the timeout.
        after: Duration,
    },
    /// A hedge sent a further attempt. With its number, and the time since the first one began.
    HedgeSent,
    /// A further attempt of a hedge answered first. With its number and its latency.
    HedgeWon,
    /// A fallback answered.
    FallbackUsed,
    /// A request was answered. With its latency.
    RequestSucceeded {
        /// By a fallback.
        degraded: bool,
    },
    /// A request failed. With its latency.
    RequestFailed {
        /// The class of the failure.
        class: Class,
    },
    /// The future of a request was dropped before it had an outcome. With its age.
    RequestCancelled,
    /// A book got another text. Its requests come after this event; those in flight finish on the
    /// text before. The path is the name of the text.
    Reloaded {
        /// Which one.
        revision: Revision,
    },
    /// A book was given a text that could not be put in force: the one before it stays.
    ReloadRefused,
    /// Events before this one found the ring full, and are lost.
    EventsLost {
        /// How many since the last report.
        count: u64,
    },
}

impl PolicyEvent {
    /// An event of now, for tests of sinks.
    pub fn new(path: impl Into<Path>, kind: EventKind) -> Self {
        Self {
            at: Instant::now(),
            time: SystemTime::now(),
            path: path.into(),
            attempt: None,
            latency: None,
            kind,
        }
    }

    /// The policy: `search` of `search.retry`. What is no policy's doing has the whole path here: the
    /// name of the text of a reload, and `telemetry` where events were lost.
    pub fn policy(&self) -> &str {
        self.kind.policy(&self.path)
    }
}

impl EventKind {
    /// The policy of an event of this kind at that path.
    pub(super) fn policy(self, path: &Path) -> &str {
        match self {
            Self::Reloaded { .. } | Self::ReloadRefused | Self::EventsLost { .. } => path.as_str(),
            _ => path.policy(),
        }
    }

    /// A name for labels: `retry_attempt`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RetryAttempt { .. } => "retry_attempt",
            Self::RetryExhausted { .. } => "retry_exhausted",
            Self::BudgetExhausted => "budget_exhausted",
            Self::CircuitOpened { .. } => "circuit_opened",
            Self::CircuitHalfOpened => "circuit_half_opened",
            Self::CircuitClosed { .. } => "circuit_closed",
            Self::BulkheadAcquired => "bulkhead_acquired",
            Self::BulkheadRejected => "bulkhead_rejected",
            Self::TimedOut { .. } => "timed_out",
            Self::HedgeSent => "hedge_sent",
            Self::HedgeWon => "hedge_won",
            Self::FallbackUsed => "fallback_used",
            Self::RequestSucceeded { .. } => "request_succeeded",
            Self::RequestFailed { .. } => "request_failed",
            Self::RequestCancelled => "request_cancelled",
            Self::Reloaded { .. } => "reloaded",
            Self::ReloadRefused => "reload_refused",
            Self::EventsLost { .. } => "events_lost",
        }
    }

    /// A code, a byte and a word: all there is to a kind.
    pub(super) fn pack(self) -> (u8, u8, u64) {
        match self {
            Self::RetryAttempt { class, wait } => (0, code(class), nanoseconds(wait)),
            Self::RetryExhausted { class } => (1, code(class), 0),
            Self::BudgetExhausted => (2, 0, 0),
            Self::CircuitOpened { forced } => (3, forced.into(), 0),
            Self::CircuitHalfOpened => (4, 0, 0),
            Self::CircuitClosed { forced } => (5, forced.into(), 0),
            Self::BulkheadAcquired => (6, 0, 0),
            Self::BulkheadRejected => (7, 0, 0),
            Self::TimedOut { after } => (8, 0, nanoseconds(after)),
            Self::HedgeSent => (9, 0, 0),
            Self::HedgeWon => (10, 0, 0),
            Self::FallbackUsed => (11, 0, 0),
            Self::RequestSucceeded { degraded } => (12, degraded.into(), 0),
            Self::RequestFailed { class } => (13, code(class), 0),
            Self::RequestCancelled => (14, 0, 0),
            Self::Reloaded { revision } => (15, 0, revision.to_bits()),
            Self::ReloadRefused => (16, 0, 0),
            Self::EventsLost { count } => (17, 0, count),
        }
    }

    /// The other way round.
    pub(super) fn unpack(kind: u8, byte: u8, word: u64) -> Self {
        match kind {
            0 => Self::RetryAttempt { class: class(byte), wait: Duration::from_nanos(word) },
            1 => Self::RetryExhausted { class: class(byte) },
            2 => Self::BudgetExhausted,
            3 => Self::CircuitOpened { forced: byte != 0 },
            4 => Self::CircuitHalfOpened,
            5 => Self::CircuitClosed { forced: byte != 0 },
            6 => Self::BulkheadAcquired,
            7 => Self::BulkheadRejected,
            8 => Self::TimedOut { after: Duration::from_nanos(word) },
            9 => Self::HedgeSent,
            10 => Self::HedgeWon,
            11 => Self::FallbackUsed,
            12 => Self::RequestSucceeded { degraded: byte != 0 },
            13 => Self::RequestFailed { class: class(byte) },
            14 => Self::RequestCancelled,
            15 => Self::Reloaded { revision: Revision::from_bits(word) },
            16 => Self::ReloadRefused,
            _ => Self::EventsLost { count: word },
        }
    }
}

const fn code(class: Class) -> u8 {
    match class {
        Class::Success => 0,
        Class::Timeout => 1,
        Class::Rejected => 2,
        Class::Overloaded => 3,
        Class::Transient => 4,
        Class::Permanent => 5,
    }
}

const fn class(code: u8) -> Class {
    match code {
        0 => Class::Success,
        1 => Class::Timeout,
        2 => Class::Rejected,
        3 => Class::Overloaded,
        4 => Class::Transient,
        _ => Class::Permanent,
    }
}

/// Saturates at 584 years.
pub(super) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl fmt::Display for PolicyEvent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: ", self.path)?;
        let attempt = self.attempt.map_or(1, NonZeroU32::get);
        let latency = self.latency.map(Rounded);
        let after = Maybe(" after ", latency);
        match self.kind {
            EventKind::RetryAttempt { class, wait } => write!(
                out,
                "attempt {attempt} failed ({class}){after}; the next one begins in {}",
                Rounded(wait)
            ),
            EventKind::RetryExhausted { class } => {
                write!(out, "attempt {attempt} failed ({class}){after}; it was the last")
            }
            EventKind::BudgetExhausted => {
                write!(out, "the budget grants nothing after attempt {attempt}")
            }
            EventKind::CircuitOpened { forced } => {
                write!(out, "the circuit opened{}", by_command(forced))
            }
            EventKind::CircuitHalfOpened => out.write_str("the circuit is half-open"),
            EventKind::CircuitClosed { forced } => {
                write!(out, "the circuit closed{}", by_command(forced))
            }
            EventKind::BulkheadAcquired => write!(out, "a place was taken{after}"),
            EventKind::BulkheadRejected => write!(out, "no place was free{after}"),
            EventKind::TimedOut { after } => write!(out, "no answer within {}", Written(after)),
            EventKind::HedgeSent => write!(out, "attempt {attempt} was sent{after}"),
            EventKind::HedgeWon => write!(out, "attempt {attempt} won{after}"),
            EventKind::FallbackUsed => out.write_str("the fallback answered"),
            EventKind::RequestSucceeded { degraded: false } => write!(out, "answered{after}"),
            EventKind::RequestSucceeded { degraded: true } => {
                write!(out, "answered by a fallback{after}")
            }
            EventKind::RequestFailed { class } => write!(out, "failed ({class}){after}"),
            EventKind::RequestCancelled => write!(out, "cancelled{after}"),
            EventKind::Reloaded { revision } => write!(out, "revision {revision} is in force"),
            EventKind::ReloadRefused => out.write_str("a new text was refused"),
            EventKind::EventsLost { count } => write!(out, "{count} events were lost"),
        }
    }
}

const fn by_command(forced: bool) -> &'static str {
    if forced { " by command" } else { "" }
}

/// Text before a value, where there is one.
struct Maybe<T>(&'static str, Option<T>);

impl<T: fmt::Display> fmt::Display for Maybe<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.1 {
            Some(value) => write!(out, "{}{value}", self.0),
            None => Ok(()),
        }
    }
}

/// A measured duration as people read it: `1.234s`, `12.345ms`.
struct Rounded(Duration);

impl fmt::Display for Rounded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match nanoseconds(self.0) {
            0..1_000_000 => 1,
            1_000_000..1_000_000_000 => 1_000,
            _ => 1_000_000,
        };
        Written(Duration::from_nanos(nanoseconds(self.0) / unit * unit)).fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each kind, with what it is shown as.
    fn all() -> [(EventKind, &'static str); 18] {
        let (class, forced) = (Class::Overloaded, true);
        let wait = Duration::from_millis(100);
        [
            (
                EventKind::RetryAttempt { class, wait },
                "attempt 2 failed (overloaded) after 1.234ms; the next one begins in 100ms",
            ),
            (
                EventKind::RetryExhausted { class },
                "attempt 2 failed (overloaded) after 1.234ms; it was the last",
            ),
            (EventKind::BudgetExhausted, "the budget grants nothing after attempt 2"),
            (EventKind::CircuitOpened { forced: false }, "the circuit opened"),
            (EventKind::CircuitHalfOpened, "the circuit is half-open"),
            (EventKind::CircuitClosed { forced }, "the circuit closed by command"),
            (EventKind::BulkheadAcquired, "a place was taken after 1.234ms"),
            (EventKind::BulkheadRejected, "no place was free after 1.234ms"),
            (EventKind::TimedOut { after: wait }, "no answer within 100ms"),
            (EventKind::HedgeSent, "attempt 2 was sent after 1.234ms"),
            (EventKind::HedgeWon, "attempt 2 won after 1.234ms"),
            (EventKind::FallbackUsed, "the fallback answered"),
            (
                EventKind::RequestSucceeded { degraded: true },
                "answered by a fallback after 1.234ms",
            ),
            (EventKind::RequestFailed { class }, "failed (overloaded) after 1.234ms"),
            (EventKind::RequestCancelled, "cancelled after 1.234ms"),
            (
                EventKind::Reloaded { revision: Revision::from_bits(7) },
                "revision 0000000000000007 is in force",
            ),
            (EventKind::ReloadRefused, "a new text was refused"),
            (EventKind::EventsLost { count: 3 }, "3 events were lost"),
        ]
    }

    #[test]
    fn every_kind_comes_out_of_its_slot_as_it_went_in() {
        for (kind, _) in all() {
            let (code, byte, word) = kind.pack();
            assert_eq!(EventKind::unpack(code, byte, word), kind);
        }
        for class in [Class::Success].into_iter().chain(Class::FAILURES) {
            let kind = EventKind::RequestFailed { class };
            let (code, byte, word) = kind.pack();
            assert_eq!(EventKind::unpack(code, byte, word), kind);
        }
    }

    #[test]
    fn event_is_one_plain_line() {
        for (kind, line) in all() {
            let mut event = PolicyEvent::new("search.layer", kind);
            event.attempt = NonZeroU32::new(2);
            event.latency = Some(Duration::from_nanos(1_234_567));
            assert_eq!(event.to_string(), format!("search.layer: {line}"));
        }
    }

    #[test]
    fn names_are_all_different() {
        let mut names = all().map(|(kind, _)| kind.name());
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn long_latencies_are_rounded() {
        assert_eq!(Rounded(Duration::new(1, 234_567_891)).to_string(), "1.234s");
        assert_eq!(Rounded(Duration::from_nanos(999)).to_string(), "999ns");
    }
}
