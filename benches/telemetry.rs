//! What an event costs: one that nobody listens to, and one with a subscriber beside a send of
//! `tokio::sync::broadcast`, which does as much.
//!
//! The last lines are the ratios of the medians of interleaved rounds; the rest is criterion's.

use criterion::{Criterion, criterion_group};
use ninelives::telemetry::{EventKind, Fact, NullSink, PolicyEvent, Reporter, Telemetry};
use std::hint::black_box;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::broadcast;
use tokio::time::Instant as Time;

/// So many events fit into both, and are taken out between two rounds.
const ROUND: u16 = 4_096;

#[expect(clippy::unwrap_used, reason = "without a runtime there is nothing to measure")]
fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

fn fact() -> Fact {
    Fact::new(EventKind::BulkheadAcquired)
}

/// A layer to which somebody listens.
struct Reported {
    runtime: Runtime,
    telemetry: Telemetry,
    reporter: Reporter,
    at: Time,
}

impl Reported {
    fn new() -> Self {
        let telemetry = Telemetry::with_capacity(NullSink, ROUND);
        let reporter = Reporter::new("search.bulkhead".into());
        reporter.attach(&telemetry);
        let this = Self { runtime: runtime(), telemetry, reporter, at: Time::now() };
        // The task is there from now on.
        this.round(1);
        this
    }

    /// Reports so many events; the task, which is awake, takes them out afterwards.
    fn round(&self, events: u16) -> Duration {
        self.runtime.block_on(async {
            self.reporter.report(self.at, fact());
            let began = Instant::now();
            for _ in 1..events {
                if black_box(&self.reporter).listens() {
                    self.reporter.report(black_box(self.at), fact());
                }
            }
            let took = began.elapsed();
            self.telemetry.flush().await;
            took
        })
    }
}

/// The same events, sent to one receiver.
struct Broadcast {
    sender: broadcast::Sender<PolicyEvent>,
    receiver: broadcast::Receiver<PolicyEvent>,
    event: PolicyEvent,
}

impl Broadcast {
    fn new() -> Self {
        let (sender, receiver) = broadcast::channel(ROUND.into());
        let event = PolicyEvent::new("search.bulkhead", EventKind::BulkheadAcquired);
        Self { sender, receiver, event }
    }

    fn round(&mut self, events: u16) -> Duration {
        let began = Instant::now();
        for _ in 1..events {
            let _ = self.sender.send(black_box(&self.event).clone());
        }
        let took = began.elapsed();
        while self.receiver.try_recv().is_ok() {}
        took
    }
}

/// Events to which nobody listens.
fn unheard(reporter: &Reporter, events: u16) -> Duration {
    let began = Instant::now();
    for _ in 1..events {
        if black_box(reporter).listens() {
            reporter.report(Time::now(), fact());
        }
    }
    began.elapsed()
}

fn rounds(iterations: u64, mut round: impl FnMut(u16) -> Duration) -> Duration {
    let whole = iterations / u64::from(ROUND - 1) + 1;
    let took: Duration = (0..whole).map(|_| round(ROUND)).sum();
    took.mul_f64(iterations as f64 / (whole * u64::from(ROUND - 1)) as f64)
}

fn events(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("event");
    let nobody = Reporter::new("search.bulkhead".into());
    group.bench_function("nobody listens", |bencher| {
        bencher.iter_custom(|iterations| rounds(iterations, |events| unheard(&nobody, events)));
    });
    let reported = Reported::new();
    group.bench_function("one subscriber", |bencher| {
        bencher.iter_custom(|iterations| rounds(iterations, |events| reported.round(events)));
    });
    let mut broadcast = Broadcast::new();
    group.bench_function("broadcast send, one subscriber", |bencher| {
        bencher.iter_custom(|iterations| rounds(iterations, |events| broadcast.round(events)));
    });
    group.finish();
}

/// The medians of interleaved rounds, in nanoseconds an event, and their ratio.
#[expect(clippy::print_stdout, reason = "a bench prints what it found")]
fn ratios() {
    const ROUNDS: usize = 501;
    let nobody = Reporter::new("search.bulkhead".into());
    let (reported, mut broadcast) = (Reported::new(), Broadcast::new());
    let mut all = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        let took = [unheard(&nobody, ROUND), reported.round(ROUND), broadcast.round(ROUND)];
        for (all, took) in all.iter_mut().zip(took) {
            all.push(took.as_secs_f64() * 1e9 / f64::from(ROUND - 1));
        }
    }
    let [unheard, heard, sent] = all.map(|mut all: Vec<f64>| {
        all.sort_by(f64::total_cmp);
        all.get(ROUNDS / 2).copied().unwrap_or_default()
    });
    println!("nobody listens: {unheard:.2} ns an event");
    println!(
        "one subscriber: {heard:.2} ns, broadcast send: {sent:.2} ns, ratio {:.2}",
        heard / sent
    );
    assert_eq!(reported.telemetry.counts().lost, 0, "every event found room");
}

criterion_group!(benches, events);

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
    ratios();
}
