//! Repetitions inside one another multiply the calls of one request: more than 10 to one service, or in
//! the long run more than 3.
//!
//! ## Why
//!
//! The calls multiply just when the service is in trouble, and keep it there. The budget of each `retry`
//! and `hedge` bounds the long run; the worst case of a single request is what the attempts multiply to.
//!
//! ## Example
//!
//! ```nl
//! policy search = timeout(9s) + retry(4) + hedge(max_attempts = 3);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = timeout(9s) + retry(3) + hedge(max_attempts = 2);
//! ```

use super::{Place, Warnings, warning};
use crate::catalogue::LayerKind;
use crate::codes;

/// More calls of one request to one service than this are a storm.
const CALLS: u64 = 10;
/// More calls a request in the long run than this are one, too.
const LONG_RUN: f64 = 3.0;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    if !matches!(place.layer.kind, LayerKind::Retry | LayerKind::Hedge) {
        return;
    }
    let (inside, whole) = (place.inside, &place.visit.bounds);
    let calls = (inside.outcomes.calls().largest(), whole.outcomes.calls().largest());
    let long_run = (inside.amplification.largest(), whole.amplification.largest());
    let name = place.layer.kind.entry().name;
    let attempts = place.layer.value("max_attempts");
    let message = if calls.0 > 1 && calls.0 <= CALLS && calls.1 > CALLS {
        format!(
            "one request may call one service {} times: {attempts} attempts of this `{name}`, of up to {} calls each",
            calls.1, calls.0
        )
    } else if calls.0 > 1 && long_run.0 <= LONG_RUN && long_run.1 > LONG_RUN {
        format!(
            "in the long run one request calls one service {:.1} times: this `{name}` repeats {:.1} calls",
            long_run.1, long_run.0
        )
    } else {
        return;
    };
    let found = warning(codes::LOAD_AMPLIFICATION, place.span(), message)
        .with_help("repeat in one place, the one that knows best; or with fewer attempts");
    warnings.push(found);
}

#[cfg(test)]
mod tests {
    use crate::codes::LOAD_AMPLIFICATION as CODE;
    use crate::lint::testing::{message, silent, warns};

    #[test]
    fn more_than_ten_calls_of_one_service() {
        warns(CODE, "timeout(9s) + retry(4) + hedge(max_attempts = 3)", "retry(4)");
        silent("timeout(9s) + retry(3) + hedge(max_attempts = 3)");
        silent("timeout(9s) + retry(4) + hedge(max_attempts = 2)");
        // One repetition of a single call is no multiplication, and each arm has its own service.
        silent("timeout(9s) + retry(20)");
        silent("timeout(9s) + retry(6) + (timeout(1s) + to(@a) | timeout(1s) + to(@b))");
        warns(CODE, "timeout(9s) + retry(6) + (timeout(1s) + to(@a) | to(@a))", "retry(6)");
    }

    #[test]
    fn more_than_three_calls_in_the_long_run() {
        let hedge = "hedge(max_attempts = 2, budget = off)";
        let text =
            format!("timeout(9s) + {hedge} + timeout(4s) + inner: hedge(budget = off, after = 1s)");
        warns(CODE, &text, hedge);
        silent(
            "timeout(9s) + hedge(max_attempts = 2) + timeout(4s) + inner: hedge(budget = off, after = 1s)",
        );
    }

    #[test]
    fn message_names_the_factors() {
        assert_eq!(
            message("timeout(9s) + retry(4) + hedge(max_attempts = 3)"),
            "one request may call one service 12 times: 4 attempts of this `retry`, of up to 3 calls each"
        );
    }
}
