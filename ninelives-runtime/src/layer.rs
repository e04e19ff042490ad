//! What every part of a policy is besides a node: a `tower::Layer` by itself, and an arm of `&`.

use crate::bulkhead::Bulkhead;
use crate::call::Call;
use crate::circuit_breaker::CircuitBreaker;
use crate::combine::{And, Arm, End, IntoArms, Or, Tail};
use crate::edge::{Guarded, Plan};
use crate::fail::Fail;
use crate::fallback::Fallback;
use crate::hedge::Hedge;
use crate::node::Shape;
use crate::retry::Retry;
use crate::timeout::Timeout;
use crate::to::To;
use std::sync::Arc;
use tower_layer::Layer;

/// The two implementations cannot be blankets (tower's trait is not ours, and `&` treats lists
/// apart), so each part is named here once.
macro_rules! layers {
    ($([$($generic:ident),*] $layer:ty;)*) => {
        $(
            impl<Wrapped, $($generic),*> Layer<Wrapped> for $layer
            where
                $layer: Shape + Clone,
            {
                type Service = Guarded<Arc<$layer>, Wrapped>;

                fn layer(&self, service: Wrapped) -> Self::Service {
                    Guarded::new(self.handle(), service, crate::classify::Plain)
                }
            }
        )*
    };
}

macro_rules! arms {
    ($([$($generic:ident),*] $layer:ty;)*) => {
        $(
            impl<$($generic),*> IntoArms for $layer {
                type Arms = Arm<Self, End>;

                fn into_arms(self) -> Self::Arms {
                    Arm::new(self, End)
                }
            }
        )*
    };
}

layers! {
    [I] Timeout<I>;
    [I] Retry<I>;
    [I] Bulkhead<I>;
    [I] Hedge<I>;
    [I] CircuitBreaker<I>;
    [H] Fallback<H>;
    [T] To<T>;
    [] Call;
    [] Fail;
    [A, B] Or<A, B>;
    [L] And<L>;
}

arms! {
    [I] Timeout<I>;
    [I] Retry<I>;
    [I] Bulkhead<I>;
    [I] Hedge<I>;
    [I] CircuitBreaker<I>;
    [H] Fallback<H>;
    [T] To<T>;
    [] Call;
    [] Fail;
    [A, B] Or<A, B>;
    [C] Tail<C>;
}
