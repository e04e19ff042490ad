use super::*;
use crate::circuit_breaker::{CircuitBreakerLayer, Sample, Window};
use ninelives_dsl::catalogue::{CIRCUIT_BREAKER, RETRY, TIMEOUT};
use ninelives_dsl::value::{Backoff, Jitter};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

fn timeout() -> Adaptive<Duration> {
    Adaptive::new(&TIMEOUT, "duration", seconds(1)).unwrap()
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn refused_write_changes_nothing() {
    let duration = timeout();
    let refused = duration.set(Duration::ZERO).unwrap_err();
    assert_eq!(refused.to_string(), "`timeout(duration)`: `0s` must be between 1ms and 30d");
    assert!(duration.update(|now| now * 10_000_000).is_err());
    assert_eq!((duration.get(), duration.revision()), (seconds(1), 0));
    duration.set(seconds(2)).unwrap();
    assert_eq!((duration.get(), duration.revision()), (seconds(2), 1));
}

#[test]
fn refused_write_changes_nothing_of_a_wide_parameter() {
    let patient = Backoff::fixed(seconds(1));
    let backoff = Adaptive::within(&RETRY, "backoff", Wide::new(patient)).unwrap();
    assert!(backoff.set(Backoff::fixed(Duration::MAX)).is_err());
    assert_eq!((backoff.get(), backoff.revision()), (patient, 0));
    backoff.set(Backoff::fixed(Duration::ZERO)).unwrap();
    assert_eq!((backoff.get(), backoff.revision()), (Backoff::fixed(Duration::ZERO), 1));
}

#[test]
fn refused_write_changes_nothing_of_a_group() {
    let breaker = CircuitBreakerLayer::new();
    let before = breaker.sample();
    assert!(breaker.set_sample(Sample { window: Window::Calls(7), min_calls: 0 }).is_err());
    assert!(breaker.set_sample(Sample { window: Window::Calls(0), min_calls: 7 }).is_err());
    assert!(breaker.min_calls().set(200_000).is_err());
    assert!(breaker.window().set(Window::Time(Duration::MAX)).is_err());
    assert_eq!(breaker.sample(), before);
    assert_eq!((breaker.window().revision(), breaker.min_calls().revision()), (0, 0));
}

#[test]
fn member_of_a_group_is_written_without_its_mates() {
    let breaker = CircuitBreakerLayer::new();
    breaker.window().set(Window::Time(seconds(30))).unwrap();
    assert_eq!(breaker.min_calls().update(|calls| calls + 1), Ok(21));
    let expected = Sample { window: Window::Time(seconds(30)), min_calls: 21 };
    assert_eq!(breaker.sample(), expected);
    assert_eq!((breaker.window().revision(), breaker.min_calls().revision()), (1, 1));
}

/// Writers put pairs in force that belong together; a reader that saw half of one would see a pair
/// that nobody wrote.
#[test]
fn group_is_never_seen_torn() {
    let breaker = CircuitBreakerLayer::new();
    let of = |calls| Sample { window: Window::Calls(calls), min_calls: calls };
    breaker.set_sample(of(1)).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let readers = [(); 2].map(|()| {
            scope.spawn(|| {
                let mut reads = 0_u64;
                while !done.load(Ordering::Relaxed) {
                    let seen = breaker.sample();
                    assert_eq!(seen, of(seen.min_calls));
                    reads += 1;
                }
                reads
            })
        });
        let writers = [1, 2].map(|first| {
            let breaker = &breaker;
            scope.spawn(move || {
                for calls in (first..20_000).step_by(2) {
                    breaker.set_sample(of(calls)).unwrap();
                }
            })
        });
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        for reader in readers {
            assert!(reader.join().unwrap() > 0);
        }
    });
}

#[test]
fn update_loses_no_concurrent_change() {
    let breaker = CircuitBreakerLayer::new();
    let backoff = Adaptive::within(&RETRY, "backoff", Wide::new(Backoff::fixed(Duration::ZERO)));
    let backoff = backoff.unwrap();
    let longer = |backoff: Backoff| Backoff::fixed(backoff.base() + Duration::from_millis(1));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1_000 {
                    breaker.min_calls().update(|calls| calls + 1).unwrap();
                    backoff.update(longer).unwrap();
                }
            });
        }
    });
    assert_eq!(breaker.min_calls().get(), 20 + 4_000);
    assert_eq!(breaker.min_calls().revision(), 4_000);
    assert_eq!(backoff.get(), Backoff::fixed(seconds(4)));
    assert_eq!(breaker.window().get(), Window::Calls(100));
}

