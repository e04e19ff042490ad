//! [`Policy`](struct@Policy): a plan that is a `tower::Layer`, guards closures, and composes with `+`, `|`, `&`.

mod constructors;
mod operators;

pub use constructors::{
    bulkhead, circuit_breaker, fail, fallback, fallback_with, hedge, pass, retry, timeout, to,
};

use crate::classify::{Classify, Plain};
use crate::edge::{Guarded, Plan, Running};
use crate::error::Fault;
use crate::node::Node;
use crate::scope::Readiness;
use crate::telemetry::Telemetry;
use crate::world::{Closure, Direct, Flat, Lifted, Mode};
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use tower_layer::Layer;

/// A policy: what `policy!(…)` makes, what the constructors ([`timeout`], …) give, what the
/// operators compose.
///
/// It is a `tower::Layer`; around a closure it needs no tower: [`run`](Policy::run).
///
/// # Operators
/// `A + B` is `A` outside `B`, `A | B` is `B` when `A` fails, `A & B` is both at once. They make the
/// types that `policy!` makes, but Rust lets `+` bind tighter than `&` and `&` tighter than `|`: where
/// the language has `a + b & c`, write `a + (b & c)`.
///
/// A declared policy is a part like any other, and shares its state with what it is composed into.
/// One that ends with a host layer ([`over`](Policy::over)) can only stand innermost, right of a `+`.
///
/// A policy has one classifier, for the whole of it. So there are no operators between policies that
/// have another than [`Plain`], or whose errors are [`flat`](Policy::flat): compose first, then
/// classify, as in `(timeout(…) + retry(3)).classify(Http)`.
///
/// # Clone
/// Clones, and all services made of one policy, share its state: one breaker, one bulkhead.
///
/// # Examples
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use ninelives_runtime::policy::{fallback_with, timeout};
/// use std::time::Duration;
///
/// let policy = timeout(Duration::from_secs(1)) | fallback_with(|_, _| 7);
/// assert_eq!(policy.run(|| async { Ok::<_, String>(1) }).await, Ok(1));
/// assert_eq!(policy.run(|| async { Err("no".to_owned()) }).await, Ok(7));
/// # }
/// ```
#[must_use = "a policy does nothing until it guards a service or a call; `policy!(…)` makes new \
              state at each evaluation: declare it with `policy! { pub policy name = …; }` to share \
              it"]
pub struct Policy<P, C = Plain, M = Lifted, L = NoLayer> {
    plan: P,
    classifier: C,
    mode: PhantomData<fn() -> M>,
    host: L,
}

/// No host layer between the policy and the service: the usual case.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLayer;

impl<S> Layer<S> for NoLayer {
    type Service = S;

    fn layer(&self, service: S) -> S {
        service
    }
}

/// Makes a policy of one layer, for the operators: `Policy(a) + Policy(b) | Policy(c)`.
#[expect(non_snake_case, reason = "reads as the tuple struct it stands for")]
pub const fn Policy<P>(plan: P) -> Policy<P> {
    Policy { plan, classifier: Plain, mode: PhantomData, host: NoLayer }
}

impl<P> Policy<P> {
    /// A policy of one plan; `Policy(plan)` for short.
    pub const fn new(plan: P) -> Self {
        Policy(plan)
    }
}

impl<P, L> Policy<P, Plain, Lifted, L> {
    /// A policy of one plan around a tower layer of yours; in a constant, where
    /// [`over`](Policy::over) cannot be called.
    pub const fn around(plan: P, layer: L) -> Self {
        Self { plan, classifier: Plain, mode: PhantomData, host: layer }
    }
}

impl<P, C, M, L> Policy<P, C, M, L> {
    /// The same policy with another classifier: what is a failure, what may be repeated.
    ///
    /// The classifier is for all of the policy: [compose first](struct@Policy#operators), then
    /// classify. The type that comes of it is [`Classified`].
    pub fn classify<D>(self, classifier: D) -> Policy<P, D, M, L> {
        Policy { plan: self.plan, classifier, mode: PhantomData, host: self.host }
    }

