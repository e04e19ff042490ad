//! The services at the bottom of every stack, and the one way in which all stacks are asked.

use std::fmt;
use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// The service's own error. It can exist, or the compiler would drop every path that handles it.
#[derive(Clone, Debug)]
pub struct Down;

impl fmt::Display for Down {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("down")
    }
}

impl std::error::Error for Down {}

/// What every stack is.
pub trait Service: tower::Service<u64, Response = u64> + Clone + Send + 'static {}

impl<S: tower::Service<u64, Response = u64> + Clone + Send + 'static> Service for S {}

/// What stands at the bottom of a stack.
pub trait Bottom:
    tower::Service<u64, Response = u64, Error = Down, Future: Send> + Clone + Send + Sync + 'static
{
}

impl<S> Bottom for S where
    S: tower::Service<u64, Response = u64, Error = Down, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// Answers at once.
#[derive(Clone, Debug)]
pub struct AtOnce;

impl tower::Service<u64> for AtOnce {
    type Response = u64;
    type Error = Down;
    type Future = Ready<Result<u64, Down>>;

    #[inline]
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Down>> {
        Poll::Ready(Ok(()))
    }

    #[inline]
    fn call(&mut self, request: u64) -> Self::Future {
        ready(Ok(request))
    }
}

/// Fails at once, as the call of a service.
pub fn fails(_: u64) -> Ready<Result<u64, Down>> {
    ready(Err(Down))
}

/// Is pending once before it answers, as everything is that reaches a network.
#[derive(Clone, Debug)]
pub struct Yielding;

impl tower::Service<u64> for Yielding {
    type Response = u64;
    type Error = Down;
    type Future = Yield;

    #[inline]
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Down>> {
        Poll::Ready(Ok(()))
    }

    #[inline]
    fn call(&mut self, request: u64) -> Yield {
        Yield { request, yielded: false }
    }
}

/// One request to a [`Yielding`] service.
#[derive(Debug)]
pub struct Yield {
    request: u64,
    yielded: bool,
}

impl Future for Yield {
    type Output = Result<u64, Down>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Result<u64, Down>> {
        if self.yielded {
            return Poll::Ready(Ok(self.request));
        }
        self.yielded = true;
        task.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Asks for readiness, sends a request, and polls it to its end; whether it was answered.
// Always, here and below: what the compiler inlines by its own mind differs from case to case, and where it
// does not, a case pays for the move of its future.
#[inline(always)]
pub fn send<S: Service>(service: &mut S) -> bool {
    let mut task = Context::from_waker(Waker::noop());
    let Poll::Ready(Ok(())) = service.poll_ready(&mut task) else {
        return false;
    };
    finish(service.call(black_box(7))).is_ok()
}

/// Polls to the end, without a runtime's own cost.
#[inline(always)]
pub fn finish<F: Future>(future: F) -> F::Output {
    let mut task = Context::from_waker(Waker::noop());
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut task) {
            return output;
        }
    }
}
