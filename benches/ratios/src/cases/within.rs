//! Under tokio: what is asked inside of `block_on`, with the wakers of a runtime.

use super::layers::declared;
use super::text;
use ninelives::policy;
use ninelives_measure::request::{AtOnce, Service, Yielding};
use ninelives_measure::{Case, tower_stack};
use std::error::Error;
use std::future::poll_fn;
use std::hint::black_box;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::runtime::{Builder, Runtime};
use tower::Layer;

/// Calls an async function, one call after another, in one `block_on` of what `runtime` gives each handle.
pub(super) fn case<F, R>(name: impl Into<String>, runtime: R, function: F) -> Case
where
    F: AsyncFnMut() -> bool + Clone + Send + 'static,
    R: Fn() -> io::Result<Arc<Runtime>> + 'static,
{
    Case::new(name, move || {
        let (runtime, mut function) = (runtime(), function.clone());
        move |requests| {
            // Without a runtime nothing is answered, which fails the case.
            runtime.as_ref().map_or(0, |runtime| {
                runtime.block_on(async {
                    let mut answered = 0;
                    for _ in 0..requests {
                        answered += u64::from(function().await);
                    }
                    answered
                })
            })
        }
    })
}

/// Waits for readiness, and for the answer; whether there was one.
pub(super) async fn ask<S: tower::Service<R>, R>(service: &mut S, request: R) -> bool {
    poll_fn(|task| service.poll_ready(task)).await.is_ok()
        && service.call(black_box(request)).await.is_ok()
}

/// A service of a type that only these cases have, and those beside reloads. A program calls a stack in one place, where the
/// compiler puts it; were it called here as well, all cases of that stack would call what they
/// otherwise contain.
#[derive(Clone)]
pub(super) struct Here<S>(pub(super) S);

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

/// One for each thread, without the driver of sockets, which would ask the system at each yield.
fn runtime() -> io::Result<Arc<Runtime>> {
    Builder::new_current_thread().enable_time().build().map(Arc::new)
}

/// As [`Case::both`].
fn both<L>(name: &str, layer: L) -> [Case; 2]
where
    L: Layer<Here<AtOnce>, Service: Service> + Layer<Here<Yielding>, Service: Service>,
{
    fn service(name: String, mut service: impl Service) -> Case {
        case(name, runtime, async move || ask(&mut service, 7).await)
    }
    [
        service(format!("{name}, block_on"), layer.layer(Here(AtOnce))),
        service(format!("{name}, one yield, block_on"), layer.layer(Here(Yielding))),
    ]
}

pub(super) fn cases() -> Result<impl Iterator<Item = Case>, Box<dyn Error>> {
    let r3 = policy!(timeout(1s) + retry(3) + bulkhead(64));
    let r5 = policy!(
        bulkhead(64) + timeout(1s) + retry(3) + timeout(250ms) + circuit_breaker(consecutive = 5)
    );
    let cases = [
        both("compiled R3", r3),
        both("compiled R5", r5),
        both("text R3", text::policy("r3")?),
        both("tower R3", tower_stack::r3()),
        both("tower R5", tower_stack::r5()),
        both("pass", declared::edge),
    ];
    Ok(cases.into_iter().flatten())
}
