//! The feature `tracing`: spans around requests and attempts, entered only while they are polled, and
//! an event for each decision of a layer.

#![cfg(feature = "tracing")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic; clippy's own exception covers test functions only"
)]

use ninelives_runtime::circuit_breaker::{CircuitBreakerLayer, State};
use ninelives_runtime::classify::Class;
use ninelives_runtime::config::Off;
use ninelives_runtime::dsl::value::{Backoff, Jitter};
use ninelives_runtime::dynamic::{Host, PolicyBook};
use ninelives_runtime::hedge::HedgeConfig;
use ninelives_runtime::policy::Policy;
use ninelives_runtime::retry::RetryConfig;
use ninelives_runtime::telemetry::{EventKind, LogSink, NullSink, PolicyEvent};
use ninelives_runtime::testing::{AsSaid, Script, err, hang, ms, ok};
use std::collections::HashMap;
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower::{Layer, Service, ServiceExt};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Writes down everything.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Log>>);

#[derive(Default)]
struct Log {
    lines: Vec<String>,
    names: HashMap<u64, String>,
    open: Vec<u64>,
}

impl Recorder {
    fn note(&self, line: impl FnOnce(&mut Log) -> String) {
        let mut log = self.0.lock().unwrap();
        let line = line(&mut log);
        log.lines.push(line);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().lines)
    }
}

/// The fields, one after the other.
struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.0, " {field}={value}").unwrap();
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("ninelives")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut name = span.metadata().name().to_owned();
        span.record(&mut Fields(&mut name));
        let mut log = self.0.lock().unwrap();
        let id = log.names.len() as u64 + 1;
        log.names.insert(id, name);
        Id::from_u64(id)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.note(|log| {
            let mut line = format!("{} in {:?}", event.metadata().level(), log.open);
            event.record(&mut Fields(&mut line));
            line
        });
    }

    fn enter(&self, span: &Id) {
        self.note(|log| {
            log.open.push(span.into_u64());
            format!("> {}", log.names[&span.into_u64()])
        });
    }

    fn exit(&self, span: &Id) {
        self.note(|log| {
            assert_eq!(log.open.pop(), Some(span.into_u64()), "spans are left in order");
            format!("< {}", log.names[&span.into_u64()])
        });
    }
}

fn retry() -> RetryConfig {
    RetryConfig::new()
        .path("search.retry")
        .max_attempts(2)
        .backoff(Backoff::fixed(ms(100)))
        .jitter(Jitter::None)
        .budget(Off)
}

#[tokio::test(start_paused = true)]
async fn spans_are_entered_only_while_what_they_are_around_is_polled() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let script = Script::new([err(Class::Transient), ok("second").after(ms(10))]);
    let policy = Policy(retry().build().unwrap()).classify(AsSaid).with_sink(NullSink);
    policy.layer(script).oneshot(()).await.unwrap();
    let (request, first, second) = (
        "request policy=search",
        "attempt policy=search path=search.retry attempt=1",
        "attempt policy=search path=search.retry attempt=2",
    );
    let within = |span: &str, lines: &[String]| {
        let mut all = vec![format!("> {span}")];
        all.extend_from_slice(lines);
        all.push(format!("< {span}"));
        all
    };
    let failed =
        "DEBUG in [1] policy=search path=search.retry kind=retry_attempt attempt=1 latency=0ns";
    let answered = "DEBUG in [1] policy=search path=search kind=request_succeeded latency=110ms";
    // It starts, then it is polled; the backoff ends, and at last the second attempt does.
    let expected = [
        within(request, &within(first, &[])),
        within(request, &[within(first, &[]), vec![failed.to_owned()]].concat()),
        within(request, &[within(second, &[]), within(second, &[])].concat()),
        within(request, &[within(second, &[]), vec![answered.to_owned()]].concat()),
    ]
    .concat();
    assert_eq!(recorder.take(), expected);
}

#[tokio::test(start_paused = true)]
async fn every_attempt_of_a_hedge_has_a_span_and_decisions_need_no_sink() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let hedge = HedgeConfig::new().after(ms(50)).budget(Off).path("search.hedge").build().unwrap();
    let script = Script::new([hang(), ok("second").after(ms(10))]);
    Policy(hedge).classify(AsSaid).layer(script).oneshot(()).await.unwrap();
    let lines = recorder.take();
    let entered = |number: u32| {
        let line = format!("> attempt policy=search path=search.hedge attempt={number}");
        lines.iter().filter(|known| **known == line).count()
    };
    assert!(entered(1) > 1 && entered(2) > 1, "{lines:#?}");
    let decisions: Vec<_> = lines.iter().filter(|line| line.starts_with("DEBUG")).collect();
    assert_eq!(
        decisions,
        [
            "DEBUG in [] policy=search path=search.hedge kind=hedge_sent attempt=2 latency=50ms",
            "DEBUG in [] policy=search path=search.hedge kind=hedge_won attempt=2 latency=10ms",
        ]
    );
}

#[tokio::test]
async fn log_sink_writes_each_event_with_its_level_and_fields() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    for kind in [
        EventKind::HedgeSent,
        EventKind::FallbackUsed,
        EventKind::RequestFailed { class: Class::Timeout },
    ] {
        LogSink.call(PolicyEvent::new("search.layer", kind)).await.unwrap();
    }
    assert_eq!(
        recorder.take(),
        [
            "DEBUG in [] message=search.layer: attempt 1 was sent policy=search \
             path=search.layer kind=hedge_sent",
            "INFO in [] message=search.layer: the fallback answered policy=search \
             path=search.layer kind=fallback_used",
            "WARN in [] message=search.layer: failed (timeout) policy=search \
             path=search.layer kind=request_failed",
        ]
    );
}

/// Does something at each event.
struct Acting<F>(F);

impl<F: Fn() + Send + Sync + 'static> Subscriber for Acting<F> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("ninelives")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        (self.0)();
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Runs it on a thread of its own, which fails when it is stuck.
fn without_getting_stuck<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, over) = std::sync::mpsc::channel();
    std::thread::spawn(move || done.send(run()));
    over.recv_timeout(Duration::from_secs(30)).unwrap()
}

#[test]
fn subscriber_may_command_the_circuit_whose_transition_it_hears_of() {
    let breaker = CircuitBreakerLayer::new();
    let acting = Acting({
        let breaker = breaker.clone();
        move || breaker.force_close()
    });
    let state = without_getting_stuck(move || {
        tracing::subscriber::with_default(acting, || breaker.force_open());
        breaker.state()
    });
    assert_eq!(state, State::ForcedClosed);
}

#[test]
fn subscriber_may_reload_the_book_whose_reload_it_hears_of() {
    let book = PolicyBook::from_text("policy search = timeout(1s);", Host::new()).unwrap();
    let acting = Acting({
        let book = book.clone();
        move || drop(book.reload("policy search = timeout(3s);"))
    });
    let generation = without_getting_stuck(move || {
        tracing::subscriber::with_default(acting, || {
            book.reload("policy search = timeout(2s);").unwrap();
        });
        book.generation()
    });
    assert_eq!(generation, 3);
}
