//! The operators of the language: `|` ([`Or`]), `&` ([`And`]), and the shared right neighbour of a
//! group ([`Tail`]). `+` needs no node: [`Then`](crate::node::Then) puts one inside the other.
//!
//! # Behaviour
//! `A | B` runs A, and on every failure, refusals of ours included, the same request through B; the outcome is
//! that of the last arm that ran. `A & B` starts its arms from left to right in the first poll and gives
//! the first success; when all fail, the outcome of the leftmost. An arm whose every answer is degraded is held in
//! reserve until all others have failed. A request that may not be repeated reaches a service at most once.
//!
//! # Readiness
//! Arms share the request's one instance of the service, which is polled ready before each call: over
//! a service with room for one call they take turns.
//!
//! # Cancellation
//! Whoever loses or is given up is cancelled, and everything inside of it, before anything else
//! happens.
//!
//! # Clone
//! Clones share the state of the layers in the arms; the operators have none.
//!
//! # Ordering in a stack
//! `&` binds tighter than `+` in the language, and looser among Rust's operators: write the parentheses. What
//! stands right of a group is shared by its arms: one layer, one state.
//!
//! # Errors
//! None of their own: the outcome of an arm as it came.
//!
//! # Examples
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
//! use ninelives_runtime::policy::{fallback, retry, timeout};
//! use std::time::Duration;
//!
//! // One behind the other: three attempts fail, and the degraded answer of a `String` is an empty one.
//! let policy = timeout(Duration::from_secs(1)) + retry(3) | fallback();
//! let answer = policy.run(|| async { Err::<String, _>("down") }).await;
//! assert_eq!(answer, Ok(String::new()));
//!
//! // Both at once: the left one gives up, the right one waits.
//! let policy = timeout(Duration::from_millis(100)) & timeout(Duration::from_secs(2));
//! let slow = || async {
//!     tokio::time::sleep(Duration::from_secs(1)).await;
//!     Ok::<_, &str>("late, but there")
//! };
//! assert_eq!(policy.run(slow).await, Ok("late, but there"));
//! # }
//! ```

pub mod and;
mod arms;
pub mod or;
mod tail;

pub use and::{And, AndRun, Joined, join};
pub use arms::{
    Arm, ArmRuns, Arms, End, Failure, IntoArms, Join, List, Progress, Slot, ThenEach, Verdict,
};
pub use or::{Or, OrRun};
pub use tail::Tail;

use crate::classify::Repeat;
use crate::node::Shape;
use crate::scope::Scope;
use crate::world::World;

/// What an arm is given of the request: a copy, or of a request that cannot be copied the only one
/// there is, so that later arms can but hand on what was before. `fail` sends nothing and takes
/// nothing, which is the law `fail | A = A = fail & A`.
#[inline]
fn share<W>(
    arm: &impl Shape,
    request: &mut Option<W::Request>,
    scope: &mut Scope<'_, W>,
) -> Option<W::Request>
where
    W: World<Classifier: Repeat<<W as World>::Request>>,
{
    if arm.always_fails() {
        return None;
    }
    scope.copy(request.as_ref()).or_else(|| request.take())
}
