//! The operators of the language: `|` ([`Or`]), `&` ([`And`]), and the shared right neighbour of a
//! group ([`Tail`]). `+` needs no node: [`Then`](crate::node::Then) puts one inside the other.
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
//! What stands right of a group is shared by its arms: one layer, one state.

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
