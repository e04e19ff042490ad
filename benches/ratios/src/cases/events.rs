//! Events: one to which nobody listens, and the same loop without it; one to which somebody does, and a
//! send that does as much; and all the way into a sink.

use ninelives::telemetry::{EventKind, Fact, Reporter};
use ninelives::{MemorySink, NullSink, Sink, StreamingSink, Telemetry, TelemetrySink};
use ninelives_measure::{Case, Requests};
use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::broadcast;
use tokio::time::Instant;

/// So many events find room.
const ROOM: u16 = 16_384;

fn fact() -> Fact {
    Fact::new(EventKind::BulkheadAcquired)
}

fn report(reporter: &Reporter, at: impl Fn() -> Instant) {
    let reporter = black_box(reporter);
    if reporter.listens() {
        reporter.report(at(), fact());
    }
}

/// A layer to which a sink listens.
#[derive(Clone)]
struct Heard {
    runtime: Arc<Runtime>,
    telemetry: Telemetry,
    reporter: Arc<Reporter>,
    at: Instant,
}

impl Heard {
    fn new(runtime: &Arc<Runtime>, sink: impl TelemetrySink) -> Self {
        let telemetry = Telemetry::with_capacity(sink, ROOM);
        let reporter = Arc::new(Reporter::new("search.bulkhead".into()));
        reporter.attach(&telemetry);
        Self { runtime: runtime.clone(), telemetry, reporter, at: Instant::now() }
    }

    /// Reports events; how many of them were not lost.
    fn report(&self, events: u64) -> u64 {
        let lost = self.telemetry.counts().lost;
        let _inside = self.runtime.enter();
        for _ in 0..events {
            report(&self.reporter, || self.at);
        }
        events + lost - self.telemetry.counts().lost
    }

    fn deliver(&self) {
        self.runtime.block_on(self.telemetry.flush());
    }
}

/// What a request pays: the delivery is between two runs.
impl Requests for Heard {
    fn run(&mut self, events: u64) -> u64 {
        self.report(events)
    }

    fn rest(&mut self) {
        self.deliver();
    }
}

/// The same events, sent to one receiver.
struct Broadcast {
    sender: broadcast::Sender<[u64; 8]>,
    receiver: broadcast::Receiver<[u64; 8]>,
}

impl Broadcast {
    fn new() -> Self {
        let (sender, receiver) = broadcast::channel(ROOM.into());
        Self { sender, receiver }
    }
}

impl Requests for Broadcast {
    fn run(&mut self, events: u64) -> u64 {
        (0..events).map(|_| u64::from(self.sender.send(black_box([7; 8])).is_ok())).sum()
    }

    fn rest(&mut self) {
        while self.receiver.try_recv().is_ok() {}
    }
}

/// Reported, taken out, and written into the sink, a batch after another. A `subscriber` of the sink
/// stays, and is too slow: what a sink does for one, it does for this one.
fn delivered<S: 'static>(
    name: &'static str,
    runtime: &Arc<Runtime>,
    sink: impl TelemetrySink,
    subscriber: S,
) -> Case {
    const BATCH: u64 = 1_000;
    let heard = Heard::new(runtime, sink);
    Case::new(name, move || {
        let (heard, _stays) = (heard.clone(), &subscriber);
        move |mut events: u64| {
            let mut arrived = 0;
            while events > 0 {
                let batch = events.min(BATCH);
                arrived += heard.report(batch);
                heard.deliver();
                events -= batch;
            }
            arrived
        }
    })
}

pub(super) fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    let runtime = Arc::new(Builder::new_current_thread().build()?);
    let nobody = Arc::new(Reporter::new("search.bulkhead".into()));
    let silent = nobody.clone();
    let listened = runtime.clone();
    let (memory, streaming) = (MemorySink::new(1_024), StreamingSink::new(1_024));
    let [one, another] = [streaming.subscribe(), streaming.subscribe()];
    Ok(vec![
        Case::function("event unheard", move || {
            report(&nobody, Instant::now);
            true
        }),
        Case::function("no event", move || {
            black_box(&*silent);
            true
        }),
        Case::new("event heard", move || Heard::new(&listened, NullSink)).at_most(ROOM.into()),
        Case::new("broadcast send", Broadcast::new).at_most(ROOM.into()),
        delivered("event into NullSink", &runtime, NullSink, ()),
        delivered("event into MemorySink", &runtime, memory.clone(), ()),
        delivered("event into StreamingSink", &runtime, streaming.clone(), one),
        delivered(
            "event into one or the other",
            &runtime,
            Sink(memory.clone()) | Sink(NullSink),
            (),
        ),
        delivered("event into both", &runtime, Sink(memory) + Sink(streaming), another),
    ])
}
