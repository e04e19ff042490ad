//! Ours, compiled: the whole stacks, owned and declared.

use ninelives::policy;
use ninelives::prelude::{bulkhead, retry, timeout};
use ninelives_measure::Case;
use ninelives_measure::request::AtOnce;
use std::time::Duration;
use tower::Layer;

mod declared {
    ninelives::policy! {
        pub policy r3 = timeout(1s) + retry(3) + bulkhead(64);
        pub policy r3_without_budget = timeout(1s) + retry(3, budget = off) + bulkhead(64);
        pub policy r5 =
              bulkhead(64)
            + timeout(1s)
            + retry(3)
            + timeout(250ms)
            + circuit_breaker(consecutive = 5);
    }
}

pub(super) fn cases() -> impl Iterator<Item = Case> {
    let r3 = policy!(timeout(1s) + retry(3) + bulkhead(64));
    let r3_without_budget = policy!(timeout(1s) + retry(3, budget = off) + bulkhead(64));
    let by_hand = timeout(Duration::from_secs(1)) + retry(3) + bulkhead(64);
    let r5 = policy!(
        bulkhead(64) + timeout(1s) + retry(3) + timeout(250ms) + circuit_breaker(consecutive = 5)
    );
    let r5_of_a_rate =
        policy!(bulkhead(64) + timeout(1s) + retry(3) + timeout(250ms) + circuit_breaker);
    let cases = [
        Case::both("compiled R3", r3),
        Case::both("declared R3", declared::r3),
        Case::both("compiled R5", r5),
        Case::both("compiled R5, failure rate", r5_of_a_rate),
        Case::both("declared R5", declared::r5),
    ];
    let without_budget = declared::r3_without_budget.layer(AtOnce);
    cases.into_iter().flatten().chain([
        Case::service("compiled R3, budget = off", r3_without_budget.layer(AtOnce)),
        Case::service("compiled R3, by hand", by_hand.layer(AtOnce)),
        Case::service("declared R3, budget = off", without_budget),
    ])
}
