//! When the attempts of a retry run into their timeout, the last of them cannot start: there is no time
//! left before the deadline around it. An attempt that fails sooner leaves more, so this is allowed by
//! default: `nl explain` notes it beside the policy.
//!
//! ## Why
//!
//! `max_attempts` is what happens on a good day. In an outage, where every attempt times out, there are
//! fewer. This is often meant: the deadline is the promise, the attempts are what it may be used for.
//!
//! ## Example
//!
//! ```nl
//! policy search =
//!     timeout(1s) + retry(3, backoff = exponential(200ms), jitter = equal) + timeout(400ms);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search =
//!     timeout(2s) + retry(3, backoff = exponential(200ms), jitter = equal) + timeout(400ms);
//! ```

use super::attempt_after_deadline::exceeds;
use super::{Place, Warnings, warning};
use crate::bounds::Retry;
use crate::catalogue::LayerKind;
use crate::codes;
use crate::value::{Class, Jitter, Written};
use std::time::Duration;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    let (LayerKind::Retry, Some(deadline), Some(own)) =
        (place.layer.kind, place.visit.deadline, place.inside.holds.timeout)
    else {
        return;
    };
    let retry = Retry::of(place.layer);
    let mut waited = Duration::ZERO;
    let timed_out = |attempts: u32| own.after.saturating_mul(attempts);
    let late = (1..).zip(retry.shortest_waits()).find(|(attempts, wait)| {
        waited = waited.saturating_add(*wait);
        timed_out(*attempts).saturating_add(waited) >= deadline.after
    });
    // After one attempt, or after the waits alone, it is certain: `attempt-after-deadline`.
    let Some((attempts @ 2.., _)) = late.filter(|_| waited < deadline.after) else {
        return;
    };
    if !retry.on.contains(Class::Timeout) {
        return;
    }
    let sum = timed_out(attempts).saturating_add(waited);
    let backoff = match (waited.is_zero(), retry.jitter == Jitter::None) {
        (true, _) => String::new(),
        (false, true) => format!(" + {} backoff", Written(waited)),
        (false, false) => format!(" + at least {} backoff", Written(waited)),
    };
    let message = format!(
        "attempt {} cannot start when those before it time out: {attempts} × {} attempt timeout{backoff} = {} {}",
        attempts + 1,
        Written(own.after),
        Written(sum),
        exceeds(sum, deadline)
    );
    let found = warning(codes::ATTEMPTS_DO_NOT_FIT, place.span(), message)
        .with_label(deadline.span, "the deadline")
        .with_label(own.span, "of each attempt")
        .with_help("use fewer attempts, a shorter attempt timeout, or a longer deadline");
    warnings.push(found);
}

#[cfg(test)]
mod tests {
    use crate::codes::ATTEMPTS_DO_NOT_FIT as CODE;
    use crate::lint::testing::{noted, silent};

    #[track_caller]
    fn check(retry: &str, expected: &[&str]) {
        let expected: Vec<_> = expected.iter().map(|it| format!("{retry}: {it}")).collect();
        let body = format!("timeout(1s) + {retry} + timeout(400ms)");
        assert_eq!(noted(CODE, &body), expected, "{body}");
        assert_eq!(noted(CODE, &format!("timeout(9s) + {retry} + timeout(400ms)")).len(), 0);
    }

    #[test]
    fn attempts_that_all_time_out() {
        let when = "cannot start when those before it time out";
        check(
            "retry(3, backoff = fixed(150ms), jitter = none)",
            &[&format!(
                "attempt 3 {when}: 2 × 400ms attempt timeout + 300ms backoff = 1.1s > timeout 1s"
            )],
        );
        check(
            "retry(3, backoff = fixed(300ms), jitter = equal)",
            &[&format!(
                "attempt 3 {when}: 2 × 400ms attempt timeout + at least 300ms backoff = 1.1s > timeout 1s"
            )],
        );
        check(
            "retry(4)",
            &[&format!("attempt 4 {when}: 3 × 400ms attempt timeout = 1.2s > timeout 1s")],
        );
        check("retry(3)", &[]);
        check("retry(4, on = transient)", &[]);
        check("retry(3, backoff = fixed(90ms), jitter = none)", &[]);
        silent("timeout(1s) + retry(4) + timeout(400ms)");
    }
}
