//! NL102: repetitions inside one another multiply the calls.
//!
//! `retry(4) + retry(4)`: one request may call its service 16 times, just when the service is in
//! trouble. Repeat in one place, the one that knows best; or put a budget on each.

use super::{Place, Warnings, warning};
use crate::catalogue::LayerKind;
use crate::codes;

/// More calls of one request to one service than this are a storm.
const CALLS: u64 = 10;
/// More calls a request in the long run than this are one, too.
const LONG_RUN: f64 = 3.0;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    if !matches!(place.layer.kind, LayerKind::Retry | LayerKind::Hedge) {
        return;
    }
    let (inside, whole) = (place.inside, &place.visit.bounds);
    let calls = (inside.outcomes.calls().largest(), whole.outcomes.calls().largest());
    let long_run = (inside.amplification.largest(), whole.amplification.largest());
    let name = place.layer.kind.entry().name;
    let message = if calls.0 > 1 && calls.0 <= CALLS && calls.1 > CALLS {
        let factor = calls.1 / calls.0;
        format!(
            "one request may call one service {} times: {factor} attempts of this `{name}` around {} calls",
            calls.1, calls.0
        )
    } else if calls.0 > 1 && long_run.0 <= LONG_RUN && long_run.1 > LONG_RUN {
        format!(
            "in the long run one request makes {:.1} calls of one service: this `{name}` around {:.1}",
            long_run.1, long_run.0
        )
    } else {
        return;
    };
    let found = warning(codes::LOAD_AMPLIFICATION, place.span(), message)
        .with_help("repeat in one place; or give each a `budget` and fewer attempts");
    warnings.push(found);
}
