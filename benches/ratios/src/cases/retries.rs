//! A retry that has nothing to repeat.

use backon::{ExponentialBuilder, Retryable};
use ninelives_measure::Case;
use ninelives_measure::request::AtOnce;
use tower::{Service, service_fn};

pub(super) fn cases() -> [Case; 1] {
    let backoff = ExponentialBuilder::default().with_max_times(2);
    let around = move |request| async move { (|| AtOnce.call(request)).retry(backoff).await };
    [Case::service("backon, as a service", service_fn(around))]
}
