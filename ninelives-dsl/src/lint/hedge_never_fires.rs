//! NL119: a hedge that can never start its second attempt for slowness.
//!
//! `hedge(after = 1s) + timeout(500ms)`: the first attempt is over before the hedge would start.

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
