//! The operators of the language: `|` ([`Or`]), `&` ([`And`]), and the shared right neighbour of a
//! group ([`Tail`]). `+` needs no node: [`Then`](crate::node::Then) puts one inside the other.

pub mod and;
mod arms;
pub mod or;
mod tail;

pub use and::{And, AndRun, Joined, join};
pub use arms::{
    Arm, ArmRuns, Arms, End, Failure, IntoArms, Join, List, Progress, Raced, Slot, ThenEach,
    Verdict,
};
pub use or::{Or, OrRun};
pub use tail::Tail;
