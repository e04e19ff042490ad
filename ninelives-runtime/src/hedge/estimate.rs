//! An estimated quantile of the latencies, in one word with what was asked.
//!
//! Parameters change while requests run, and during a reload requests of two texts ask: nobody is to
//! take the answer to another question.

use ninelives_dsl::value::Quantile;
use std::time::Duration;

/// Which quantile, and of how many samples at least.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub(super) quantile: Quantile,
    pub(super) samples: u32,
}

/// The delay, or that there were not enough samples: from the lowest bits up the delay in
/// [`UNIT`]s (0 is none), the quantile, the samples. No quantile is 0, so neither is an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer(pub(super) u64);

/// In microseconds: a tenth of what a timer can tell apart.
const UNIT: u64 = 100;
/// More than three hours, and no latency counts as slower than one.
const DELAY_BITS: u32 = 27;
const DELAY: u64 = (1 << DELAY_BITS) - 1;
/// Up to 99,999 thousandths; the 20 bits that are left hold the million samples there may be.
const QUANTILE_BITS: u32 = 17;

impl Question {
    #[inline]
    fn bits(self) -> u64 {
        let quantile = u64::from(self.quantile.thousandths()) << DELAY_BITS;
        u64::from(self.samples) << (DELAY_BITS + QUANTILE_BITS) | quantile
    }
}

impl Answer {
    pub(super) fn new(question: Question, delay: Option<Duration>) -> Self {
        let micros = delay.map_or(0, |delay| delay.as_micros());
        let units = u64::try_from(micros).unwrap_or(u64::MAX).div_ceil(UNIT);
        Self(question.bits() | units.min(DELAY))
    }

    #[inline]
    pub(super) fn is_to(self, question: Question) -> bool {
        self.0 & !DELAY == question.bits()
    }

    #[inline]
    pub(super) fn delay(self) -> Option<Duration> {
        let units = self.0 & DELAY;
        (units != 0).then(|| Duration::from_micros(units * UNIT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_says_what_it_is_to() {
        let mut questions = Vec::new();
        for thousandths in [1, 50_000, 99_999] {
            let quantile = Quantile::from_thousandths(thousandths).unwrap();
            questions.extend([1, 100, 1_000_000].map(|samples| Question { quantile, samples }));
        }
        for (index, question) in questions.iter().enumerate() {
            for delay in [None, Some(Duration::from_millis(1)), Some(Duration::from_secs(3_700))] {
                let answer = Answer::new(*question, delay);
                assert_eq!(answer.delay(), delay);
                for (other, another) in questions.iter().enumerate() {
                    assert_eq!(answer.is_to(*another), index == other, "{question:?}");
                }
                assert!(!Answer(0).is_to(*question));
            }
        }
    }
}
