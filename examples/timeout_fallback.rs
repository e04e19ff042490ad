//! A deadline and a degraded answer: the caller always gets one, and always in time.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use ninelives::policy;
use std::time::{Duration, Instant};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let stale = |_request: Option<()>, _cause: Option<_>| "the price of yesterday";
    let policy = policy!(timeout(50ms) | fallback({ stale }));

    for delay in [Duration::from_millis(5), Duration::from_secs(5)] {
        let began = Instant::now();
        let answer = policy
            .run(|| async {
                tokio::time::sleep(delay).await;
                Ok::<_, std::convert::Infallible>("the price of today")
            })
            .await;
        println!("a service that takes {delay:?}: {answer:?} after {:?}", began.elapsed());
        assert!(began.elapsed() < Duration::from_secs(1));
        assert_eq!(answer.is_ok_and(|price| price.ends_with("today")), delay.as_millis() == 5);
    }
}
