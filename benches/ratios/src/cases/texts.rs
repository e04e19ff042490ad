//! Reading policies: parse and check, which is what a load does. A request is one whole file.

use ninelives_dsl::load::{Front, load_bytes};
use ninelives_measure::texts::distinct_policies;
use ninelives_measure::{Case, Measure};
use std::sync::Arc;

pub(super) fn cases() -> [Case; 2] {
    let case = |name, count| {
        let text: Arc<str> = distinct_policies(count).into();
        let load = move || {
            load_bytes("measured.nl", text.as_bytes(), None, Front::Text).diagnostics.is_empty()
        };
        Case::function(name, load).at_most(1).only(&[Measure::Time])
    };
    let mut few = case("10,000 policies", 10_000);
    // Of the other one callgrind would take minutes.
    Measure::COUNTED.into_iter().for_each(|measure| few.also(measure));
    [few, case("100,000 policies", 100_000)]
}
