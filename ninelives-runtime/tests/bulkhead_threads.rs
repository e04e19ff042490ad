//! One bulkhead under many threads: every permit comes back, and never more are out than there are.

use ninelives_runtime::bulkhead::BulkheadConfig;
use ninelives_runtime::error::PolicyError;
use ninelives_runtime::testing::begun;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;
use tokio::task::yield_now;
use tower::{Layer, service_fn};

const THREADS: u64 = 8;
const REQUESTS: usize = 5_000;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Polls until the future answers, at most so many times; each time when it was woken.
fn poll_up_to<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    for _ in 0..polls {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(output);
        }
        // Far beyond what a loaded machine needs; a lost wakeup would hang the test instead.
        thread::park_timeout(Duration::from_secs(60));
    }
    None
}

#[test]
fn permits_are_conserved_whatever_threads_and_cancellations_do() {
    for (limit, queue) in [(1, 0), (1, 100), (3, 2), (3, 100)] {
        let config = BulkheadConfig::new(limit).queue(queue);
        let layer = config.build().unwrap();
        let (inside, peak) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let answered = AtomicUsize::new(0);
        let service = layer.layer(service_fn(|(): ()| async {
            let gauge = Gauge::enter(&inside, &peak);
            yield_now().await;
            drop(gauge);
            Ok::<_, String>(())
        }));
        thread::scope(|scope| {
            for seed in 0..THREADS {
                let (service, answered) = (service.clone(), &answered);
                scope.spawn(move || {
                    let mut random = fastrand::Rng::with_seed(seed);
                    for _ in 0..REQUESTS {
                        let polls = if random.bool() { 9 } else { random.usize(..4) };
                        match poll_up_to(polls, service.send(())) {
                            Some(Ok(())) => _ = answered.fetch_add(1, Ordering::Relaxed),
                            Some(Err(PolicyError::Service(error))) => unreachable!("{error}"),
                            Some(Err(PolicyError::Rejected(_))) | None => {}
                        }
                    }
                });
            }
        });
        assert_eq!((layer.in_flight(), layer.queued()), (0, 0));
        assert!(peak.load(Ordering::SeqCst) <= limit as usize);
        assert!(answered.into_inner() > 0);
        // Every permit can be taken again.
        let held: Vec<_> = (0..limit).map(|_| begun(service.send(()))).collect();
        assert_eq!(layer.in_flight(), u64::from(limit));
        drop(held);
    }
}

struct Gauge<'a>(&'a AtomicUsize);

impl<'a> Gauge<'a> {
    fn enter(inside: &'a AtomicUsize, peak: &AtomicUsize) -> Self {
        let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
        peak.fetch_max(now, Ordering::SeqCst);
        Self(inside)
    }
}

impl Drop for Gauge<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
