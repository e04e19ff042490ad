//! A service whose type is forgotten: one the host registered under a name, or the wrapped one as a
//! host layer sees it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use tower_service::Service;

type Answer<Res, Err> = Pin<Box<dyn Future<Output = Result<Res, Err>> + Send>>;

/// A boxed service that can be cloned and shared between threads.
pub struct BoxedService<Req, Res, Err>(Box<dyn Cloneable<Req, Res, Err>>);

trait Cloneable<Req, Res, Err>: Send + Sync {
    fn boxed_clone(&self) -> Box<dyn Cloneable<Req, Res, Err>>;
    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), Err>>;
    fn call(&mut self, request: Req) -> Answer<Res, Err>;
}

impl<Req, Res, Err, S> Cloneable<Req, Res, Err> for S
where
    S: Service<Req, Response = Res, Error = Err, Future: Send + 'static>
        + Clone
        + Send
        + Sync
        + 'static,
{
    fn boxed_clone(&self) -> Box<dyn Cloneable<Req, Res, Err>> {
        Box::new(self.clone())
    }

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), Err>> {
        Service::poll_ready(self, task)
    }

    fn call(&mut self, request: Req) -> Answer<Res, Err> {
        Box::pin(Service::call(self, request))
    }
}

impl<Req, Res, Err> BoxedService<Req, Res, Err> {
    pub(super) fn new<S>(service: S) -> Self
    where
        S: Service<Req, Response = Res, Error = Err, Future: Send + 'static>
            + Clone
            + Send
            + Sync
            + 'static,
    {
        Self(Box::new(service))
    }

    /// For a service that may be sent but not shared, as the wrapped one of any tower stack.
    pub(super) fn synced<S>(service: S) -> Self
    where
        S: Service<Req, Response = Res, Error = Err, Future: Send + 'static>
            + Clone
            + Send
            + 'static,
    {
        Self::new(Synced(Mutex::new(service)))
    }
}

impl<Req, Res, Err> Service<Req> for BoxedService<Req, Res, Err> {
    type Response = Res;
    type Error = Err;
    type Future = Answer<Res, Err>;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), Err>> {
        self.0.poll_ready(task)
    }

    fn call(&mut self, request: Req) -> Answer<Res, Err> {
        self.0.call(request)
    }
}

impl<Req, Res, Err> Clone for BoxedService<Req, Res, Err> {
    fn clone(&self) -> Self {
        Self(self.0.boxed_clone())
    }
}

impl<Req, Res, Err> fmt::Debug for BoxedService<Req, Res, Err> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("BoxedService").finish_non_exhaustive()
    }
}

/// Makes a service shareable. The lock is taken for cloning alone: a call has the service to itself.
struct Synced<S>(Mutex<S>);

impl<S: Clone> Clone for Synced<S> {
    fn clone(&self) -> Self {
        let service = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Self(Mutex::new(service.clone()))
    }
}

impl<S: Service<Req>, Req> Service<Req> for Synced<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        let service = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        service.poll_ready(task)
    }

    fn call(&mut self, request: Req) -> S::Future {
        let service = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        service.call(request)
    }
}
