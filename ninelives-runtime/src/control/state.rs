//! What a layer counts and holds, for people and programs to read.

use crate::circuit_breaker;
use ninelives_dsl::value::Written;
use std::fmt;
use std::time::Duration;

/// What a layer counts and holds, as of now or a moment ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayerState {
    /// Of a `retry`.
    Retry {
        /// How many retries the budget would grant now; `None` when it is off.
        budget_left: Option<u64>,
    },
    /// Of a `hedge`.
    Hedge {
        /// How many hedges the budget would grant now; `None` when it is off.
        budget_left: Option<u64>,
        /// The quantile of the latencies seen that `after` asks for; `None` while there are not
        /// enough, or when it is a duration.
        estimate: Option<Duration>,
    },
    /// Of a `bulkhead`.
    Bulkhead {
        /// Permits taken.
        in_use: u64,
        /// The permits there are.
        limit: u32,
        /// Requests that wait.
        queued: usize,
    },
    /// Of a `circuit_breaker`.
    CircuitBreaker(circuit_breaker::State),
}

impl fmt::Display for LayerState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn budget(out: &mut fmt::Formatter<'_>, left: Option<u64>) -> fmt::Result {
            match left {
                Some(left) => write!(out, "{left} left in the budget"),
                None => out.write_str("no budget"),
            }
        }
        match *self {
            Self::Retry { budget_left } => budget(out, budget_left),
            Self::Hedge { budget_left, estimate } => {
                budget(out, budget_left)?;
                match estimate {
                    Some(estimate) => write!(out, ", after {}", Written(estimate)),
                    None => Ok(()),
                }
            }
            Self::Bulkhead { in_use, limit, queued } => {
                write!(out, "{in_use} of {limit} in use, {queued} queued")
            }
            Self::CircuitBreaker(state) => state.fmt(out),
        }
    }
}
