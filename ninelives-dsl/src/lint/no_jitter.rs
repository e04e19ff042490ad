//! A retry waits without jitter.
//!
//! ## Why
//!
//! The clients that failed together come back together, after exactly the same wait, and fail together
//! again. With jitter they spread.
//!
//! ## Example
//!
//! ```nl
//! policy search = timeout(1s) + retry(3, jitter = none);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = timeout(1s) + retry(3, jitter = full);
//! ```

use super::{Place, Warnings, warning};
use crate::bounds::Retry;
use crate::catalogue::LayerKind;
use crate::codes;
use crate::value::{Jitter, Written};

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    if place.layer.kind != LayerKind::Retry {
        return;
    }
    let retry = Retry::of(place.layer);
    let waits = || retry.shortest_waits().filter(|wait| !wait.is_zero());
    if let (Jitter::None, Some(first)) = (retry.jitter, waits().next()) {
        let message = format!(
            "clients that failed together come back together, after exactly {}",
            Written(first)
        );
        let found = warning(codes::NO_JITTER, place.span_of("jitter"), message)
            .with_help("use `jitter = full`, the default");
        warnings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::NO_JITTER as CODE;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn backoff_without_jitter() {
        warns(CODE, "timeout(1s) + retry(3, jitter = none)", "none");
        for jitter in ["full", "equal", "decorrelated"] {
            silent(&format!("timeout(1s) + retry(3, jitter = {jitter})"));
        }
        silent("timeout(1s) + retry(3)");
        // Where nothing waits there is nothing to spread.
        silent("timeout(1s) + retry(3, jitter = none, backoff = fixed(0s))");
    }
}
