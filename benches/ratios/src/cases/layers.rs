//! Each of our layers alone, declared: what it adds to the edge (`pass`), and that to the service.

use ninelives_measure::Case;
use ninelives_measure::request::{AtOnce, fails};
use tower::{Layer, service_fn};

mod declared {
    use ninelives::PolicyError;
    use ninelives_measure::request::Down;

    #[ninelives::host]
    pub fn spare(_: Option<u64>, _: Option<Result<u64, PolicyError<Down>>>) -> u64 {
        9
    }

    ninelives::policy! {
        pub policy edge = pass;
        pub policy attempts = retry(3);
        pub policy attempts_without_budget = retry(3, budget = off);
        pub policy either = pass | pass;
        pub policy in_reserve = pass | fallback(@spare);
    }
}

pub(super) fn cases() -> [Case; 6] {
    [
        Case::service("pass", declared::edge.layer(AtOnce)),
        Case::service("retry", declared::attempts.layer(AtOnce)),
        Case::service("retry, budget = off", declared::attempts_without_budget.layer(AtOnce)),
        Case::service("pass | pass", declared::either.layer(AtOnce)),
        Case::service("pass | fallback", declared::in_reserve.layer(AtOnce)),
        Case::service("pass | fallback, taken", declared::in_reserve.layer(service_fn(fails))),
    ]
}
