//! Declared policies in a registry: what is set by a path acts wherever the policy is used.

use ninelives::registry::{Registry, RegistryError};
use ninelives::{Calls, Host, PolicyBook};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tower::{Layer, ServiceExt, service_fn};

mod policies {
    ninelives::policy! {
        /// Shared by the two below, which have deadlines.
        #[allow(unbounded-latency)]
        pub policy guard = bulkhead(2);
        pub policy search = timeout(1s) + guard;
        pub policy fetch = timeout(2s) + guard;
    }
}

fn second() -> Duration {
    Duration::from_secs(1)
}

#[tokio::test(start_paused = true)]
async fn declared_policies_share_what_is_set() {
    let registry = Registry::new();
    registry.add(&policies::search).unwrap();
    registry.add(&policies::fetch).unwrap();
    let paths: Vec<_> = registry.layers().iter().map(|layer| layer.path.to_string()).collect();
    assert_eq!(paths, ["search.timeout", "guard.bulkhead", "fetch.timeout"]);

    registry.set("search.timeout.duration", "50ms").unwrap();
    let slow = service_fn(|(): ()| async {
        sleep(second()).await;
        Ok::<_, std::io::Error>(())
    });
    let began = Instant::now();
    assert!(policies::search.layer(slow).oneshot(()).await.is_err());
    assert_eq!(began.elapsed(), Duration::from_millis(50));

    // Through the one and through the other at once: one bulkhead.
    registry.set("guard.bulkhead.max_concurrency", 1).unwrap();
    let (one, other) = tokio::join!(
        policies::fetch.layer(slow).oneshot(()),
        policies::search.layer(slow).oneshot(()),
    );
    assert!(one.is_ok());
    assert!(other.is_err_and(|error| error.rejected().is_some()));
}

/// A program with both fronts has one registry, in which no path means two layers.
#[test]
fn path_of_a_declared_policy_is_taken_for_a_book() {
    let registry = Registry::new();
    registry.add(&policies::search).unwrap();
    let host = || Host::new().calls(Calls::<(), (), ()>::new());
    let same = PolicyBook::from_text("policy search = timeout(3s);", host()).unwrap();
    let taken = RegistryError::Taken { path: "search.timeout".to_owned() };
    assert_eq!(registry.add_book(&same), Err(taken));
    let other = PolicyBook::from_text("policy other = timeout(3s);", host()).unwrap();
    registry.add_book(&other).unwrap();
    assert!(registry.get("other.timeout.duration").is_ok());
}
