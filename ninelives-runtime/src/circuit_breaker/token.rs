//! What admission hands out, and what is handed back.

use crate::adaptive::Adaptive;
use crate::classify::{Class, ClassSet};
use std::num::NonZeroU64;

/// The right to one call, and the duty to say what came of it. Only admission makes one, and
/// reporting consumes it: a call is counted once, and in the generation that admitted it.
#[derive(Debug)]
#[must_use = "a token that is not reported keeps a probe's slot until its lease is over"]
pub(super) struct Token(NonZeroU64);

// One word, because every request carries a token: from the top the generation, a probe's slot plus
// one (zero where there is no probe), and a bit that is always set.
const SLOT_BITS: u32 = 15;

impl Token {
    /// For a call while closed.
    #[inline]
    pub(super) fn plain(generation: u64) -> Self {
        Self::pack(generation, 0)
    }

    /// For a probe, by the number of its slot.
    pub(super) fn probe(generation: u64, slot: u16) -> Self {
        Self::pack(generation, u64::from(slot) + 1)
    }

    #[inline]
    fn pack(generation: u64, slot: u64) -> Self {
        Self(NonZeroU64::MIN | (generation << SLOT_BITS | slot) << 1)
    }

    /// The generation that admitted the call.
    #[inline]
    pub(super) fn generation(&self) -> u64 {
        self.0.get() >> (SLOT_BITS + 1)
    }

    /// The slot, where the call is a probe.
    #[inline]
    pub(super) fn slot(&self) -> Option<u16> {
        let slot = (self.0.get() >> 1) & ((1 << SLOT_BITS) - 1);
        u16::try_from(slot).ok()?.checked_sub(1)
    }
}

/// What came of an admitted call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The service answered.
    Success {
        /// It took longer than `slow_call`.
        slow: bool,
    },
    /// The service failed.
    Failure {
        /// It took longer than `slow_call`.
        slow: bool,
    },
    /// The call says nothing of the service: cancelled, refused inside, or of a class that is
    /// neither asked for nor an answer.
    Nothing,
}

impl Verdict {
    /// A permanent failure is an answer: the service is alive. A timeout, an overload and a
    /// transient failure that `on` leaves out are no sign of health, so they count for nothing.
    #[inline]
    pub(super) fn of(class: Class, on: &Adaptive<ClassSet>, slow: bool) -> Self {
        match class {
            Class::Success => Self::Success { slow },
            failure if on.get().contains(failure) => Self::Failure { slow },
            Class::Permanent => Self::Success { slow },
            Class::Timeout | Class::Rejected | Class::Overloaded | Class::Transient => {
                Self::Nothing
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninelives_dsl::catalogue::CIRCUIT_BREAKER;

    #[test]
    fn token_keeps_its_generation_and_its_slot() {
        for generation in [0, 1, 1 << 47] {
            let token = Token::plain(generation);
            assert_eq!((token.generation(), token.slot()), (generation, None));
            for slot in [0, 1, 999] {
                let token = Token::probe(generation, slot);
                assert_eq!((token.generation(), token.slot()), (generation, Some(slot)));
            }
        }
    }

    #[test]
    fn class_decides_unless_on_names_it() {
        let row = |on: ClassSet| {
            let on = Adaptive::new(&CIRCUIT_BREAKER, "on", on).unwrap();
            let classes = [Class::Success].into_iter().chain(Class::FAILURES);
            let verdict = |class| match Verdict::of(class, &on, false) {
                Verdict::Success { .. } => "success",
                Verdict::Failure { .. } => "failure",
                Verdict::Nothing => "nothing",
            };
            classes.map(verdict).collect::<Vec<_>>()
        };
        let (success, failure, nothing) = ("success", "failure", "nothing");
        // success, timeout, rejected, overloaded, transient, permanent
        assert_eq!(row(ClassSet::DEFAULT), [success, failure, nothing, failure, failure, success]);
        assert_eq!(
            row(Class::Permanent.into()),
            [success, nothing, nothing, nothing, nothing, failure]
        );
        assert_eq!(row(ClassSet::ANY), [success, failure, failure, failure, failure, failure]);
    }
}
