//! `+`, `|`, `&` between policies: the same types that `policy!` makes.
//!
//! Rust gives these operators its own precedence: `+` binds tighter than `&`, `&` tighter than `|`.
//! In the language of `policy!` and of `.nl` files `&` binds tighter than `+`. So
//! `a + b & c` is `(a + b) & c` here and `a + (b & c)` there: write the parentheses.

use super::Policy;
use crate::classify::Plain;
use crate::combine::{IntoArms, Join, Joined, Or, join};
use crate::edge::Plan;
use crate::node::Then;
use crate::world::Lifted;
use std::ops::{Add, BitAnd, BitOr};

/// `A + B`: `A` outside `B`. A terminal on the left keeps itself: `fail + A` is `fail`.
impl<A, B, L> Add<Policy<B, Plain, Lifted, L>> for Policy<A>
where
    A: Plan<Part: Then<B::Part>>,
    B: Plan,
{
    type Output = Policy<<A::Part as Then<B::Part>>::Out, Plain, Lifted, L>;

    fn add(self, inner: Policy<B, Plain, Lifted, L>) -> Self::Output {
        Policy::around(self.plan.into_part().then(inner.plan.into_part()), inner.host)
    }
}

/// `A | B`: `B` when `A` fails.
impl<A: Plan, B: Plan> BitOr<Policy<B>> for Policy<A> {
    type Output = Policy<Or<A::Part, B::Part>>;

    fn bitor(self, right: Policy<B>) -> Self::Output {
        Policy(Or::new(self.plan.into_part(), right.plan.into_part()))
    }
}

/// `A & B`: both at once, the first success wins.
impl<A, B> BitAnd<Policy<B>> for Policy<A>
where
    A: Plan<Part: IntoArms<Arms: Join<<B::Part as IntoArms>::Arms>>>,
    B: Plan<Part: IntoArms>,
{
    type Output = Policy<Joined<A::Part, B::Part>>;

    fn bitand(self, right: Policy<B>) -> Self::Output {
        Policy(join(self.plan.into_part(), right.plan.into_part()))
    }
}