#[test]
fn change_may_look_at_what_it_changes() {
    let duration = timeout();
    let doubled = duration.update(|now| now + duration.get());
    assert_eq!(doubled, Ok(seconds(2)));
}

#[test]
fn every_jitter_survives_its_word() {
    for jitter in Jitter::ALL {
        assert_eq!(Jitter::unpack(jitter.pack()), jitter);
    }
}

#[test]
fn off_is_no_value() {
    let slow = Adaptive::new(&CIRCUIT_BREAKER, "slow_call", None::<Duration>).unwrap();
    assert_eq!(slow.get(), None);
    slow.set(Some(Duration::from_millis(5))).unwrap();
    assert_eq!(slow.get(), Some(Duration::from_millis(5)));
}

#[tokio::test]
async fn watcher_hears_of_the_last_change_and_not_of_those_before() {
    let duration = timeout();
    let mut watchers = [duration.watch(), duration.watch()];
    for seconds in 2..=9 {
        duration.set(self::seconds(seconds)).unwrap();
    }
    for watcher in &mut watchers {
        assert_eq!(watcher.get(), seconds(9));
        assert_eq!(watcher.changed().await, Some(seconds(9)));
        let next = tokio::time::timeout(Duration::ZERO, watcher.changed()).await;
        assert!(next.is_err(), "nothing was written since");
    }
}

#[tokio::test]
async fn watcher_is_told_while_it_waits() {
    let duration = std::sync::Arc::new(timeout());
    let mut watcher = duration.watch();
    let writes = tokio::spawn({
        let duration = duration.clone();
        async move { duration.set(seconds(5)) }
    });
    assert_eq!(watcher.changed().await, Some(seconds(5)));
    writes.await.unwrap().unwrap();
}

#[tokio::test]
async fn cancelled_wait_loses_no_change() {
    let duration = timeout();
    let mut watcher = duration.watch();
    assert!(tokio::time::timeout(Duration::ZERO, watcher.changed()).await.is_err());
    duration.set(seconds(3)).unwrap();
    drop(watcher.changed());
    assert_eq!(watcher.changed().await, Some(seconds(3)));
}

#[tokio::test]
async fn watcher_of_a_parameter_that_is_gone_ends() {
    let duration = timeout();
    let mut watcher = duration.watch();
    duration.set(seconds(3)).unwrap();
    drop(duration);
    assert_eq!(watcher.changed().await, Some(seconds(3)));
    assert_eq!(watcher.changed().await, None);
}

#[tokio::test]
async fn watcher_follows_the_parameter_that_takes_the_place_of_another() {
    let old = timeout();
    old.set(seconds(2)).unwrap();
    let mut watcher = old.watch();
    let new = timeout();
    new.set(seconds(7)).unwrap();
    new.follow(&old);
    new.tell();
    drop(old);
    assert_eq!(watcher.changed().await, Some(seconds(7)));
    new.set(seconds(8)).unwrap();
    assert_eq!(watcher.changed().await, Some(seconds(8)));
    assert_eq!(new.revision(), 3);
}

/// Threads write, a watcher looks now and then: what it sees last is what holds.
#[tokio::test]
async fn watcher_ends_at_the_value_in_force_whoever_wrote_it() {
    let duration = timeout();
    for _ in 0..200 {
        let mut watcher = thread::scope(|scope| {
            for first in [1, 2] {
                let duration = &duration;
                scope.spawn(move || {
                    for seconds in (first..20).step_by(2) {
                        duration.set(self::seconds(seconds)).unwrap();
                    }
                });
            }
            scope.spawn(|| duration.watch()).join().unwrap()
        });
        let _ = tokio::time::timeout(Duration::ZERO, watcher.changed()).await;
        assert_eq!(watcher.get(), duration.get());
    }
}

#[tokio::test]
async fn watcher_that_is_mapped_twice_follows_both() {
    let attempts = Adaptive::new(&RETRY, "max_attempts", 3_u32).unwrap();
    let count = |value: &Value| if let Value::Count(count) = value { *count } else { 0 };
    let mut watcher = Parameter::watch(&attempts)
        .map(move |value| Value::Count(10 * count(value)))
        .map(move |value| Value::Count(1 + count(value)));
    assert_eq!(watcher.get(), Value::Count(31));
    attempts.set(4).unwrap();
    assert_eq!(watcher.changed().await, Some(Value::Count(41)));
}
