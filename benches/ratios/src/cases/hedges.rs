//! A hedge of which the primary answers first, so that nothing is ever sent twice.

use ninelives_measure::Case;
use std::time::Duration;
use tower_resilience_hedge::HedgeLayer;

mod declared {
    ninelives::policy! {
        pub policy hedged = hedge(after = 50ms);
    }
}

pub(super) fn cases() -> impl Iterator<Item = Case> {
    let peer = HedgeLayer::builder().delay(Duration::from_millis(50)).build();
    let cases = [Case::both("hedge", declared::hedged), Case::both("tower-resilience hedge", peer)];
    cases.into_iter().flatten()
}
