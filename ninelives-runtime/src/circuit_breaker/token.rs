//! What admission hands out, and what is handed back.

use crate::classify::{Class, ClassSet};

/// The right to one call, and the duty to say what came of it. Only admission makes one, and
/// reporting consumes it: a call is counted once, and in the generation that admitted it.
#[derive(Debug)]
#[must_use = "a token that is not reported keeps a probe's slot until its lease is over"]
pub(super) struct Token {
    pub(super) generation: u64,
    /// The number of the probe, where the circuit was half-open.
    pub(super) probe: Option<u32>,
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
    pub(super) fn of(class: Class, on: ClassSet, slow: bool) -> Self {
        if on.contains(class) {
            return Self::Failure { slow };
        }
        match class {
            Class::Success | Class::Permanent => Self::Success { slow },
            Class::Timeout | Class::Rejected | Class::Overloaded | Class::Transient => {
                Self::Nothing
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_decides_unless_on_names_it() {
        let verdict = |class, on: ClassSet| match Verdict::of(class, on, false) {
            Verdict::Success { .. } => "success",
            Verdict::Failure { .. } => "failure",
            Verdict::Nothing => "nothing",
        };
        let row = |on| {
            let classes = [Class::Success].into_iter().chain(Class::FAILURES);
            classes.map(|class| verdict(class, on)).collect::<Vec<_>>()
        };
        let (success, failure, nothing) = ("success", "failure", "nothing");
        // success, timeout, rejected, overloaded, transient, permanent
        assert_eq!(
            row(ClassSet::DEFAULT),
            [success, failure, nothing, failure, failure, success]
        );
        assert_eq!(
            row(Class::Permanent.into()),
            [success, nothing, nothing, nothing, nothing, failure]
        );
        assert_eq!(
            row(ClassSet::ANY),
            [success, failure, failure, failure, failure, failure]
        );
    }
}
