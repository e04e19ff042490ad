//! Readiness that was skipped, hoarded or waited for in vain; tasks that nobody looks after.

use crate::language::load;
use crate::polling::{Wakes, poll_as, poll_once};
use ninelives_runtime::bulkhead::BulkheadConfig;
use ninelives_runtime::classify::Class;
use ninelives_runtime::error::PolicyError;
use ninelives_runtime::policy::{
    Policy, bulkhead, circuit_breaker, fallback, hedge, pass, retry, timeout, to,
};
use ninelives_runtime::retry::RetryLayer;
use ninelives_runtime::testing::{
    AsSaid, Failure, Probe, Script, drop_at_each_poll, err, failure, hang, ms, ok,
};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use tokio::runtime::Handle;
use tokio::time::Instant;
use tower::limit::ConcurrencyLimit;
use tower::{Layer, Service, ServiceExt};

/// Every kind of part.
const PARTS: [&str; 8] = [
    "timeout(80ms)",
    "retry(2, backoff = fixed(1ms), budget = off)",
    "circuit_breaker",
    "bulkhead(1, queue = 9, wait = 1s)",
    "hedge(2ms, budget = off)",
    "pass",
    "(pass | pass)",
    "(pass & pass)",
];

/// tower 547, tower-resilience 286 and 293, ninelives 0.2: a layer calls a clone of its service
/// that was never ready (reliability 1). Here the place that readiness stands for is a real one,
/// so a readiness that is not used, or used twice, shows as well.
#[tokio::test(start_paused = true)]
async fn every_stack_of_three_calls_what_it_polled_ready() {
    for outer in PARTS {
        for middle in PARTS {
            for inner in PARTS {
                let script = Script::new([
                    ok("first").after(ms(5)),
                    err(Class::Transient).after(ms(5)),
                    ok("third").after(ms(5)),
                ]);
                let limited = ConcurrencyLimit::new(Probe::new(script.clone()), 1);
                let stack = format!("{outer} + {middle} + {inner}");
                let service = load(&stack).unwrap().layer(Probe::new(limited.clone()));
                let crowd = async {
                    let service = || service.clone().oneshot(());
                    tokio::join!(service(), service(), service())
                };
                let done = tokio::time::timeout(ms(10_000), crowd).await;
                assert!(done.is_ok(), "`{stack}` hangs");
                assert_eq!((script.peak(), script.in_flight()), (1, 0), "{stack}");
                assert_eq!(
                    poll_once(limited.clone().ready()).map(|r| r.is_ok()),
                    Poll::Ready(true)
                );
            }
        }
    }
}

/// Is ready at first and the next time fails to become so.
#[derive(Clone)]
struct FailsToBecomeReady {
    class: Class,
    asked: Arc<AtomicUsize>,
    script: Script,
}

impl Service<()> for FailsToBecomeReady {
    type Response = &'static str;
    type Error = Failure;
    type Future = <Script as Service<()>>::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(if asked == 1 { Err(failure(self.class)) } else { Ok(()) })
    }

    fn call(&mut self, (): ()) -> Self::Future {
        self.script.call(())
    }
}

/// tower-resilience 362: the second and later attempts skip `poll_ready` (reliability 2). A
/// readiness that fails is the outcome of its attempt: a permanent one ends the retry, after a
/// transient one the next attempt uses another instance.
#[tokio::test(start_paused = true)]
async fn failed_readiness_of_a_later_attempt_is_its_outcome() {
    for (class, outcome, counts) in [
        (Class::Permanent, Err(failure(Class::Permanent)), (2, 1)),
        (Class::Transient, Ok("second"), (3, 2)),
    ] {
        let script = Script::new([err(Class::Transient), ok("second")]);
        let asked = Arc::new(AtomicUsize::new(0));
        let service = FailsToBecomeReady { class, asked: asked.clone(), script: script.clone() };
        let policy = Policy(RetryLayer::new(9)).classify(AsSaid);
        let answer = policy.layer(Probe::new(service)).oneshot(()).await;
        assert_eq!(answer, outcome.map_err(PolicyError::Service));
        assert_eq!((asked.load(Ordering::SeqCst), script.calls()), counts);
    }
}