    /// The same policy for services whose error can hold a refusal of ours ([`Fault`]):
    /// `tower::BoxError`, an enum of yours, the error of an inner policy. It is the last word, as
    /// [`classify`](Policy::classify) is. The type that comes of it is [`Flattened`].
    ///
    /// # Spawning
    /// Where the type of the wrapped service spells `tower::BoxError` out, as that of a closure or
    /// of a `BoxCloneService` does, the compiler refuses
    /// `tokio::spawn(async move { service.oneshot(request).await })`: "implementation of `Fault` is
    /// not general enough". (With [`to`](crate::to) around such a service it refuses it without
    /// `flat` too: "one type is more general than the other".) Spawn the future itself, or forget
    /// the type of the guarded service; what would be a closure for [`run`](Policy::run) is a
    /// `service_fn` then:
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use ninelives_runtime::policy::timeout;
    /// use std::time::Duration;
    /// use tower::util::BoxCloneService;
    /// use tower::{BoxError, Layer, ServiceExt, service_fn};
    ///
    /// let double = service_fn(|n: u32| async move { Ok::<_, BoxError>(2 * n) });
    /// let service = timeout(Duration::from_secs(1)).flat().layer(double);
    /// let spawned = tokio::spawn(service.clone().oneshot(1));
    /// assert_eq!(spawned.await.unwrap().unwrap(), 2);
    ///
    /// let service = BoxCloneService::new(service);
    /// let spawned = tokio::spawn(async move { service.oneshot(2).await });
    /// assert_eq!(spawned.await.unwrap().unwrap(), 4);
    /// # }
    /// ```
    pub fn flat(self) -> Policy<P, C, Flat, L> {
        Policy { plan: self.plan, classifier: self.classifier, mode: PhantomData, host: self.host }
    }

    /// The same policy around a tower layer of yours, which is applied to the service first:
    /// `… + @layer`. What it gives can still stand innermost: `retry(3) + policy.over(layer)`.
    pub fn over<N>(self, layer: N) -> Policy<P, C, M, N> {
        Policy { plan: self.plan, classifier: self.classifier, mode: PhantomData, host: layer }
    }

    /// The plan, for reading and setting its parameters: a single layer itself, of a composed
    /// policy the outermost part.
    ///
    /// The layers inside are not reached from here. But a layer is a handle, whose clones share its
    /// state: keep a clone of the one to be reached, as
    /// [`circuit_breaker`](crate::circuit_breaker#examples) shows. In `policy!` the layer is declared
    /// for that, and the policies refer to it by its name:
    ///
    /// ```text
    /// mod policies {
    ///     ninelives::policy! {
    ///         pub policy breaker = circuit_breaker;
    ///         pub policy search = timeout(1s) + breaker;
    ///     }
    /// }
    /// policies::breaker.plan().force_open();
    /// ```
    ///
    /// A [`Registry`](crate::registry::Registry) finds every layer by its path, those of policies from
    /// text included.
    pub fn plan(&self) -> &P::Part
    where
        P: Plan,
    {
        self.plan.part()
    }

    /// Reports into a sink, or into a [`Telemetry`] that others report into too: what becomes of the
    /// requests, and what all layers do. In place: the layers' clones report as well, and a declared
    /// policy does wherever it is used. The type that comes of it is [`Reported`], for a declared
    /// policy its own.
    ///
    /// The requests of a policy that is a part of another one are reported by that other one.
    ///
    /// ```
    /// use ninelives_runtime::policy::{Policy, Reported, retry};
    /// use ninelives_runtime::retry::Retry;
    /// use ninelives_runtime::telemetry::MemorySink;
    ///
    /// struct Client {
    ///     policy: Reported<Policy<Retry>>,
    /// }
    ///
    /// let client = Client { policy: retry(3).with_sink(MemorySink::new(100)) };
    /// # let _ = client.policy;
    /// ```
    pub fn with_sink(self, sink: impl Into<Telemetry>) -> Policy<P::Reporting, C, M, L>
    where
        P: Plan,
    {
        Policy {
            plan: self.plan.reporting(&sink.into()),
            classifier: self.classifier,
            mode: PhantomData,
            host: self.host,
        }
    }
}

