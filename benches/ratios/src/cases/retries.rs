//! A retry that has nothing to repeat.

use backon::{ExponentialBuilder, Retryable};
use ninelives_measure::{Case, both};
use tower::{Service, service_fn};

pub(super) fn cases() -> [Case; 2] {
    let backoff = ExponentialBuilder::default().with_max_times(2);
    both!("backon, as a service", |Inner| service_fn(move |request| async move {
        (|| Inner.call(request)).retry(backoff).await
    }))
}
