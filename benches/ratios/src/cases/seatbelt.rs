//! seatbelt's layers as tower services. It has no bulkhead, and so no R3.

use ninelives_measure::Case;
use ninelives_measure::request::Down;
use seatbelt::breaker::Breaker;
use seatbelt::hedging::Hedging;
use seatbelt::retry::Retry;
use seatbelt::timeout::Timeout;
use seatbelt::{RecoveryInfo, ResilienceContext};
use std::time::Duration;
use tick::Clock;

mod declared {
    ninelives::policy! {
        pub policy bounded_attempts = timeout(1s) + retry(3);
    }
}

fn recovery(outcome: &Result<u64, Down>) -> RecoveryInfo {
    if outcome.is_ok() { RecoveryInfo::never() } else { RecoveryInfo::retry() }
}

pub(super) fn cases() -> impl Iterator<Item = Case> {
    let context = ResilienceContext::<u64, Result<u64, Down>>::new(Clock::new_tokio());
    let timeout =
        Timeout::layer("timeout", &context).timeout(Duration::from_secs(1)).timeout_error(|_| Down);
    let retry = Retry::layer("retry", &context)
        .max_retry_attempts(2)
        .clone_input()
        .recovery_with(|outcome, _| recovery(outcome));
    let breaker = Breaker::layer("breaker", &context)
        .recovery_with(|outcome, _| recovery(outcome))
        .rejected_input_error(|_, _| Down);
    let hedge = Hedging::layer("hedge", &context)
        .hedging_delay(Duration::from_millis(50))
        .clone_input()
        .recovery_with(|outcome, _| recovery(outcome));
    let cases = [
        Case::both("timeout + retry", declared::bounded_attempts),
        Case::both("seatbelt timeout + retry", (timeout, retry)),
        Case::both("seatbelt breaker", breaker),
        Case::both("seatbelt hedge", hedge),
    ];
    cases.into_iter().flatten()
}
