//! A request that is given up at each point where it can be.

use std::future::{Future, poll_fn};
use std::task::Poll;

/// Drops a request at each of its polls: for `k` = 0, 1, 2, … makes a future, polls it `k` times
/// (each time when it was woken), drops it and calls `check(k)`, which says what must hold whenever a
/// request was given up. Ends with the first `k` at which the future answered by itself, and gives it.
///
/// ```
/// use ninelives_runtime::bulkhead::BulkheadLayer;
/// use ninelives_runtime::classify::Class;
/// use ninelives_runtime::policy::{Policy, retry};
/// use ninelives_runtime::testing::{AsSaid, Probe, Script, drop_at_each_poll, err, ms, ok, paused};
/// use tower::{Layer, ServiceExt};
///
/// paused(async {
///     let layer = BulkheadLayer::new(1);
///     let policy = (Policy(layer.clone()) + retry(3)).classify(AsSaid);
///     let polls = drop_at_each_poll(
///         || {
///             let script = Script::new([err(Class::Transient).after(ms(5)), ok("hello")]);
///             policy.layer(Probe::new(script)).oneshot(())
///         },
///         |k| assert_eq!(layer.in_flight(), 0, "the permit is lost after {k} polls"),
///     )
///     .await;
///     assert_eq!(polls, 3, "one for each wait and one for the answer");
/// });
/// ```
///
/// # Cancellation
/// Dropping it drops the request that runs.
///
/// # Errors
/// None; a request that nothing wakes any more is waited for without an end, so put a `timeout` around
/// one that may hang.
pub async fn drop_at_each_poll<F: Future>(
    mut make: impl FnMut() -> F,
    mut check: impl FnMut(usize),
) -> usize {
    let mut k = 0;
    loop {
        let mut future = Box::pin(make());
        let mut polls = 0;
        let answered = poll_fn(|task| {
            if polls == k {
                return Poll::Ready(false);
            }
            polls += 1;
            match future.as_mut().poll(task) {
                Poll::Ready(_) => Poll::Ready(true),
                Poll::Pending if polls == k => Poll::Ready(false),
                Poll::Pending => Poll::Pending,
            }
        })
        .await;
        drop(future);
        check(k);
        if answered {
            return k;
        }
        k += 1;
    }
}