/// tower 408, 434: capacity that was reserved by a handle and never used (reliability 3). Whatever
/// handles do, what is taken is what is in flight and what handles hold that were polled ready.
#[tokio::test(start_paused = true)]
async fn capacity_taken_is_what_is_in_flight_and_what_is_held_ready() {
    const LIMIT: usize = 4;
    type Limited = ConcurrencyLimit<Script>;
    fn free(limited: &Limited) -> usize {
        let mut clones = vec![limited.clone(); LIMIT + 1];
        clones.iter_mut().map(|clone| usize::from(poll_once(clone.ready()).is_ready())).sum()
    }
    let limited = ConcurrencyLimit::new(Script::new([hang()]), LIMIT);
    let policy = (timeout(ms(9)) + retry(3) + circuit_breaker() + bulkhead(9)) | pass();
    let fresh = policy.layer(Probe::new(limited.clone()));
    let mut random = fastrand::Rng::with_seed(3);
    let mut handles = vec![(fresh.clone(), false)];
    let mut in_flight = Vec::new();
    let mut reached = 0;
    for step in 0..10_000 {
        let held = handles.iter().filter(|(_, ready)| *ready).count();
        let taken = held + in_flight.len();
        assert_eq!(free(&limited), LIMIT - taken, "after {step} steps");
        reached = reached.max(taken);
        let index = random.usize(..handles.len());
        let room = handles.len() < 9;
        let (handle, ready) = &mut handles[index];
        match random.u8(..5) {
            0 if *ready || taken < LIMIT => {
                assert!(poll_once(handle.ready()).is_ready());
                *ready = true;
            }
            1 if *ready => {
                let mut request = Box::pin(handle.call(()));
                *ready = false;
                assert!(poll_once(request.as_mut()).is_pending());
                in_flight.push(request);
            }
            2 if room => {
                let clone = (handle.clone(), false);
                handles.push(clone);
            }
            3 if handles.len() > 1 => drop(handles.swap_remove(index)),
            4 if !in_flight.is_empty() => {
                drop(in_flight.swap_remove(random.usize(..in_flight.len())));
            }
            _ => {}
        }
    }
    assert_eq!(reached, LIMIT);
    drop((handles, in_flight));
    assert_eq!(free(&limited), LIMIT);
}

/// tower 70, 454: the service keeps the waker of whoever polled it first, and the task that waits
/// now is never woken (reliability 9).
#[tokio::test(start_paused = true)]
async fn request_that_moved_to_another_task_is_woken_there() {
    let mut limited = ConcurrencyLimit::new(Script::new([ok("done")]), 1);
    let place = limited.ready().await.unwrap().call(());
    let mut service = timeout(ms(99)).layer(Probe::new(limited.clone()));
    let (caller, before, now) = (Arc::default(), Arc::default(), Arc::default());
    let mut readied = pin!(poll_fn(|task| service.poll_ready(task)));
    assert!(poll_as(&caller, readied.as_mut()).is_ready());
    let mut request = pin!(service.call(()));
    assert!(poll_as(&before, request.as_mut()).is_pending());
    assert!(poll_as(&now, request.as_mut()).is_pending());
    drop(place);
    let wakes = [&caller, &before, &now].map(|wakes: &Arc<Wakes>| wakes.count());
    assert_eq!(wakes, [0, 0, 1]);
    assert_eq!(poll_as(&now, request.as_mut()), Poll::Ready(Ok("done")));
}

/// tower-resilience 365: a saturated layer wakes itself and spins (reliability 8).
#[tokio::test(start_paused = true)]
async fn request_that_waits_is_polled_only_when_something_happens() {
    let script = Script::new([err(Class::Transient).after(ms(20_000)), ok("second").after(ms(9))]);
    let queue = BulkheadConfig::new(1).queue(9).build().unwrap();
    let policy = timeout(ms(60_000)) + retry(2) + Policy(queue) + circuit_breaker();
    let service = (policy + hedge(ms(5_000))).layer(script.clone());
    let polls = AtomicUsize::new(0);
    let request = || {
        let mut request = Box::pin(service.clone().oneshot(()));
        let polls = &polls;
        poll_fn(move |task| {
            let polls = polls.fetch_add(1, Ordering::SeqCst);
            assert!(polls < 20, "three requests were polled {polls} times");
            request.as_mut().poll(task)
        })
    };
    let began = Instant::now();
    let outcomes = tokio::join!(request(), request(), request());
    assert!(outcomes.0.is_ok() && outcomes.1.is_ok() && outcomes.2.is_ok());
    assert!(began.elapsed() > ms(5_000));
}

/// linkerd2 14731, 14954: a helper task died and everything that hung on it hung for ever; tower
/// 581: it outlived its service; tower-resilience 369: it went on with the attempt that had lost
/// (reliability 13, 16, 17). Nothing here runs in a task of its own.
#[tokio::test(start_paused = true)]
async fn no_policy_spawns_a_task() {
    let other = Script::new([hang()]);
    let queue = BulkheadConfig::new(1).queue(9).build().unwrap();
    let layers = timeout(ms(99)) + retry(3) + Policy(queue) + circuit_breaker() + hedge(ms(5));
    let policy = layers | (timeout(ms(10)) + (to(other.clone()) & pass())) | fallback();
    let down = Script::new([hang()]);
    let service = policy.classify(AsSaid).layer(down.clone());
    let metrics = Handle::current().metrics();
    let before = metrics.num_alive_tasks();
    let watched = || {
        let mut request = Box::pin(service.clone().oneshot(()));
        let metrics = &metrics;
        poll_fn(move |task| {
            let polled = request.as_mut().poll(task);
            assert_eq!(metrics.num_alive_tasks(), before);
            polled
        })
    };
    let polls = drop_at_each_poll(watched, |_| {
        assert_eq!((down.in_flight(), other.in_flight()), (0, 0));
    });
    assert!(polls.await > 2);
}
