//! What it costs to read a parameter that can be set while requests run, beside `arc_swap::load`, and
//! what a write costs.

use arc_swap::ArcSwap;
use criterion::{Criterion, criterion_group, criterion_main};
use ninelives::circuit_breaker::CircuitBreakerLayer;
use ninelives::retry::RetryLayer;
use std::hint::black_box;

fn parameters(criterion: &mut Criterion) {
    let retry = RetryLayer::new(3);
    let breaker = CircuitBreakerLayer::new();
    let swap = ArcSwap::from_pointee(3_u32);
    let mut group = criterion.benchmark_group("a parameter");
    group.bench_function("read", |bencher| {
        bencher.iter(|| black_box(&retry).max_attempts().get());
    });
    group.bench_function("two that belong together, read", |bencher| {
        bencher.iter(|| black_box(&breaker).sample());
    });
    group.bench_function("arc_swap, load", |bencher| bencher.iter(|| **black_box(&swap).load()));
    group.bench_function("written", |bencher| {
        bencher.iter(|| black_box(&retry).max_attempts().set(black_box(4)));
    });
    group.finish();
}

criterion_group!(benches, parameters);
criterion_main!(benches);
