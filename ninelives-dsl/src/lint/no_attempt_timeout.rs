//! A retry stands under a deadline, and no timeout bounds a single attempt. A client that has a timeout of
//! its own knows better, so this is allowed by default: `nl explain` notes it beside the policy.
//!
//! ## Why
//!
//! The first attempt that hangs takes all the time there is. The retry repeats what fails fast, and never
//! what hangs, which is what most outages look like.
//!
//! ## Example
//!
//! ```nl
//! policy search = timeout(1s) + retry(3);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = timeout(1s) + retry(3) + attempt: timeout(300ms);
//! ```

use super::{Place, Warnings, warning};
use crate::bounds::Retry;
use crate::catalogue::LayerKind;
use crate::codes;
use crate::value::Written;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    let (LayerKind::Retry, Some(deadline)) = (place.layer.kind, place.visit.deadline) else {
        return;
    };
    if place.inside.outcomes.latency().reaches(deadline.after)
        && let attempts @ 2.. = Retry::of(place.layer).attempts
    {
        let others = match attempts - 1 {
            1 => "the other never starts".to_owned(),
            others => format!("the other {others} never start"),
        };
        let message = format!(
            "one attempt of `{}` that hangs takes the whole {}: {others}",
            place.layer.path,
            Written(deadline.after)
        );
        let found = warning(codes::NO_ATTEMPT_TIMEOUT, place.span(), message)
            .with_label(deadline.span, "all the time there is")
            .with_help("put a `timeout` inside, labelled: `+ attempt: timeout(…)`");
        warnings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::NO_ATTEMPT_TIMEOUT as CODE;
    use crate::lint::testing::{noted, silent};

    #[test]
    fn attempt_that_takes_all_the_time() {
        assert_eq!(
            noted(CODE, "timeout(1s) + retry(3)"),
            [
                "retry(3): one attempt of `p.retry` that hangs takes the whole 1s: the other 2 never start"
            ]
        );
        assert_eq!(noted(CODE, "timeout(1s) + retry(3) + timeout(999ms)").len(), 0);
        assert_eq!(noted(CODE, "timeout(1s) + retry(3) + (timeout(500ms) | to(@b))").len(), 1);
        assert_eq!(noted(CODE, "retry(3) + timeout(1s)").len(), 0);
        assert_eq!(noted(CODE, "#[allow(no-attempt-timeout)] (timeout(1s) + retry(3))").len(), 0);
        silent("timeout(1s) + retry(3)");
    }
}
