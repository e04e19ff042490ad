//! `+`, `|`, `&` between policies: the same types that `policy!` makes.
//!
//! Rust gives these operators its own precedence: `+` binds tighter than `&`, `&` tighter than `|`.
//! In the language of `policy!` and of `.nl` files `&` binds tighter than `+`. So
//! `a + b & c` is `(a + b) & c` here and `a + (b & c)` there: write the parentheses.

use super::Policy;
use crate::combine::{IntoArms, Join, Joined, Or, join};
use crate::node::Then;
use std::ops::{Add, BitAnd, BitOr};

/// `A + B`: `A` outside `B`. A terminal on the left keeps itself: `fail + A` is `fail`.
impl<A: Then<B>, B> Add<Policy<B>> for Policy<A> {
    type Output = Policy<A::Out>;

    fn add(self, inner: Policy<B>) -> Self::Output {
        Policy(self.plan.then(inner.plan))
    }
}

/// `A | B`: `B` when `A` fails.
impl<A, B> BitOr<Policy<B>> for Policy<A> {
    type Output = Policy<Or<A, B>>;

    fn bitor(self, right: Policy<B>) -> Self::Output {
        Policy(Or::new(self.plan, right.plan))
    }
}

/// `A & B`: both at once, the first success wins.
impl<A, B> BitAnd<Policy<B>> for Policy<A>
where
    A: IntoArms<Arms: Join<B::Arms>>,
    B: IntoArms,
{
    type Output = Policy<Joined<A, B>>;

    fn bitand(self, right: Policy<B>) -> Self::Output {
        Policy(join(self.plan, right.plan))
    }
}
