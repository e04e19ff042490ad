//! A stateful layer is repeated under one parent without a label.
//!
//! ## Why
//!
//! State is kept by path: a breaker stays open over a reload, a budget stays spent. The second breaker
//! of `search` is called `search.circuit_breaker.2`, which is a number and not a name: after a change of
//! the text it may be another layer's. A label is its name whatever is written beside it.
//!
//! ## Example
//!
//! ```nl
//! policy search = circuit_breaker + timeout(1s) + retry(2) + circuit_breaker + timeout(300ms);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search =
//!     circuit_breaker + timeout(1s) + retry(2) + attempt: circuit_breaker + timeout(300ms);
//! ```

use super::{Place, Warnings, warning};
use crate::codes;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    let entry = place.layer.kind.entry();
    let last = place.layer.path.rsplit('.').next().unwrap_or("");
    if entry.stateful && last.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = format!("`{}` keeps state under a number, not a name", place.layer.path);
        let found = warning(codes::REPEATED_WITHOUT_LABEL, place.span(), message)
            .with_help(format!("label it: `attempt: {}`", entry.name));
        warnings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::REPEATED_WITHOUT_LABEL as CODE;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn state_under_a_number() {
        let inside = "timeout(300ms)";
        let text = |layer: &str| format!("circuit_breaker + timeout(1s) + {layer} + {inside}");
        warns(CODE, &text("circuit_breaker"), "circuit_breaker");
        silent(&text("attempt: circuit_breaker"));
        silent(&text("attempt: (circuit_breaker)"));
        silent(&text("bulkhead(8)"));
        // A timeout keeps nothing between requests.
        silent("timeout(2s) + circuit_breaker + timeout(1s)");
    }
}
