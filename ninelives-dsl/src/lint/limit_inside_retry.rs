//! A bulkhead stands inside a retry: each attempt takes a place of its own. This is sound as often as
//! not, so it is allowed by default: `nl explain` notes it beside the policy.
//!
//! ## Why
//!
//! A request that was let in may be refused on its second attempt, when the most of its work is done.
//! With the bulkhead outside, a request holds one place from its first attempt to its last, its waits
//! included. Inside, it holds none while it waits.
//!
//! ## Example
//!
//! ```nl
//! policy search = timeout(1s) + retry(3) + bulkhead(8) + timeout(300ms);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = bulkhead(8) + timeout(1s) + retry(3) + timeout(300ms);
//! ```

use super::{Place, Warnings, warning};
use crate::bounds::Retry;
use crate::catalogue::LayerKind;
use crate::codes;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    if let (LayerKind::Retry, Some(bulkhead)) = (place.layer.kind, place.inside.holds.bulkhead)
        && let attempts @ 2.. = Retry::of(place.layer).attempts
    {
        let message = format!(
            "each of the {attempts} attempts of `{}` takes a place in the bulkhead inside, and may be refused",
            place.layer.path
        );
        let found = warning(codes::LIMIT_INSIDE_RETRY, place.span(), message)
            .with_label(bulkhead, "asked by each attempt")
            .with_help("put the bulkhead outside, for one place a request");
        warnings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::LIMIT_INSIDE_RETRY as CODE;
    use crate::lint::testing::{noted, silent};

    #[test]
    fn bulkhead_that_each_attempt_asks() {
        assert_eq!(
            noted(CODE, "timeout(1s) + retry(3) + bulkhead(8) + timeout(300ms)"),
            [
                "retry(3): each of the 3 attempts of `p.retry` takes a place in the bulkhead inside, and may be refused"
            ]
        );
        assert_eq!(noted(CODE, "bulkhead(8) + timeout(1s) + retry(3)").len(), 0);
        assert_eq!(noted(CODE, "timeout(1s) + hedge + bulkhead(8)").len(), 0);
        assert_eq!(
            noted(CODE, "timeout(1s) + #[allow(limit-inside-retry)] retry(3) + bulkhead(8)").len(),
            0
        );
        silent("timeout(1s) + retry(3) + bulkhead(8) + timeout(300ms)");
    }
}
