//! An attempt of a retry can never start before the deadline around it: because the waits before it, as
//! short as jitter can make them, last until the deadline; or because one attempt that runs into its own
//! timeout, and the wait behind it, do.
//!
//! ## Why
//!
//! A wait that would end at or after the deadline is not begun, and the outcome of the last attempt is
//! given as it came. So `max_attempts` promises attempts that nobody will ever see, and in the second
//! case a call that times out is never repeated at all.
//!
//! ## Example
//!
//! ```nl
//! policy search = timeout(400ms) + retry(5, backoff = fixed(200ms), jitter = equal) + timeout(100ms);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = timeout(1s) + retry(5, backoff = fixed(200ms), jitter = equal) + timeout(100ms);
//! ```

use super::{Place, Warnings, warning};
use crate::bounds::{Deadline, Retry};
use crate::catalogue::LayerKind;
use crate::codes;
use crate::value::{Class, Jitter, Written};
use std::time::Duration;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    let (LayerKind::Retry, Some(deadline)) = (place.layer.kind, place.visit.deadline) else {
        return;
    };
    let retry = Retry::of(place.layer);
    let found = after_waits(&retry, deadline).or_else(|| after_timeout(place, &retry, deadline));
    if let Some(message) = found {
        let found = warning(codes::ATTEMPT_AFTER_DEADLINE, place.span(), message)
            .with_label(deadline.span, "the deadline")
            .with_help("use fewer attempts, shorter waits, or a longer deadline");
        warnings.push(found);
    }
}

/// However fast the attempts fail.
fn after_waits(retry: &Retry, deadline: Deadline) -> Option<String> {
    let mut waited = Duration::ZERO;
    let late = |wait: Duration| {
        waited = waited.saturating_add(wait);
        waited >= deadline.after
    };
    let last = retry.shortest_waits().position(late)? + 1;
    let waits: Vec<_> = retry.shortest_waits().take(last).collect();
    let least = if retry.jitter == Jitter::None { "" } else { "at least " };
    let sum = match waits.as_slice() {
        [wait] => format!("{} backoff", Written(*wait)),
        [first, rest @ ..] if rest.iter().all(|wait| wait == first) => {
            format!("{last} × {} backoff = {}", Written(*first), Written(waited))
        }
        waits if waits.len() <= 4 => {
            let waits: Vec<_> = waits.iter().map(|wait| Written(*wait).to_string()).collect();
            format!("{} backoff = {}", waits.join(" + "), Written(waited))
        }
        _ => format!("{last} backoffs = {}", Written(waited)),
    };
    let than = exceeds(waited, deadline);
    Some(format!("attempt {} can never start: {least}{sum} {than}", last + 1))
}

/// After an attempt that runs into its timeout: it began no earlier than the deadline did.
fn after_timeout(place: &Place<'_>, retry: &Retry, deadline: Deadline) -> Option<String> {
    let own = place.inside.holds.timeout.filter(|_| retry.on.contains(Class::Timeout))?;
    let wait = retry.shortest_waits().next()?;
    let sum = own.after.saturating_add(wait);
    (sum >= deadline.after).then(|| {
        format!(
            "no attempt can start after one that times out: {} attempt timeout + {} backoff = {} {}",
            Written(own.after),
            Written(wait),
            Written(sum),
            exceeds(sum, deadline)
        )
    })
}

/// How a sum of times compares with a deadline that it reaches.
pub(super) fn exceeds(sum: Duration, deadline: Deadline) -> String {
    let sign = if sum > deadline.after { ">" } else { "≥" };
    format!("{sign} timeout {}", Written(deadline.after))
}

#[cfg(test)]
mod tests {
    use crate::codes::ATTEMPT_AFTER_DEADLINE as CODE;
    use crate::lint::testing::{message, silent, warns};

    #[test]
    fn waits_alone_reach_the_deadline() {
        let retry = "retry(4, backoff = fixed(250ms), jitter = equal)";
        warns(CODE, &format!("timeout(370ms) + {retry}"), retry);
        warns(CODE, &format!("timeout(375ms) + {retry}"), retry);
        // The shortest waits are 125 ms each: three of them end before this deadline.
        silent(&format!("timeout(376ms) + {retry}"));
        silent("timeout(370ms) + retry(3, backoff = fixed(250ms), jitter = equal)");
        silent("timeout(370ms) + retry(4, backoff = fixed(246ms), jitter = equal)");
        silent("timeout(370ms) + retry(4, backoff = fixed(250ms), jitter = full)");
        silent("timeout(1s) + retry(100)");
    }

    #[test]
    fn timed_out_attempt_leaves_no_time_for_another() {
        let retry = "retry(3, backoff = fixed(400ms), jitter = equal)";
        warns(CODE, &format!("timeout(1s) + {retry} + timeout(800ms)"), retry);
        silent(&format!("timeout(1s) + {retry} + timeout(799ms)"));
        silent("timeout(1s) + retry(3, backoff = fixed(400ms), jitter = full) + timeout(800ms)");
        let on = "on = overloaded | transient";
        let text = format!("retry(3, backoff = fixed(400ms), jitter = equal, {on})");
        silent(&format!("timeout(1s) + {text} + timeout(800ms)"));
        // One arm may time out sooner, and of the other nothing is certain.
        silent(&format!("timeout(1s) + {retry} + (timeout(800ms) | timeout(100ms) + to(@b))"));
        // The deadline itself is no timeout of an attempt.
        silent(&format!("timeout(1s) + {retry}"));
    }

    #[test]
    fn messages_show_the_sum() {
        let of = |retry: &str| message(&format!("timeout(600ms) + retry({retry})"));
        assert_eq!(
            of("2, backoff = fixed(2s), jitter = equal"),
            "attempt 2 can never start: at least 1s backoff > timeout 600ms"
        );
        assert_eq!(
            of("4, backoff = fixed(400ms), jitter = equal"),
            "attempt 4 can never start: at least 3 × 200ms backoff = 600ms ≥ timeout 600ms"
        );
        assert_eq!(
            of("4, backoff = exponential(200ms), jitter = equal"),
            "attempt 4 can never start: at least 100ms + 200ms + 400ms backoff = 700ms > timeout 600ms"
        );
        assert_eq!(
            of("9, backoff = linear(50ms), jitter = equal"),
            "attempt 8 can never start: at least 7 backoffs = 700ms > timeout 600ms"
        );
        assert_eq!(
            message(
                "timeout(1s) + retry(2, backoff = fixed(600ms), jitter = equal) + timeout(800ms)"
            ),
            "no attempt can start after one that times out: \
             800ms attempt timeout + 300ms backoff = 1.1s > timeout 1s"
        );
    }
}
