//! The operators of the language: `|` ([`Or`]), `&` ([`And`]), and the shared right neighbour of a
//! group ([`Tail`]). `+` needs no node: [`Then`](crate::node::Then) puts one inside the other.

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
