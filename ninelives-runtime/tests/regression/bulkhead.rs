//! Permits that were lost, doubled or held by nobody.

use crate::polling::{Wakes, poll_as, poll_once};
use ninelives_runtime::bulkhead::{BulkheadConfig, BulkheadLayer};
use ninelives_runtime::classify::Class;
use ninelives_runtime::dsl::value::{Backoff, Jitter};
use ninelives_runtime::policy::{Policy, timeout, to};
use ninelives_runtime::retry::RetryConfig;
use ninelives_runtime::testing::{Failure, Probe, Script, begun, err, hang, ms, ok};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::task::Poll;
use tokio::task::yield_now;
use tokio::time::{Instant, advance};
use tower::limit::ConcurrencyLimit;
use tower::{Layer, Service, ServiceExt, service_fn};

fn queued(max_concurrency: u32, queue: u32) -> BulkheadLayer {
    let config = BulkheadConfig::new(max_concurrency).queue(queue);
    config.build().unwrap()
}

/// tower 408, 434: capacity held by a handle that was polled ready and is never called
/// (reliability 3).
#[tokio::test(start_paused = true)]
async fn readied_clone_that_is_never_called_holds_nothing() {
    let layer = BulkheadLayer::new(1);
    let mut service = layer.layer(Probe::new(Script::new([ok("done")])));
    let mut idle = service.clone();
    assert!(idle.ready().await.is_ok());
    assert_eq!(layer.in_flight(), 0);
    assert_eq!(service.ready().await.unwrap().call(()).await, Ok("done"));
}

/// failsafe 393 and 400, resilience4j 332, tokio 904: a permit handed to a waiter that had been
/// cancelled, and lost with it (reliability 5).
#[tokio::test(start_paused = true)]
async fn permit_handed_to_a_cancelled_waiter_goes_to_the_next() {
    let layer = queued(1, 9);
    let mut service = layer.layer(Script::new([hang()]));
    let holder = begun(service.call(()));
    let cancelled = begun(service.call(()));
    let mut next = Box::pin(service.call(()));
    let wakes = Arc::default();
    assert!(poll_as(&wakes, next.as_mut()).is_pending());
    drop(holder);
    assert_eq!(wakes.count(), 0);
    drop(cancelled);
    assert_eq!(wakes.count(), 1);
    assert_eq!((layer.in_flight(), layer.queued()), (1, 0));
}

/// failsafe 393 and 400: the same for a waiter whose time is over in the instant in which it is
/// handed the permit (reliability 5). It enters, or the next one does.
#[tokio::test(start_paused = true)]
async fn permit_handed_to_a_waiter_in_its_last_instant_is_not_lost() {
    let config = || BulkheadConfig::new(1).queue(9);
    for (config, deadline) in [(config().wait(ms(10)), ms(99)), (config(), ms(10))] {
        let layer = config.build().unwrap();
        let script = Script::new([ok("holder").after(ms(10)), ok("in time"), hang()]);
        let service = (timeout(deadline) + Policy(layer.clone())).layer(script.clone());
        let mut requests = [(); 3].map(|()| Box::pin(service.send(())));
        for request in &mut requests {
            assert!(poll_once(request.as_mut()).is_pending());
        }
        advance(ms(10)).await;
        let [mut holder, mut first, second] = requests;
        assert_eq!(poll_once(holder.as_mut()), Poll::Ready(Ok("holder")));
        assert_eq!(poll_once(first.as_mut()), Poll::Ready(Ok("in time")));
        assert!(second.await.is_err());
        assert_eq!((script.calls(), layer.in_flight(), layer.queued()), (3, 0, 0));
    }
}

/// resilience4j 263 and 1569: a permit given back twice, so that the limit silently grows
/// (reliability 6).
#[tokio::test(start_paused = true)]
async fn permit_is_given_back_once_when_dropping_the_call_panics() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            resume_unwind(Box::new("dropped"));
        }
    }
    let layer = BulkheadLayer::new(9);
    let bombs = service_fn(|(): ()| {
        let bomb = Bomb;
        async move {
            let _bomb = bomb;
            std::future::pending::<Result<(), String>>().await
        }
    });
    let mut healthy = layer.layer(Script::new([hang()]));
    let _holder = begun(healthy.call(()));
    let mut alone = Box::pin(layer.layer(bombs).call(()));
    assert!(poll_once(alone.as_mut()).is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(alone))).is_err());
    assert_eq!(layer.in_flight(), 1);
    // The deadline cancels the run, which panics; then the task drops it, which cancels it again.
    let policy = timeout(ms(10)) + Policy(layer.clone());
    let task = tokio::spawn(policy.layer(bombs).oneshot(()));
    assert!(task.await.unwrap_err().is_panic());
    assert_eq!(layer.in_flight(), 1);
}

#[tokio::test(start_paused = true)]
async fn permit_of_a_waiter_comes_back_when_dropping_its_request_panics() {
    struct Charge {
        live: bool,
    }
    impl Drop for Charge {
        fn drop(&mut self) {
            if self.live {
                resume_unwind(Box::new("dropped"));
            }
        }
    }
    let layer = BulkheadConfig::new(1).queue(1).build().unwrap();
    let mut service = layer.layer(service_fn(|charge: Charge| async move {
        let _charge = charge;
        std::future::pending::<Result<(), String>>().await
    }));
    let mut holder = Box::pin(service.call(Charge { live: false }));
    assert!(poll_once(holder.as_mut()).is_pending());
    let mut waiter = Box::pin(service.call(Charge { live: true }));
    assert!(poll_once(waiter.as_mut()).is_pending());
    // Its place is the waiter's now, which has not asked for it yet.
    drop(holder);
    assert_eq!((layer.in_flight(), layer.queued()), (1, 0));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(waiter))).is_err());
    assert_eq!((layer.in_flight(), layer.queued()), (0, 0));
}

