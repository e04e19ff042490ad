//! A hedge can never start its second attempt for slowness: the first one is over before.
//!
//! ## Why
//!
//! The deadline inside, or the one around, ends the first attempt before `after` has passed. What 95% of
//! the calls take is a good start, and the default measures it.
//!
//! ## Example
//!
//! ```nl
//! policy search = hedge(after = 1s) + timeout(500ms);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy search = hedge(after = 100ms) + timeout(500ms);
//! ```

use super::{Place, Warnings, warning};
use crate::bounds::Latency;
use crate::catalogue::LayerKind;
use crate::codes;
use crate::plan::Value;
use crate::value::Written;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    let (LayerKind::Hedge, Value::Duration(after), Latency::AtMost(longest)) =
        (place.layer.kind, place.layer.value("after"), place.inside.outcomes.latency())
    else {
        return;
    };
    if *after >= longest {
        let message = format!(
            "no second attempt starts for slowness: after {} the first one, of at most {}, is over",
            Written(*after),
            Written(longest)
        );
        let found = warning(codes::HEDGE_NEVER_FIRES, place.span_of("after"), message)
            .with_help("make `after` shorter: what 95% of the calls take is a good start");
        warnings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::codes::HEDGE_NEVER_FIRES as CODE;
    use crate::lint::testing::{silent, warns};

    #[test]
    fn hedge_that_never_fires() {
        warns(CODE, "hedge(after = 1s) + timeout(500ms)", "1s");
        warns(CODE, "hedge(after = 500ms) + timeout(500ms)", "500ms");
        warns(CODE, "timeout(500ms) + hedge(after = 1s)", "1s");
        silent("hedge(after = 499ms) + timeout(500ms)");
        silent("hedge(after = p95) + timeout(500ms)");
    }
}
