//! Why jitter: a thousand callers fail at one moment. Without jitter they come back at one moment
//! too; with decorrelated jitter they spread out. The clock is simulated.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use ninelives::policy;
use std::cell::RefCell;
use std::collections::BTreeMap;
use tokio::time::Instant;

/// How many of a thousand callers are back in the busiest 10 ms after the first failure.
macro_rules! busiest {
    ($policy:expr) => {{
        let began = Instant::now();
        let returns = RefCell::new(BTreeMap::<u128, u32>::new());
        let policy = $policy;
        let callers = (0..1000).map(|_| {
            let (policy, returns) = (&policy, &returns);
            async move {
                let outcome = policy
                    .run(|| async {
                        let at = began.elapsed().as_millis() / 10;
                        *returns.borrow_mut().entry(at).or_default() += 1;
                        if at == 0 { Err("down for a moment") } else { Ok(()) }
                    })
                    .await;
                assert_eq!(outcome, Ok(()));
            }
        });
        join_all(callers).await;
        let busiest = returns.borrow().iter().filter(|(at, _)| **at > 0).map(|(_, n)| *n).max();
        busiest.unwrap_or(0)
    }};
}

/// Runs all callers in one task; a policy is itself cheap enough to be polled by hand.
async fn join_all(callers: impl Iterator<Item = impl Future<Output = ()>>) {
    let mut callers: Vec<_> = callers.map(Box::pin).collect();
    std::future::poll_fn(|task| {
        callers.retain_mut(|caller| caller.as_mut().poll(task).is_pending());
        if callers.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let beat = busiest!(policy!(
        timeout(5s)
            + #[allow(no-jitter)]
            retry(3, backoff = fixed(50ms), jitter = none, budget = off)
    ));
    let spread = busiest!(policy!(
        timeout(5s)
            + retry(3, backoff = exponential(50ms, max = 1s), jitter = decorrelated, budget = off)
    ));
    println!(
        "back within the same 10 ms: {beat} without jitter, {spread} with decorrelated jitter"
    );
    assert!(beat > 2 * spread, "decorrelated jitter spreads the callers");
}
