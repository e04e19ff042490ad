//! A retry stands inside another.
//!
//! ## Why
//!
//! Each level repeats what the one inside has given up on, so the attempts multiply and the waits add
//! up. The outer one knows nothing that the inner one did not. Retry in one place.
//!
//! ## Example
//!
//! ```nl
//! policy search = timeout(1s) + retry(2) + attempt: retry(3);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = timeout(1s) + retry(3);
//! ```

use super::{Place, Warnings, warning};
use crate::bounds::Retry;
use crate::catalogue::LayerKind;
use crate::codes;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    if let (LayerKind::Retry, Some(inner)) = (place.layer.kind, place.inside.holds.retry)
        && let attempts @ 2.. = Retry::of(place.layer).attempts
    {
        let message = format!("each of the {attempts} attempts of this retry is itself retried");
        let found = warning(codes::NESTED_RETRY, place.span(), message)
            .with_label(inner, "by this one")
            .with_help("retry in one place, closest to what fails");
        warnings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::NESTED_RETRY as CODE;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn retry_inside_a_retry() {
        warns(CODE, "timeout(1s) + retry(2) + attempt: retry(3)", "retry(2)");
        warns(CODE, "retry(2) + (pass | attempt: retry(3)) + timeout(1s)", "retry(2)");
        silent("timeout(1s) + retry(2) + hedge");
        silent("retry(2) + timeout(1s) | attempt: retry(3) + timeout(1s)");
        // Of a layer of the host nothing is known, so nothing is certain.
        silent("timeout(1s) + retry(2) + @host");
    }
}
