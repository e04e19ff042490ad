//! What reading policies costs, and how it grows: parse; parse and check, which is what a load does;
//! and the warnings on top. Distinct policies of 55 bytes on average, one thread.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ninelives_dsl::lint::{Settings, warnings};
use ninelives_dsl::load::{Front, Load, load_bytes};
use ninelives_dsl::parse::parse_file;
use ninelives_dsl::source::FileId;
use ninelives_measure::texts::distinct_policies;
use std::hint::black_box;
use std::time::Duration;

/// The last is what one load may hold.
const SIZES: [u32; 3] = [1_000, 10_000, 100_000];
fn load(text: &str) -> Load {
    load_bytes("bench.nl", text.as_bytes(), None, Front::Text)
}

fn reading(criterion: &mut Criterion) {
    for (name, read) in [
        ("parse", (|text| drop(black_box(parse_file(text, FileId::default())))) as fn(&str)),
        ("parse_and_check", |text| drop(black_box(load(text)))),
    ] {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10).measurement_time(Duration::from_secs(8));
        for size in SIZES {
            let text = distinct_policies(size);
            assert!(load(&text).diagnostics.is_empty());
            group.throughput(Throughput::Elements(size.into()));
            let read = |bencher: &mut criterion::Bencher<'_>| bencher.iter(|| read(&text));
            group.bench_function(BenchmarkId::from_parameter(size), read);
        }
        group.finish();
    }
}

/// The warnings of a load that is at hand.
fn lints(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("warnings");
    group.sample_size(10).measurement_time(Duration::from_secs(8));
    for size in SIZES {
        let load = load(&distinct_policies(size));
        group.throughput(Throughput::Elements(size.into()));
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter(|| warnings(&load, &Settings::default()));
        });
    }
    group.finish();
}

criterion_group!(benches, reading, lints);
criterion_main!(benches);
