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
    A: Plan<Root: Then<B::Root>>,
    B: Plan,
{
    type Output = Policy<<A::Root as Then<B::Root>>::Out, Plain, Lifted, L>;

    fn add(self, inner: Policy<B, Plain, Lifted, L>) -> Self::Output {
        Policy::around(self.plan.into_root().then(inner.plan.into_root()), inner.host)
    }
}

/// `A | B`: `B` when `A` fails.
impl<A: Plan, B: Plan> BitOr<Policy<B>> for Policy<A> {
    type Output = Policy<Or<A::Root, B::Root>>;

    fn bitor(self, right: Policy<B>) -> Self::Output {
        Policy(Or::new(self.plan.into_root(), right.plan.into_root()))
    }
}

/// `A & B`: both at once, the first success wins.
impl<A, B> BitAnd<Policy<B>> for Policy<A>
where
    A: Plan<Root: IntoArms<Arms: Join<<B::Root as IntoArms>::Arms>>>,
    B: Plan<Root: IntoArms>,
{
    type Output = Policy<Joined<A::Root, B::Root>>;

    fn bitand(self, right: Policy<B>) -> Self::Output {
        Policy(join(self.plan.into_root(), right.plan.into_root()))
    }
}
