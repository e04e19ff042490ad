//! What a node knows of the service around which it runs: one parameter instead of eight.

use crate::classify::Classify;
use crate::error::Fault;
use std::future::Future;
use std::marker::PhantomData;
use std::task::{Context, Poll};
use tower_service::Service;

/// The service, its request, its outcome and the classifier, bundled: a node takes one `W`.
pub trait World: Sized {
    /// What is asked.
    type Request;
    /// What is answered.
    type Response;
    /// The service's own error.
    type Raw;
    /// The error that leaves the policy: the service's, or a refusal of ours.
    type Error: Fault;
    /// The wrapped service.
    type Service: Service<Self::Request, Response = Self::Response, Error = Self::Raw>;
    /// Says what an outcome is.
    type Classifier: Classify<Self::Response, <Self::Error as Fault>::Service>;

    /// Makes the policy's error of the service's own.
    fn lift(raw: Self::Raw) -> Self::Error;

    /// Replaces a readied instance by a fresh one, so that a run that has to wait before its first
    /// call does not sit on the readiness of the service.
    fn renew(service: &mut Self::Service);
}

/// How the service's error becomes the policy's: chosen by type, since it cannot be detected.
pub trait Mode<Raw> {
    /// The policy's error.
    type Error: Fault;

    /// The conversion.
    fn lift(raw: Raw) -> Self::Error;
}

/// The default: errors become [`PolicyError`](crate::error::PolicyError).
#[derive(Clone, Copy, Debug, Default)]
pub struct Lifted;

/// For errors that can hold a refusal of ours already ([`Fault`]): `tower::BoxError`, a user's
/// enum, the error of an inner policy.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flat;

impl<E> Mode<E> for Lifted {
    type Error = crate::error::PolicyError<E>;

    fn lift(raw: E) -> Self::Error {
        crate::error::PolicyError::Service(raw)
    }
}

impl<E: Fault> Mode<E> for Flat {
    type Error = E;

    fn lift(raw: E) -> E {
        raw
    }
}

/// The world of a tower service `S`.
pub struct On<S, Req, C, M>(PhantomData<fn(Req) -> (S, C, M)>);

impl<S, Req, C, M> World for On<S, Req, C, M>
where
    S: Service<Req> + Clone,
    M: Mode<S::Error>,
    C: Classify<S::Response, <M::Error as Fault>::Service>,
{
    type Request = Req;
    type Response = S::Response;
    type Raw = S::Error;
    type Error = M::Error;
    type Service = S;
    type Classifier = C;

    #[inline]
    fn lift(raw: S::Error) -> M::Error {
        M::lift(raw)
    }

    #[inline]
    fn renew(service: &mut S) {
        *service = service.clone();
    }
}

/// The world of a closure: `policy.run(|| async { … })`.
pub struct Direct<F, C, M>(PhantomData<fn() -> (F, C, M)>);

/// A closure as the service of a [`Direct`] world: always ready.
#[derive(Clone, Copy, Debug)]
pub struct Closure<F>(pub(crate) F);

impl<F, Fut, T, E> Service<()> for Closure<F>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    type Response = T;
    type Error = E;
    type Future = Fut;

    #[inline]
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), E>> {
        Poll::Ready(Ok(()))
    }

    #[inline]
    fn call(&mut self, (): ()) -> Fut {
        (self.0)()
    }
}

impl<F, Fut, T, E, C, M> World for Direct<F, C, M>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, E>>,
    M: Mode<E>,
    C: Classify<T, <M::Error as Fault>::Service>,
{
    type Request = ();
    type Response = T;
    type Raw = E;
    type Error = M::Error;
    type Service = Closure<F>;
    type Classifier = C;

    #[inline]
    fn lift(raw: E) -> M::Error {
        M::lift(raw)
    }

    #[inline]
    fn renew(_: &mut Closure<F>) {}
}
