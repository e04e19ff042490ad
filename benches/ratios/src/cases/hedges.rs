//! A hedge of which the primary answers first, so that nothing is ever sent twice.

use ninelives_measure::Case;
use ninelives_measure::request::AtOnce;
use std::time::Duration;
use tower::Layer;
use tower_resilience_hedge::HedgeLayer;

mod declared {
    ninelives::policy! {
        pub policy hedged = hedge(after = 50ms);
    }
}

pub(super) fn cases() -> [Case; 2] {
    let peer = HedgeLayer::builder().delay(Duration::from_millis(50)).build();
    [
        Case::service("hedge", declared::hedged.layer(AtOnce)),
        Case::service("tower-resilience hedge", peer.layer(AtOnce)),
    ]
}