/// tower-resilience 365 and 382, concurrency-limits 140: the limit was compared in `poll_ready` and
/// not reserved, so that every clone that was polled ready by then came in (reliability 7).
#[tokio::test(start_paused = true)]
async fn clones_polled_ready_before_do_not_exceed_the_limit_together() {
    let script = Script::new([ok("done").after(ms(10))]);
    let mut clones = vec![queued(3, 2).layer(Probe::new(script.clone())); 8];
    for clone in &mut clones {
        assert!(poll_once(clone.ready()).is_ready());
    }
    let calls: Vec<_> = clones.iter_mut().map(|clone| tokio::spawn(clone.call(()))).collect();
    let mut answered = 0;
    for call in calls {
        answered += usize::from(call.await.unwrap().is_ok());
    }
    assert_eq!((answered, script.calls(), script.peak()), (5, 5, 3));
}

/// tower-resilience 365: a saturated layer that wakes itself and spins (reliability 8).
#[tokio::test(start_paused = true)]
async fn waiter_is_polled_only_when_its_turn_comes() {
    let layer = queued(1, 9);
    let mut service = layer.layer(Script::new([hang()]));
    let holder = begun(service.call(()));
    let mut waiters: Vec<_> = (0..5).map(|_| Box::pin(service.call(()))).collect();
    let wakes: Vec<Arc<Wakes>> = waiters.iter().map(|_| Arc::default()).collect();
    for (waiter, wakes) in waiters.iter_mut().zip(&wakes) {
        assert!(poll_as(wakes, waiter.as_mut()).is_pending());
    }
    drop(holder);
    for turn in 0..5 {
        let counts: Vec<_> = wakes.iter().map(|wakes| wakes.count()).collect();
        let expected: Vec<_> = (0..5).map(|waiter| usize::from(waiter <= turn)).collect();
        assert_eq!(counts, expected);
        drop(waiters.remove(0));
    }
}

/// tower 454 and 70, pingora 983: the waker of an earlier task is kept, and the one that polls now
/// is never woken (reliability 9).
#[tokio::test(start_paused = true)]
async fn waiter_that_moved_to_another_task_is_woken_there() {
    let layer = queued(1, 9);
    let mut service = layer.layer(Script::new([hang()]));
    let holder = begun(service.call(()));
    let mut waiter = Box::pin(service.call(()));
    let (before, now) = (Arc::default(), Arc::default());
    assert!(poll_as(&before, waiter.as_mut()).is_pending());
    assert!(poll_as(&now, waiter.as_mut()).is_pending());
    drop(holder);
    assert_eq!((before.count(), now.count()), (0, 1));
}

/// tokio 6450, hyper-util 297: a request that waits sits on what the one inside needs to finish
/// (reliability 10).
#[tokio::test(start_paused = true)]
async fn attempts_inside_never_wait_for_a_request_that_waits_outside() {
    let script = Script::new([err(Class::Transient).after(ms(10)), ok("second").after(ms(10))]);
    let limited = Probe::new(ConcurrencyLimit::new(script, 1));
    let backoff = Backoff::fixed(ms(5));
    let retry = RetryConfig::new().backoff(backoff).jitter(Jitter::None);
    let policy = Policy(queued(1, 1)) + Policy(retry.build().unwrap());
    let service = policy.layer(limited);
    let began = Instant::now();
    let (first, second) = tokio::join!(service.clone().oneshot(()), service.clone().oneshot(()));
    assert_eq!((first, second), (Ok("second"), Ok("second")));
    assert_eq!(began.elapsed(), ms(35));
}

/// lru RUSTSEC-2026-0253: a panic leaves a counter wrong (reliability 14).
#[tokio::test(start_paused = true)]
async fn panic_of_the_service_gives_the_permit_back() {
    let layer = queued(1, 9);
    let in_call = layer.layer(service_fn(|(): ()| -> std::future::Ready<Result<(), String>> {
        resume_unwind(Box::new("called"))
    }));
    let at_once = in_call.clone();
    let at_once = tokio::spawn(async move { at_once.oneshot(()).await });
    assert!(at_once.await.unwrap_err().is_panic());
    assert_eq!(layer.in_flight(), 0);

    let mut healthy = layer.layer(Script::new([hang()]));
    let holder = begun(healthy.call(()));
    let mut in_call = in_call;
    let after_waiting = tokio::spawn(in_call.call(()));
    yield_now().await;
    assert_eq!(layer.queued(), 1);
    drop(holder);
    assert!(after_waiting.await.unwrap_err().is_panic());
    assert_eq!((layer.in_flight(), layer.queued()), (0, 0));

    let bomb = service_fn(|(): ()| -> std::future::Ready<Result<&'static str, Failure>> {
        resume_unwind(Box::new("called beside another arm"))
    });
    let beside = (Policy(layer.clone()) & to(bomb)).layer(Script::new([hang()]));
    assert!(tokio::spawn(beside.oneshot(())).await.unwrap_err().is_panic());
    assert_eq!(layer.in_flight(), 0);

    let polled = layer.layer(service_fn(|(): ()| {
        poll_fn(|_| -> Poll<Result<(), String>> { resume_unwind(Box::new("polled")) })
    }));
    assert!(tokio::spawn(polled.oneshot(())).await.unwrap_err().is_panic());
    assert_eq!(layer.in_flight(), 0);
}
