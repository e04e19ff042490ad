//! Each of our layers alone, declared: what it adds to the edge (`pass`), and that to the service.

use ninelives_measure::Case;
use ninelives_measure::request::fails;
use tower::{Layer, service_fn};

pub(super) mod declared {
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

pub(super) fn cases() -> impl Iterator<Item = Case> {
    let cases = [
        Case::both("pass", declared::edge),
        Case::both("retry", declared::attempts),
        Case::both("retry, budget = off", declared::attempts_without_budget),
        Case::both("pass | pass", declared::either),
        Case::both("pass | fallback", declared::in_reserve),
    ];
    let taken = declared::in_reserve.layer(service_fn(fails));
    cases.into_iter().flatten().chain([Case::service("pass | fallback, taken", taken)])
}
