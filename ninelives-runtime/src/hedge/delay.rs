//! How long a hedge waits before the next attempt.

use crate::adaptive::{Valued, Word};
use ninelives_dsl::plan::Value;
use ninelives_dsl::value::Quantile;
use std::time::Duration;

/// What `after` is: a length of time, or a quantile of the latencies that were seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// So long.
    Fixed(Duration),
    /// As long as this share of attempts took.
    Quantile(Quantile),
}

impl From<Duration> for Delay {
    fn from(delay: Duration) -> Self {
        Self::Fixed(delay)
    }
}

impl From<Quantile> for Delay {
    fn from(quantile: Quantile) -> Self {
        Self::Quantile(quantile)
    }
}

/// Marks a quantile; no duration in range (30 days) comes near it.
const QUANTILE: u64 = 1 << 63;

impl Word for Delay {
    fn pack(self) -> u64 {
        match self {
            Self::Fixed(delay) => delay.pack().min(QUANTILE - 1),
            Self::Quantile(quantile) => QUANTILE | u64::from(quantile.thousandths()),
        }
    }

    fn unpack(word: u64) -> Self {
        if word & QUANTILE == 0 {
            return Self::Fixed(Duration::unpack(word));
        }
        let thousandths = u32::unpack(word & !QUANTILE);
        Self::Quantile(Quantile::from_thousandths(thousandths).unwrap_or(Quantile::P95))
    }
}

impl Valued for Delay {
    fn value(self) -> Value {
        match self {
            Self::Fixed(delay) => Value::Duration(delay),
            Self::Quantile(quantile) => Value::Quantile(quantile),
        }
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Duration(delay) => Some(Self::Fixed(*delay)),
            Value::Quantile(quantile) => Some(Self::Quantile(*quantile)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_delay_fit_in_a_word() {
        let lowest = Quantile::from_thousandths(1).unwrap();
        for delay in [
            Delay::from(Duration::ZERO),
            Delay::from(Duration::from_secs(30 * 86_400)),
            Delay::from(Quantile::P95),
            Delay::from(lowest),
        ] {
            assert_eq!(Delay::unpack(delay.pack()), delay);
        }
    }
}
