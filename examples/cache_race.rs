//! `cache & origin`: ask both, take the first answer; a cache that does not have it fails, and the
//! origin's answer is waited for.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use ninelives::policy;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tower::{Layer, ServiceExt, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let stored = Arc::new(Mutex::new(HashMap::from([("a", "cached a")])));
    let cache = service_fn(move |key: &'static str| {
        let found = stored.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied();
        async move { found.ok_or("not in the cache") }
    });
    let origin = service_fn(|key: &'static str| async move {
        tokio::time::sleep(Duration::from_millis(40)).await;
        if key == "c" { Err("the origin is down") } else { Ok("fresh") }
    });

    let policy = policy!((timeout(100ms) + to({ cache })) & timeout(1s));
    let service = policy.layer(origin);
    for (key, expected) in [("a", Ok("cached a")), ("b", Ok("fresh"))] {
        let began = Instant::now();
        let answer = service.clone().oneshot(key).await;
        println!("{key}: {answer:?} after {:?}", began.elapsed());
        assert_eq!(answer, expected);
    }
    let both_failed = service.oneshot("c").await;
    println!("c: {both_failed:?}: when all arms fail, the leftmost speaks");
    assert_eq!(both_failed, Err(ninelives::PolicyError::Service("not in the cache")));
}
