//! A service with a policy from text around it.
//!
//! [`Guarded`] and [`Running`] do the work. Their own types would name the service twice here, and
//! then `tokio::spawn(async { … })` does not compile where the service's type has a `dyn` in it, as
//! the error `tower::BoxError` has: the compiler takes the two for different ones. So what users
//! hold names it once.

use super::calls::Judge;
use super::live::{Hold, Live};
use crate::edge::{Guarded, Running};
use crate::world::{Lifted, Mode, On};
use pin_project_lite::pin_project;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use tower_service::Service;

/// The world of a service under a policy from text.
pub(super) type WorldOf<S, Req, M> =
    On<S, Req, Judge<Req, <S as Service<Req>>::Response, <S as Service<Req>>::Error, M>, M>;

/// A service with a policy from text around it: what
/// [`TextPolicy::layer`](tower_layer::Layer::layer) gives. It behaves as [`Guarded`] does, with the
/// text in force at each call.
///
/// # Clone
/// A clone shares the policy's state and clones the service.
pub struct TextGuarded<S, Req, M = Lifted>
where
    S: Service<Req> + Clone,
    M: Mode<S::Error>,
{
    guarded: Guarded<Live<WorldOf<S, Req, M>>, S, Judge<Req, S::Response, S::Error, M>, M>,
}

pin_project! {
    /// One request under a policy from text, on the stack it was made under.
    ///
    /// # Cancellation
    /// As [`Running`]'s: dropping it gives back at once what the request holds.
    #[must_use = "futures do nothing unless polled"]
    pub struct TextRunning<S, Req, M>
    where
        S: Service<Req>,
        S: Clone,
        M: Mode<S::Error>,
    {
        #[pin]
        running: Running<Hold<WorldOf<S, Req, M>>, WorldOf<S, Req, M>>,
    }
}

impl<S, Req, M> TextGuarded<S, Req, M>
where
    S: Service<Req> + Clone,
    M: Mode<S::Error>,
{
    pub(super) const fn new(
        guarded: Guarded<Live<WorldOf<S, Req, M>>, S, Judge<Req, S::Response, S::Error, M>, M>,
    ) -> Self {
        Self { guarded }
    }

    /// The wrapped service.
    pub fn get_ref(&self) -> &S {
        self.guarded.get_ref()
    }

    /// The wrapped service, for configuring it; what it was polled ready for is forgotten. A host
    /// layer of the text keeps the service as it was.
    pub fn get_mut(&mut self) -> &mut S {
        self.guarded.get_mut()
    }

    /// Takes the policy off.
    pub fn into_inner(self) -> S {
        self.guarded.into_inner()
    }

    /// Sends one request with a fresh clone of the service; `&self`, so a shared client needs no
    /// lock. Dropping the future cancels the request, which begins at its first poll, on the text that
    /// is in force now.
    pub fn send(&self, request: Req) -> TextRunning<S, Req, M> {
        TextRunning { running: self.guarded.send(request) }
    }
}

impl<S, Req, M> Service<Req> for TextGuarded<S, Req, M>
where
    S: Service<Req> + Clone,
    M: Mode<S::Error>,
{
    type Response = S::Response;
    type Error = M::Error;
    type Future = TextRunning<S, Req, M>;

    #[inline]
    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), M::Error>> {
        self.guarded.poll_ready(task)
    }

    #[inline]
    fn call(&mut self, request: Req) -> Self::Future {
        TextRunning { running: self.guarded.call(request) }
    }
}

impl<S, Req, M> Future for TextRunning<S, Req, M>
where
    S: Service<Req> + Clone,
    M: Mode<S::Error>,
{
    type Output = Result<S::Response, M::Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().running.poll(task)
    }
}

impl<S, Req, M> Clone for TextGuarded<S, Req, M>
where
    S: Service<Req> + Clone,
    M: Mode<S::Error>,
{
    fn clone(&self) -> Self {
        Self::new(self.guarded.clone())
    }
}

impl<S, Req, M> fmt::Debug for TextGuarded<S, Req, M>
where
    S: Service<Req> + Clone + fmt::Debug,
    M: Mode<S::Error>,
{
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("TextGuarded")
            .field("service", self.guarded.get_ref())
            .finish_non_exhaustive()
    }
}
