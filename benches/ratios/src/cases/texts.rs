//! Reading policies: parse and check, which is what a load does. A request is one whole file.

use ninelives_dsl::load::{Front, load_bytes};
use ninelives_measure::texts::distinct_policies;
use ninelives_measure::{Case, Measure};
use std::sync::Arc;

pub(super) fn cases() -> [Case; 2] {
    [("10,000 policies", 10_000), ("100,000 policies", 100_000)].map(|(name, count)| {
        let text: Arc<str> = distinct_policies(count).into();
        Case::function(name, move || {
            load_bytes("measured.nl", text.as_bytes(), None, Front::Text).diagnostics.is_empty()
        })
        .only(&[Measure::Time])
    })
}
