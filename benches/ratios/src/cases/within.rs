//! Under tokio: what is asked inside of `block_on`, with the wakers of a runtime.

use ninelives::policy;
use ninelives_measure::request::{AtOnce, Service, Yielding};
use ninelives_measure::{Case, tower_stack};
use std::future::poll_fn;
use std::hint::black_box;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::runtime::{Builder, Runtime};
use tower::Layer;

/// Calls an async function, one call after another, in one `block_on`.
pub(super) fn case<F>(name: &'static str, runtime: &Arc<Runtime>, function: F) -> Case
where
    F: AsyncFnMut() -> bool + Clone + Send + 'static,
{
    let runtime = runtime.clone();
    Case::new(name, move || {
        let (runtime, mut function) = (runtime.clone(), function.clone());
        move |requests| {
            runtime.block_on(async {
                let mut answered = 0;
                for _ in 0..requests {
                    answered += u64::from(function().await);
                }
                answered
            })
        }
    })
}

/// Waits for readiness, and for the answer; whether there was one.
pub(super) async fn ask<S: tower::Service<R>, R>(service: &mut S, request: R) -> bool {
    poll_fn(|task| service.poll_ready(task)).await.is_ok()
        && service.call(black_box(request)).await.is_ok()
}

/// A service of a type that only these cases have. A program calls a stack in one place, where the
/// compiler puts it; were it called here as well, all cases of that stack would call what they
/// otherwise contain.
#[derive(Clone)]
struct Here<S>(S);

impl<S: Service> tower::Service<u64> for Here<S> {
    type Response = u64;
    type Error = S::Error;
    type Future = S::Future;

    #[inline]
    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(task)
    }

    #[inline]
    fn call(&mut self, request: u64) -> S::Future {
        self.0.call(request)
    }
}

pub(super) fn cases() -> io::Result<[Case; 4]> {
    fn service<S: Service>(name: &'static str, runtime: &Arc<Runtime>, mut service: S) -> Case {
        case(name, runtime, async move || ask(&mut service, 7).await)
    }
    // Without the driver of sockets, which would ask the system at each yield.
    let runtime = Arc::new(Builder::new_current_thread().enable_time().build()?);
    let r3 = policy!(timeout(1s) + retry(3) + bulkhead(64));
    Ok([
        service("compiled R3, block_on", &runtime, r3.layer(Here(AtOnce))),
        service("compiled R3, one yield, block_on", &runtime, r3.layer(Here(Yielding))),
        service("tower R3, block_on", &runtime, tower_stack::r3(Here(AtOnce))),
        service("tower R3, one yield, block_on", &runtime, tower_stack::r3(Here(Yielding))),
    ])
}
