//! A clock that stands still until everything waits.

use std::future::Future;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// Runs a future to its end in paused time, on this thread.
///
/// Time passes only when no task can go on, and then at once up to the next timer: an hour of back-off
/// takes no time, and a deadline is met to the millisecond. `#[tokio::test(start_paused = true)]` is
/// the same as an attribute.
///
/// ```
/// use ninelives_runtime::policy::timeout;
/// use ninelives_runtime::testing::{Script, hang, paused};
/// use std::time::Duration;
/// use tokio::time::Instant;
/// use tower::{Layer, ServiceExt};
///
/// paused(async {
///     let began = Instant::now();
///     let hour = Duration::from_secs(3_600);
///     let service = timeout(hour).layer(Script::new([hang()]));
///     assert!(service.oneshot(()).await.is_err());
///     assert_eq!(began.elapsed(), hour);
/// });
/// ```
///
/// # Panics
/// When it is called inside a tokio runtime, and when no runtime can be made.
///
/// # Cancellation
/// Tasks that the future spawned and that still run are dropped when it ends.
pub fn paused<F: Future>(future: F) -> F::Output {
    paused_runtime().block_on(future)
}

/// The runtime of [`paused`], for a test that runs many futures or that needs one clock for all of
/// them.
///
/// Make the policies inside of it (`let _inside = runtime.enter();`): a layer begins with the clock
/// of the place where it is made.
///
/// ```
/// use ninelives_runtime::policy::circuit_breaker;
/// use ninelives_runtime::testing::{Script, ok, paused_runtime};
/// use tower::{Layer, ServiceExt};
///
/// let runtime = paused_runtime();
/// let _inside = runtime.enter();
/// let service = circuit_breaker().layer(Script::new([ok("hello")]));
/// for _ in 0..100 {
///     assert_eq!(runtime.block_on(service.clone().oneshot(())), Ok("hello"));
/// }
/// ```
///
/// # Panics
/// When no runtime can be made.
pub fn paused_runtime() -> Runtime {
    #[expect(clippy::expect_used, reason = "a test has nothing to do without its runtime")]
    Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime of one thread can be made")
}

/// Lets `duration` pass: every other task goes on, each at the time it waits for. (tokio's `advance`
/// jumps: who waits for a moment in between wakes up late.)
///
/// ```
/// use ninelives_runtime::policy::bulkhead;
/// use ninelives_runtime::testing::{Script, elapse, ms, ok, paused};
/// use tower::{Layer, ServiceExt};
///
/// paused(async {
///     let script = Script::new([ok("hello").after(ms(20))]);
///     let task = tokio::spawn(bulkhead(1).layer(script.clone()).oneshot(()));
///     elapse(ms(10)).await;
///     assert_eq!((script.calls(), script.in_flight()), (1, 1));
///     elapse(ms(10)).await;
///     assert_eq!(script.in_flight(), 0);
///     assert_eq!(task.await.unwrap(), Ok("hello"));
/// });
/// ```
///
/// # Panics
/// Outside a tokio runtime with time enabled.
///
/// # Cancellation
/// Dropping the future stops the waiting and nothing else.
pub async fn elapse(duration: Duration) {
    tokio::time::sleep(duration).await;
    // Others whose time has come too were woken with this task, and may stand behind it.
    tokio::task::yield_now().await;
}

/// A duration of whole milliseconds.
///
/// ```
/// assert_eq!(ninelives_runtime::testing::ms(1_500), std::time::Duration::from_secs_f64(1.5));
/// ```
pub const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
