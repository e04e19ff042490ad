//! A wait is longer than anyone waits, 5 minutes, and no deadline ends it: between two attempts, for a
//! hint of an overloaded service, or in a queue.
//!
//! ## Why
//!
//! Whoever asked has gone by then, and the request still holds its memory and its place. Where a job of
//! the night is meant, allow it there.
//!
//! ## Example
//!
//! ```nl
//! policy import = retry(5, backoff = exponential(1m, max = 1h)) + timeout(10s);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy import = retry(5, backoff = exponential(1m, max = 5m)) + timeout(10s);
//! ```

use super::{Place, Warnings, warning};
use crate::bounds::Retry;
use crate::catalogue::LayerKind;
use crate::codes;
use crate::plan::Value;
use crate::value::{Class, Written};
use std::time::Duration;

/// Nobody waits longer: what proxies obey of a hint at most.
const LONG: Duration = Duration::from_secs(300);

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    if place.visit.deadline.is_some() {
        return;
    }
    let mut check = |parameter, wait, what: &str| {
        if wait > LONG {
            let message =
                format!("a request may wait {} {what}, and no deadline ends it", Written(wait));
            let found = warning(codes::UNCAPPED_WAIT, place.span_of(parameter), message)
                .with_help("make it shorter, or put a `timeout` around it");
            warnings.push(found);
        }
    };
    match place.layer.kind {
        LayerKind::Retry => {
            let retry = Retry::of(place.layer);
            check("backoff", retry.longest_backoff(), "between two attempts");
            if retry.attempts > 1 && retry.on.contains(Class::Overloaded) {
                check("retry_after", retry.longest_hint, "when an overloaded service asks for it");
            }
        }
        LayerKind::Bulkhead => {
            if let (Value::Count(1..), Value::Duration(wait)) =
                (place.layer.value("queue"), place.layer.value("wait"))
            {
                check("wait", *wait, "in this queue");
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::UNCAPPED_WAIT as CODE;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn wait_between_attempts() {
        let retry = |backoff: &str| format!("retry(5, backoff = {backoff}) + timeout(1s)");
        let long = "exponential(1m, max = 6m)";
        warns(CODE, &retry(long), long);
        silent(&retry("exponential(1m, max = 5m)"));
        silent(&retry("exponential(1s, max = 6m)"));
        silent("timeout(10m) + retry(5, backoff = exponential(1m, max = 6m)) + timeout(1s)");
        warns(CODE, &retry("fixed(301s)"), "fixed(301s)");
        silent(&retry("fixed(300s)"));
    }

    #[test]
    fn hint_of_the_service() {
        warns(CODE, "retry(2, retry_after = 1h) + timeout(1s)", "1h");
        silent("retry(2, retry_after = 5m) + timeout(1s)");
        silent("retry(2, retry_after = 1h, on = transient) + timeout(1s)");
        silent("timeout(1s) + retry(2, retry_after = 1h)");
    }

    #[test]
    fn wait_in_a_queue() {
        warns(CODE, "bulkhead(2, queue = 8, wait = 10m) + timeout(1s)", "10m");
        silent("bulkhead(2, queue = 8, wait = 1m) + timeout(1s)");
    }
}