impl<P: Plan, C: Clone, M> Policy<P, C, M> {
    /// Guards one async closure, which may borrow. It is called once per attempt, so it must be
    /// able to start over; the requests it stands for are taken to be repeatable.
    ///
    /// The request begins at the first poll of the future: deadlines run from then on, and before it
    /// nothing is held and the closure is not called.
    ///
    /// The future borrows the policy, except a declared one, whose handle is static. To spawn it, give
    /// the task a clone, which shares the state:
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use ninelives_runtime::policy::retry;
    ///
    /// let policy = retry(3);
    /// let task = tokio::spawn({
    ///     let policy = policy.clone();
    ///     async move { policy.run(|| async { Ok::<_, String>(1) }).await }
    /// });
    /// assert_eq!(task.await.unwrap(), Ok(1));
    /// # }
    /// ```
    ///
    /// # Cancellation
    /// Dropping the future drops the attempt that runs and gives back what the policy holds.
    ///
    /// # Panics
    /// The future panics as that of [`Guarded`] does.
    pub fn run<F, Fut, T, E>(&self, call: F) -> Running<&P::Root, Direct<F, C, M>>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, E>>,
        M: Mode<E>,
        C: Classify<T, <M::Error as Fault>::Service>,
        P::Root: Node<Direct<F, C, M>>,
    {
        let (plan, classifier) = (self.plan.root(), self.classifier.clone());
        Running::new(plan, classifier, Closure(call), Readiness::Ready, ())
    }
}

impl<P, C, M, L, S> Layer<S> for Policy<P, C, M, L>
where
    P: Plan,
    C: Clone,
    L: Layer<S>,
{
    type Service = Guarded<P::Handle, L::Service, C, M>;

    fn layer(&self, service: S) -> Self::Service {
        Guarded::new(self.plan.handle(), self.host.layer(service), self.classifier.clone())
    }
}

/// What [`Classified`], [`Flattened`] and [`Reported`] need to know of a policy's type.
pub trait Typed {
    /// It with another classifier.
    type Classified<D>;
    /// It with flat errors.
    type Flattened;
    /// It with a sink.
    type Reported;
}

impl<P: Plan, C, M, L> Typed for Policy<P, C, M, L> {
    type Classified<D> = Policy<P, D, M, L>;
    type Flattened = Policy<P, C, Flat, L>;
    type Reported = Policy<P::Reporting, C, M, L>;
}

/// The type that [`classify`](Policy::classify) makes of the policy `P`, for a field or an alias.
///
/// ```
/// use ninelives_runtime::classify::Plain;
/// use ninelives_runtime::policy::{Classified, Flattened, Policy, retry};
/// use ninelives_runtime::retry::Retry;
///
/// // Written with the macro: `Classified<policy!(<retry(3)>), Http>`.
/// struct Client {
///     policy: Flattened<Classified<Policy<Retry>, Plain>>,
/// }
///
/// let client = Client { policy: retry(3).classify(Plain).flat() };
/// # let _ = client.policy;
/// ```
pub type Classified<P, C> = <P as Typed>::Classified<C>;

/// The type that [`flat`](Policy::flat) makes of the policy `P`, for a field or an alias.
pub type Flattened<P> = <P as Typed>::Flattened;

/// The type that [`with_sink`](Policy::with_sink) makes of the policy `P`, for a field or an alias.
pub type Reported<P> = <P as Typed>::Reported;

impl<P: Clone, C: Clone, M, L: Clone> Clone for Policy<P, C, M, L> {
    fn clone(&self) -> Self {
        Self {
            plan: self.plan.clone(),
            classifier: self.classifier.clone(),
            mode: PhantomData,
            host: self.host.clone(),
        }
    }
}

impl<P: Copy, C: Copy, M, L: Copy> Copy for Policy<P, C, M, L> {}

impl<P: fmt::Debug, C, M, L> fmt::Debug for Policy<P, C, M, L> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Policy").field(&self.plan).finish()
    }
}
