//! Each of our layers alone, declared: what it adds to the edge (`pass`), and that to the service.

use ninelives_measure::Case;
use ninelives_measure::request::AtOnce;
use tower::Layer;

mod declared {
    ninelives::policy! {
        pub policy edge = pass;
        pub policy attempts = retry(3);
        pub policy attempts_without_budget = retry(3, budget = off);
        pub policy either = pass | pass;
    }
}

pub(super) fn cases() -> [Case; 4] {
    [
        Case::service("pass", declared::edge.layer(AtOnce)),
        Case::service("retry", declared::attempts.layer(AtOnce)),
        Case::service("retry, budget = off", declared::attempts_without_budget.layer(AtOnce)),
        Case::service("pass | pass", declared::either.layer(AtOnce)),
    ]
}
