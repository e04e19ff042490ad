//! What an event costs all the way into a sink: reported, taken out of the ring, written. One for each sink of
//! this crate; each must take less than 10 µs an event, or the program fails.
//!
//! `cargo bench --bench telemetry --features tracing`. With this feature every request has a span, so what a
//! request pays is measured without it, by `benches/ratios`.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark says what it measures, and ends where it cannot"
)]

use ninelives::telemetry::{EventKind, Fact, Reporter};
use ninelives::{
    Class, LogSink, MemorySink, NullSink, PolicyEvent, Sink, StreamingSink, Telemetry,
    TelemetrySink,
};
use std::future::ready;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant as Time;
use tower::service_fn;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// So many events fit into the ring, and are taken out of it.
const ROUND: u16 = 1_000;
const ROUNDS: usize = 501;
const LONGEST: Duration = Duration::from_micros(10);

static LINES: AtomicU64 = AtomicU64::new(0);

/// Counts lines, and throws them away.
struct Away;

impl Write for Away {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LINES.fetch_add(1, Ordering::Relaxed);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What an event takes, in the median of the rounds.
fn measure(runtime: &Runtime, name: &str, sink: impl TelemetrySink) -> Duration {
    let telemetry = Telemetry::with_capacity(sink, ROUND);
    let reporter = Reporter::new("search.retry".into());
    reporter.attach(&telemetry);
    let mut rounds: Vec<_> = (0..ROUNDS).map(|_| round(runtime, &telemetry, &reporter)).collect();
    let counts = telemetry.counts();
    assert_eq!(counts.delivered, ROUNDS as u64 * u64::from(ROUND), "{name}: {counts:?}");
    rounds.sort_unstable();
    let median = *rounds.get(ROUNDS / 2).unwrap() / u32::from(ROUND);
    println!("{name:<15} {median:>10?}");
    median
}

/// As many events as there is room for, each of what says most: a class, a wait, a number, a latency.
fn round(runtime: &Runtime, telemetry: &Telemetry, reporter: &Reporter) -> Duration {
    let wait = Duration::from_millis(61);
    let kind = EventKind::RetryAttempt { class: Class::Transient, wait };
    let at = Time::now();
    let fact = Fact::new(kind).attempt(1).since(at - wait);
    runtime.block_on(async {
        let began = Instant::now();
        for _ in 0..ROUND {
            reporter.report(at, fact);
        }
        telemetry.flush().await;
        began.elapsed()
    })
}

fn main() -> ExitCode {
    // As a program has it whose events are logged by the sink: those of the requests' spans are not.
    let ours = Targets::new().with_target("ninelives::log", LevelFilter::DEBUG);
    tracing_subscriber::registry().with(ours).with(layer().with_writer(|| Away)).init();
    let runtime = Builder::new_current_thread().build().unwrap();
    let streaming = StreamingSink::new(1_024);
    // Stays, and is too slow: what a sink does for one, it does for this one.
    let _subscriber = streaming.subscribe();
    let refusing = service_fn(|_: PolicyEvent| ready(Err::<(), _>("refused")));
    let memory = || MemorySink::new(1_024);

    println!("{:<15} {:>10}", "an event into", "takes");
    let logged = measure(&runtime, "LogSink", LogSink);
    assert_eq!(LINES.load(Ordering::Relaxed), ROUNDS as u64 * u64::from(ROUND), "each is a line");
    let medians = [
        logged,
        measure(&runtime, "NullSink", NullSink),
        measure(&runtime, "MemorySink", memory()),
        measure(&runtime, "StreamingSink", streaming.clone()),
        measure(&runtime, "MulticastSink", Sink(memory()) + Sink(streaming)),
        measure(&runtime, "FallbackSink", Sink(refusing) | Sink(memory())),
    ];
    if medians.iter().any(|median| *median >= LONGEST) {
        println!("an event must take less than {LONGEST:?}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
