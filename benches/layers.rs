//! What each layer and each combinator costs around a service that answers at once, and around one that
//! is pending once; whole stacks, declared and from text, beside them. The peers are held against them
//! in `benches/ratios`.
//!
//! `cargo bench --bench layers`

#![allow(deprecated, reason = "each layer alone: the checker warns of some")]

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use ninelives::{Calls, Host, PolicyBook, PolicyError, policy};
use ninelives_measure::request::{AtOnce, Bottom, Down, Service, Yielding, send};
use tower::Layer;

mod declared {
    ninelives::policy! {
        pub policy r3 = timeout(1s) + retry(3) + bulkhead(64);
    }
}

fn bench(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, mut service: impl Service) {
    group.bench_function(name, |bencher| bencher.iter(|| send(&mut service)));
}

fn instead(_: Option<u64>, _: Option<Result<u64, PolicyError<Down>>>) -> u64 {
    7
}

/// Every policy of the table around `service`.
fn around(group: &mut BenchmarkGroup<'_, WallTime>, service: &impl Bottom) {
    macro_rules! bench {
        ($($name:literal: $policy:expr,)+) => {
            bench(group, "bare", service.clone());
            $(bench(group, $name, $policy.layer(service.clone()));)+
        };
    }
    bench! {
        "pass": policy!(pass),
        "timeout": policy!(timeout(1s)),
        "retry": policy!(retry(3)),
        "circuit_breaker, consecutive": policy!(circuit_breaker(consecutive = 5)),
        "circuit_breaker, failure_rate": policy!(circuit_breaker(failure_rate = 50%, window = 100)),
        "bulkhead": policy!(bulkhead(64)),
        "hedge": policy!(hedge(after = 50ms)),
        "fallback, taken": policy!(fail | fallback(@instead)),
        "fallback, not taken": policy!(pass | fallback(@instead)),
        "+": policy!(timeout(1s) + bulkhead(64)),
        "|": policy!(pass | pass),
        "|, taken": policy!(fail | pass),
        "&": policy!(pass & pass),
        "three layers": policy!(timeout(1s) + retry(3) + bulkhead(64)),
        "three layers, declared": declared::r3,
        "five layers": policy!(
            bulkhead(64) + timeout(1s) + retry(3) + timeout(250ms) + circuit_breaker
        ),
    }
    let host = Host::new().calls(Calls::<u64, u64, Down>::new());
    let book = PolicyBook::from_text("policy r3 = timeout(1s) + retry(3) + bulkhead(64);", host);
    if let Ok(r3) = book.map_err(drop).and_then(|book| book.policy("r3").map_err(drop)) {
        bench(group, "three layers, from text", r3.layer(service.clone()));
    }
}

fn layers(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let _inside = runtime.as_ref().map(tokio::runtime::Runtime::enter);
    around(&mut criterion.benchmark_group("ready"), &AtOnce);
    around(&mut criterion.benchmark_group("one yield"), &Yielding);
}

criterion_group!(benches, layers);
criterion_main!(benches);
