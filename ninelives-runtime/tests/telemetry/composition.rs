//! `+` and `|` between sinks, their laws, and streams.

use crate::support::{Answer, Failing, Scripted, Unready, numbers, report, reporter};
use ninelives_runtime::policy::timeout;
use ninelives_runtime::telemetry::{
    ComposedSinkError, Counts, EventKind, MemorySink, NullSink, PolicyEvent, Sink, SinkFailure,
    Streamed, StreamingSink, Telemetry, TelemetrySink,
};
use std::error::Error;
use std::time::Duration;
use tower::{Layer, Service, ServiceExt};

fn event() -> PolicyEvent {
    PolicyEvent::new("search.layer", EventKind::HedgeSent)
}

/// Three events through a sink.
async fn three(sink: impl TelemetrySink) -> Counts {
    let telemetry = Telemetry::new(sink);
    let reporter = reporter(&telemetry);
    (1..=3).for_each(|number| report(&reporter, number));
    telemetry.flush().await;
    telemetry.counts()
}

fn memories<const N: usize>() -> [MemorySink; N] {
    std::array::from_fn(|_| MemorySink::new(9))
}

#[tokio::test]
async fn both_sinks_of_a_sum_get_every_event_however_it_is_grouped() {
    let [a, b, c] = memories();
    let (sink, other) = (Sink(a.clone()) + Sink(b.clone()), Sink(c.clone()));
    assert_eq!(three(sink + other).await.delivered, 3);
    for memory in [&a, &b, &c] {
        assert_eq!(numbers(&memory.take()), [1, 2, 3]);
    }
    let sink = Sink(a.clone()) + (Sink(b.clone()) + Sink(c.clone()));
    assert_eq!(three(sink).await.delivered, 3);
    for memory in [&a, &b, &c] {
        assert_eq!(numbers(&memory.take()), [1, 2, 3]);
    }
}

#[tokio::test]
async fn nothing_is_the_identity_of_a_sum_and_a_reserve_that_cannot_fail() {
    let [memory] = memories();
    assert_eq!(three(Sink(memory.clone()) + Sink(NullSink)).await.delivered, 3);
    assert_eq!(three(Sink(NullSink) + Sink(memory.clone())).await.delivered, 3);
    assert_eq!(numbers(&memory.events()), [1, 2, 3, 1, 2, 3]);
    assert_eq!(three(Sink(Failing("a")) | Sink(NullSink)).await.refused, 0);
}

#[tokio::test]
async fn second_sink_gets_what_the_first_one_fails_to_take_and_nothing_else() {
    let [a, b] = memories();
    assert_eq!(three(Sink(a.clone()) | Sink(b.clone())).await.delivered, 3);
    assert_eq!((a.take().len(), b.take().len()), (3, 0));
    assert_eq!(three(Sink(Failing("a")) | Sink(b.clone())).await.delivered, 3);
    assert_eq!(numbers(&b.take()), [1, 2, 3]);
    assert_eq!(three(Sink(Unready::Fails) | Sink(b.clone())).await.delivered, 3);
    assert_eq!(numbers(&b.take()), [1, 2, 3]);
}

#[tokio::test]
async fn fallback_associates() {
    let [a, b] = memories();
    let sink = (Sink(Failing("x")) | Sink(Failing("y"))) | Sink(a.clone());
    assert_eq!(three(sink).await.delivered, 3);
    let sink = Sink(Failing("x")) | (Sink(Failing("y")) | Sink(b.clone()));
    assert_eq!(three(sink).await.delivered, 3);
    assert_eq!((numbers(&a.events()), numbers(&b.events())), (vec![1, 2, 3], vec![1, 2, 3]));
}

#[tokio::test]
#[expect(clippy::precedence, reason = "it is what is tested")]
async fn sum_binds_tighter_than_fallback() {
    let [a, b, c] = memories();
    let sink = Sink(a.clone()) + Sink(Failing("b")) | Sink(b.clone()) + Sink(c.clone());
    assert_eq!(three(sink).await.delivered, 3);
    for memory in [&a, &b, &c] {
        assert_eq!(numbers(&memory.take()), [1, 2, 3]);
    }
}

#[tokio::test]
async fn error_of_a_composed_sink_says_who_failed() {
    let (ok, no) = (Sink(NullSink), Sink(Failing("no")));
    let refused = SinkFailure::Refused;
    let failed = (no.clone() + ok).oneshot(event()).await.unwrap_err();
    assert!(matches!(failed, ComposedSinkError::First(SinkFailure::Refused("no"))));
    let failed = (ok + no.clone()).oneshot(event()).await.unwrap_err();
    assert_eq!(failed, ComposedSinkError::Second(refused("no")));
    let failed = (no.clone() + Sink(Failing("nor"))).oneshot(event()).await.unwrap_err();
    assert_eq!(failed, ComposedSinkError::Both(refused("no"), refused("nor")));
    assert_eq!(failed.to_string(), "both sinks failed: no; nor");
    let failed = (no.clone() | Sink(Failing("nor"))).oneshot(event()).await.unwrap_err();
    assert_eq!(failed, ComposedSinkError::Both(refused("no"), refused("nor")));
    let failed = (Sink(Unready::Fails) + no.clone()).oneshot(event()).await.unwrap_err();
    assert_eq!(failed, ComposedSinkError::Both(refused("not ready"), refused("no")));
    let failed = (Sink(Unready::Panics) | no).oneshot(event()).await.unwrap_err();
    assert_eq!(failed, ComposedSinkError::Both(SinkFailure::Panicked, refused("no")));
    assert_eq!(failed.to_string(), "both sinks failed: it panicked; no");
}

