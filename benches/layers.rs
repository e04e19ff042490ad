//! What a policy costs around a service that answers at once, beside the bare service. The peers are
//! held against it in `benches/ratios`.

#![allow(deprecated, reason = "each layer alone: the checker warns of some")]

use criterion::{Criterion, criterion_group, criterion_main};
use ninelives::{Calls, Host, PolicyBook, policy};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use tower::{Layer, Service};

#[derive(Clone)]
struct AtOnce;

impl Service<u64> for AtOnce {
    type Response = u64;
    type Error = Infallible;
    type Future = Ready<Result<u64, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: u64) -> Self::Future {
        ready(Ok(request))
    }
}

mod policies {
    ninelives::policy! {
        pub policy shared = timeout(1s) + retry(3) + bulkhead(64);
    }
}

fn one_request<S: Service<u64, Response = u64>>(service: &mut S) -> u64 {
    let mut task = Context::from_waker(Waker::noop());
    let _ = black_box(service.poll_ready(&mut task));
    let answer = pin!(service.call(black_box(7)));
    match answer.poll(&mut task) {
        Poll::Ready(Ok(answer)) => answer,
        _ => 0,
    }
}

fn layers(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let _inside = runtime.as_ref().map(tokio::runtime::Runtime::enter);
    let mut group = criterion.benchmark_group("ready");
    let mut case = |name: &str, mut request: Box<dyn FnMut() -> u64>| {
        group.bench_function(name, |bencher| bencher.iter(&mut request));
    };
    macro_rules! case {
        ($name:literal, $service:expr) => {{
            let mut service = $service;
            case($name, Box::new(move || one_request(&mut service)));
        }};
    }
    case!("bare", AtOnce);
    case!(
        "policy! timeout+retry+bulkhead",
        policy!(timeout(1s) + retry(3) + bulkhead(64)).layer(AtOnce)
    );
    case!("declared timeout+retry+bulkhead", policies::shared.layer(AtOnce));
    let book = PolicyBook::from_text(
        "policy p = timeout(1s) + retry(3) + bulkhead(64);",
        Host::new().calls(Calls::<u64, u64, Infallible>::new()),
    );
    let loaded = book.ok().and_then(|book| book.policy::<u64, u64, Infallible>("p").ok());
    if let Some(loaded) = loaded {
        case!("loaded timeout+retry+bulkhead", loaded.layer(AtOnce));
    }
    case!("policy! timeout", policy!(timeout(1s)).layer(AtOnce));
    case!("policy! retry", policy!(retry(3)).layer(AtOnce));
    case!("policy! circuit_breaker", policy!(circuit_breaker).layer(AtOnce));
    case!("policy! bulkhead", policy!(bulkhead(64)).layer(AtOnce));
    case!("policy! hedge", policy!(hedge(after = 50ms)).layer(AtOnce));
    case!(
        "policy! five",
        policy!(bulkhead(64) + timeout(1s) + retry(3) + timeout(250ms) + circuit_breaker)
            .layer(AtOnce)
    );
}

criterion_group!(benches, layers);
criterion_main!(benches);