#[test]
fn error_of_a_composed_sink_has_the_error_of_the_sink_as_its_source() {
    type Failed = ComposedSinkError<std::io::Error, std::io::Error>;
    let full = || SinkFailure::Refused(std::io::Error::other("disk full"));
    assert_eq!(Failed::First(full()).to_string(), "the first sink failed: disk full");
    for failed in [
        Failed::First(full()),
        Failed::Second(full()),
        Failed::Both(SinkFailure::Panicked, full()),
        Failed::Both(full(), SinkFailure::Panicked),
    ] {
        assert_eq!(failed.source().unwrap().to_string(), "disk full");
    }
    assert!(Failed::First(SinkFailure::Panicked).source().is_none());
}

/// A sink that panics when it is called, or in its answer.
fn panicking(at_once: bool) -> Sink<Scripted<impl Fn(u64, PolicyEvent) -> Answer + Clone>> {
    Sink(Scripted::new(move |_, _| {
        assert!(!at_once, "at the call");
        Box::pin(async {
            tokio::task::yield_now().await;
            panic!("later")
        })
    }))
}

#[tokio::test]
async fn second_sink_gets_what_the_first_one_panics_over() {
    let [b] = memories();
    let counts = [
        three(Sink(Unready::Panics) | Sink(b.clone())).await,
        three(panicking(true) | Sink(b.clone())).await,
        three(panicking(false) | Sink(b.clone())).await,
    ];
    for counts in counts {
        assert_eq!((counts.delivered, counts.panicked, counts.refused), (3, 0, 0));
    }
    assert_eq!(numbers(&b.take()), [1, 2, 3, 1, 2, 3, 1, 2, 3]);
}

#[tokio::test]
async fn panic_of_one_sink_does_not_keep_the_event_from_the_others() {
    let [a, b] = memories();
    let (first, last) = (Sink(a.clone()), Sink(b.clone()));
    let counts = [
        three(first.clone() + Sink(Unready::Panics) + last.clone()).await,
        three(first.clone() + panicking(true) + last.clone()).await,
        three(first + panicking(false) + last).await,
    ];
    for counts in counts {
        assert_eq!((counts.delivered, counts.panicked, counts.refused), (0, 0, 3));
        assert_eq!(counts.waiting(), 0);
    }
    for memory in [a, b] {
        assert_eq!(numbers(&memory.events()), [1, 2, 3, 1, 2, 3, 1, 2, 3]);
    }
    let failed = (panicking(false) + Sink(NullSink)).oneshot(event()).await.unwrap_err();
    assert_eq!(failed, ComposedSinkError::First(SinkFailure::Panicked));
    let failed = (Sink(NullSink) + Sink(Unready::Panics)).oneshot(event()).await.unwrap_err();
    assert_eq!(failed, ComposedSinkError::Second(SinkFailure::Panicked));
}

#[tokio::test]
async fn composed_sink_of_which_all_panic_has_refused_the_event() {
    let counts = three(panicking(true) + Sink(Unready::Panics)).await;
    assert_eq!((counts.refused, counts.panicked), (3, 0));
    let counts = three(panicking(true) | panicking(false)).await;
    assert_eq!((counts.refused, counts.panicked), (3, 0));
}

#[tokio::test]
async fn error_of_one_sink_does_not_keep_the_event_from_the_others() {
    let [a, b] = memories();
    let sink = Sink(a.clone()) + Sink(Failing("no")) + Sink(b.clone());
    let counts = three(sink).await;
    assert_eq!((counts.refused, counts.delivered), (3, 0));
    assert_eq!((a.events().len(), b.events().len()), (3, 3));
    let sink = Sink(Unready::Fails) + Sink(a.clone());
    assert_eq!(three(sink).await.refused, 3);
    assert_eq!(a.events().len(), 6);
}

#[tokio::test(start_paused = true)]
async fn policy_bounds_a_sink_that_never_answers() {
    let [memory] = memories();
    let bounded = timeout(Duration::from_secs(1)).layer(Unready::Never);
    let counts = three(Sink(bounded) | Sink(memory.clone())).await;
    assert_eq!(counts.delivered, 3);
    assert_eq!(numbers(&memory.events()), [1, 2, 3]);
}

#[tokio::test]
async fn every_subscriber_of_a_stream_gets_every_event() {
    let stream = StreamingSink::new(8);
    let telemetry = Telemetry::new(stream.clone());
    let reporter = reporter(&telemetry);
    let (mut one, mut other) = (stream.subscribe(), stream.subscribe());
    (1..=2).for_each(|number| report(&reporter, number));
    for stream in [&mut one, &mut other] {
        for expected in 1..=2 {
            let Some(Streamed::Event(event)) = stream.next().await else {
                panic!("expected an event");
            };
            assert_eq!(numbers(&[event]), [expected]);
        }
        assert_eq!(stream.try_next(), None);
    }
}

#[tokio::test]
async fn subscriber_that_is_too_slow_is_told_how_much_it_missed() {
    let mut stream = StreamingSink::new(4);
    let mut subscriber = stream.subscribe();
    for _ in 0..7 {
        stream.call(event()).await.unwrap();
    }
    assert_eq!(subscriber.next().await, Some(Streamed::Lagged(3)));
    for _ in 0..4 {
        assert!(matches!(subscriber.next().await, Some(Streamed::Event(_))));
    }
    stream.call(event()).await.unwrap();
    assert!(matches!(subscriber.try_next(), Some(Streamed::Event(_))));
    drop(stream);
    assert_eq!(subscriber.next().await, None, "a stream that has ended is no lag");
}

#[tokio::test]
async fn stream_without_subscribers_takes_events_all_the_same() {
    assert_eq!(three(StreamingSink::new(1)).await.delivered, 3);
}
