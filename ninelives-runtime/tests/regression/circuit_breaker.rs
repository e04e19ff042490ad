//! Circuits that stayed open for ever, closed for the wrong reason or let too many through.

use crate::polling::poll_once;
use ninelives_runtime::bulkhead::BulkheadLayer;
use ninelives_runtime::circuit_breaker::{CircuitBreakerConfig, CircuitBreakerLayer, State};
use ninelives_runtime::classify::Class;
use ninelives_runtime::error::{PolicyError, Reason};
use ninelives_runtime::policy::{Policy, bulkhead, pass, retry, timeout};
use ninelives_runtime::retry::RetryLayer;
use ninelives_runtime::testing::{
    AsSaid, Failure, Probe, Script, begun, err, failure, hang, ms, ok,
};
use std::error::Error;
use std::future::{pending, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::task::{Context, Poll};
use tokio::time::{Instant, advance};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

/// Opens with the first failure, for 500 to 1,000 ms.
fn touchy() -> CircuitBreakerConfig {
    let config = CircuitBreakerConfig::new().consecutive(1);
    config.cooldown(ms(1_000)).seed(1)
}

/// Open, with the cooldown over: the next call is a probe.
async fn cooled(config: CircuitBreakerConfig) -> CircuitBreakerLayer {
    let layer = config.build().unwrap();
    let service = layer.layer(Script::new([err(Class::Transient)]));
    assert!(service.oneshot(()).await.is_err());
    assert_eq!(layer.state(), State::Open);
    advance(ms(1_000)).await;
    layer
}

/// monix 1080, rezilience 521, resilience4j 935, OmniRoute 13836: half-open for ever, because the
/// only probe was dropped (reliability 18).
#[tokio::test(start_paused = true)]
async fn half_open_circuit_outlives_a_dropped_probe() {
    let layer = cooled(touchy()).await;
    let policy = timeout(ms(10)) + Policy(layer.clone());
    let service = policy.layer(Script::new([hang(), hang(), ok("back")]));
    for _ in 0..2 {
        assert!(service.clone().oneshot(()).await.is_err());
        assert_eq!(layer.state(), State::HalfOpen);
    }
    assert_eq!(service.oneshot(()).await, Ok("back"));
    assert_eq!(layer.state(), State::Closed);
}

/// The same, because the only probe never ends (reliability 18).
#[tokio::test(start_paused = true)]
async fn half_open_circuit_outlives_a_probe_that_hangs() {
    let layer = cooled(touchy()).await;
    let mut service = layer.layer(Script::new([hang(), ok("back")]));
    let mut hung = pin!(service.ready().await.unwrap().call(()));
    assert!(poll_once(hung.as_mut()).is_pending());
    advance(ms(999)).await;
    assert!(service.ready().await.unwrap().call(()).await.is_err());
    assert_eq!(layer.state(), State::HalfOpen);
    advance(ms(1)).await;
    assert!(service.ready().await.unwrap().call(()).await.is_err());
    assert_eq!(layer.state(), State::Open, "older than the cooldown: failed");
    advance(ms(2_000)).await;
    assert_eq!(service.ready().await.unwrap().call(()).await, Ok("back"));
    assert_eq!(layer.state(), State::Closed);
}

/// Polly 1979 and 717, resilience4j 544: a probe that ended with an outcome which is neither
/// success nor failure kept its slot (reliability 19).
#[tokio::test(start_paused = true)]
async fn probe_with_an_ignored_outcome_gives_its_slot_back() {
    let layer = cooled(touchy().on(Class::Transient)).await;
    let steps = [Class::Timeout, Class::Overloaded].map(err);
    let script = Script::new(steps.into_iter().chain([ok("back")]));
    let service = Policy(layer.clone()).classify(AsSaid).layer(script);
    for _ in 0..2 {
        assert!(service.clone().oneshot(()).await.is_err());
        assert_eq!(layer.state(), State::HalfOpen);
    }
    assert_eq!(service.oneshot(()).await, Ok("back"));
    assert_eq!(layer.state(), State::Closed);
}

/// The same for a probe that a layer inside refused.
#[tokio::test(start_paused = true)]
async fn probe_refused_inside_gives_its_slot_back() {
    let layer = cooled(touchy()).await;
    let full = bulkhead(1);
    let mut taken = full.clone().layer(Script::new([hang()]));
    let held = begun(taken.ready().await.unwrap().call(()));
    let policy = Policy(layer.clone()) + full;
    let service = policy.layer(Script::new([ok("back")]));
    assert!(service.clone().oneshot(()).await.is_err());
    assert_eq!(layer.state(), State::HalfOpen);
    drop(held);
    assert_eq!(service.oneshot(()).await, Ok("back"));
    assert_eq!(layer.state(), State::Closed);
}

/// Polly 216, tower-resilience 382, failsafe 391, OpenLiberty 7080: more probes than allowed
/// (reliability 20).
#[tokio::test(start_paused = true)]
async fn crowd_gets_no_more_probes_than_allowed() {
    let layer = cooled(touchy().probes(3)).await;
    let script = Script::new([ok("back").after(ms(10))]);
    let service = layer.layer(Probe::new(script.clone()));
    let calls: Vec<_> = (0..32).map(|_| tokio::spawn(service.clone().oneshot(()))).collect();
    let mut good = 0;
    for call in calls {
        good += usize::from(call.await.unwrap().is_ok());
    }
    assert_eq!((good, script.calls(), script.peak()), (3, 3, 3));
    assert_eq!(layer.state(), State::Closed);
}

/// tower-resilience 382: the limit was compared in `poll_ready` and not reserved, so that every
/// clone that was polled ready by then came in (reliability 7 and 20).
#[tokio::test(start_paused = true)]
async fn clones_polled_ready_before_get_no_more_probes_than_allowed() {
    let layer = cooled(touchy().probes(3)).await;
    let script = Script::new([hang()]);
    let mut clones = vec![layer.layer(Probe::new(script.clone())); 8];
    for clone in &mut clones {
        assert!(poll_once(clone.ready()).is_ready());
    }
    let mut calls: Vec<_> = clones.iter_mut().map(|clone| Box::pin(clone.call(()))).collect();
    let polls = calls.iter_mut().map(|call| poll_once(call.as_mut()));
    assert_eq!(polls.filter(Poll::is_pending).count(), 3);
    assert_eq!(script.calls(), 3);
}

/// virtrigaud 70 and 100: the first probe was not counted, so that one more came in
/// (reliability 23).
#[tokio::test(start_paused = true)]
async fn probe_that_leads_into_half_open_is_one_of_the_cycle() {
    let layer = cooled(touchy().probes(2)).await;
    let mut service = layer.layer(Script::new([hang()]));
    let _first = begun(service.ready().await.unwrap().call(()));
    assert_eq!(layer.state(), State::HalfOpen);
    let _second = begun(service.ready().await.unwrap().call(()));
    assert!(poll_once(service.ready().await.unwrap().call(())).is_ready());
}

/// Polly 223, tower-resilience, ninelives 0.2: a success from before the trip closed the circuit
/// (reliability 21).
#[tokio::test(start_paused = true)]
async fn success_from_before_the_trip_closes_nothing() {
    let layer = touchy().build().unwrap();
    let script = Script::new([ok("late").after(ms(1_200)), err(Class::Transient), hang()]);
    let mut service = layer.layer(script);
    let late = begun(service.ready().await.unwrap().call(()));
    assert!(service.ready().await.unwrap().call(()).await.is_err());
    advance(ms(1_000)).await;
    let mut probe = pin!(service.ready().await.unwrap().call(()));
    assert!(poll_once(probe.as_mut()).is_pending());
    assert_eq!(late.await, Ok("late"));
    assert_eq!(layer.state(), State::HalfOpen, "the probe is still out");
}

/// ninelives 0.2: the same while the circuit is open, long before its cooldown is over (reliability
/// 21).
#[tokio::test(start_paused = true)]
async fn success_from_before_the_trip_ends_no_cooldown() {
    let layer = touchy().build().unwrap();
    let script = Script::new([ok("late").after(ms(10)), err(Class::Transient)]);
    let mut service = layer.layer(script.clone());
    let late = begun(service.ready().await.unwrap().call(()));
    assert!(service.ready().await.unwrap().call(()).await.is_err());
    assert_eq!(late.await, Ok("late"));
    assert_eq!(layer.state(), State::Open);
    assert!(service.ready().await.unwrap().call(()).await.is_err());
    assert_eq!(script.calls(), 2);
}

/// The other way round: a failure from before the trip, when the circuit has closed again.
#[tokio::test(start_paused = true)]
async fn failure_from_before_the_trip_opens_nothing() {
    let layer = touchy().build().unwrap();
    let late = err(Class::Transient).after(ms(1_200));
    let script = Script::new([late, err(Class::Transient), ok("back")]);
    let mut service = layer.layer(script);
    let late = begun(service.ready().await.unwrap().call(()));
    assert!(service.ready().await.unwrap().call(()).await.is_err());
    advance(ms(1_000)).await;
    assert_eq!(service.ready().await.unwrap().call(()).await, Ok("back"));
    assert!(late.await.is_err());
    assert_eq!(layer.state(), State::Closed);
}

/// ninelives 0.2 stamped the time of the trip after an `await`: who saw the state did not see the
/// time (reliability 22). The trip here is one step within the poll that fails.
#[tokio::test(start_paused = true)]
async fn trip_and_its_time_are_one_step() {
    let layer = touchy().build().unwrap();
    let mut service = layer.layer(Script::new([err(Class::Transient)]));
    advance(ms(5_000)).await;
    assert!(poll_once(service.ready().await.unwrap().call(())).is_ready());
    assert_eq!(layer.state(), State::Open);
    advance(ms(499)).await;
    assert!(poll_once(service.ready().await.unwrap().call(())).is_ready());
    assert_eq!(layer.state(), State::Open, "no probe before the cooldown is over");
}

/// envoy 25487, virtrigaud 70: refusals of our own counted as failures of the service, or were
/// repeated (reliability 24).
#[tokio::test(start_paused = true)]
async fn refusal_is_neither_a_failure_nor_repeated() {
    let (outer, inner) = (touchy().build().unwrap(), touchy().build().unwrap());
    let script = Script::new([err(Class::Transient), ok("fine")]);
    let policy = retry(3) + Policy(outer.clone()) + Policy(inner.clone()) + bulkhead(1);
    inner.force_open();
    let service = policy.layer(script.clone());
    let refused = service.clone().oneshot(()).await.unwrap_err();
    assert_eq!(refused.rejected().unwrap().reason(), Reason::CircuitOpen);
    assert_eq!(outer.state(), State::Closed);
    assert_eq!(script.calls(), 0);
    inner.reset();
    let refused = service.oneshot(()).await.unwrap_err();
    assert_eq!(refused.rejected().unwrap().reason(), Reason::CircuitOpen);
    assert_eq!((outer.state(), inner.state()), (State::Open, State::Open));
    assert_eq!(script.calls(), 1);
}

/// The same where the retry and the circuit meet through tower (reliability 24).
#[tokio::test(start_paused = true)]
async fn flat_retry_around_a_guarded_service_leaves_an_open_circuit_alone() {
    let layer = touchy().build().unwrap();
    let own = Script::new([err(Class::Transient)]);
    let retry = Policy(RetryLayer::new(5)).flat().classify(AsSaid);
    let guarded = Policy(layer.clone()).classify(AsSaid);
    let service = ServiceBuilder::new().layer(retry).layer(guarded).service(own.clone());
    for _ in 0..2 {
        let refused = service.clone().oneshot(()).await.unwrap_err();
        assert_eq!(refused.rejected().unwrap().reason(), Reason::CircuitOpen);
    }
    assert_eq!(own.calls(), 1);

    let full = BulkheadLayer::new(1);
    let outer = Policy(touchy().build().unwrap()).flat().classify(AsSaid);
    let own = Script::new([hang()]);
    let service = ServiceBuilder::new().layer(outer.clone()).layer(full).service(own);
    let mut held = pin!(service.send(()));
    assert!(poll_once(held.as_mut()).is_pending());
    assert!(service.clone().oneshot(()).await.is_err());
    assert_eq!(outer.plan().state(), State::Closed);
}

/// The same of a bulkhead inside that is full (reliability 24).
#[tokio::test(start_paused = true)]
async fn full_bulkhead_inside_is_neither_a_failure_nor_repeated() {
    let layer = touchy().build().unwrap();
    let guarded = Policy(layer.clone()) + bulkhead(1);
    let script = Script::new([hang()]);
    let mut holder = guarded.clone().layer(script.clone());
    let _held = begun(holder.ready().await.unwrap().call(()));
    let service = (retry(3) + guarded).layer(script.clone());
    let began = Instant::now();
    for _ in 0..9 {
        let refused = service.clone().oneshot(()).await.unwrap_err();
        let reason = refused.rejected().unwrap().reason();
        assert_eq!(reason, Reason::BulkheadFull { max_concurrency: 1 });
    }
    assert_eq!(began.elapsed(), ms(0), "no backoff");
    assert_eq!((layer.state(), script.calls()), (State::Closed, 1));
}

/// tower-resilience 381: an open circuit waited for the readiness of the service it protects
/// (reliability 25).
#[tokio::test(start_paused = true)]
async fn open_circuit_does_not_wait_for_the_service() {
    struct NeverReady;

    impl Service<()> for NeverReady {
        type Response = &'static str;
        type Error = Failure;
        type Future = std::future::Pending<Result<&'static str, Failure>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
            Poll::Pending
        }

        fn call(&mut self, (): ()) -> Self::Future {
            pending()
        }
    }

    impl Clone for NeverReady {
        fn clone(&self) -> Self {
            Self
        }
    }

    let layer = touchy().build().unwrap();
    let mut service = layer.layer(NeverReady);
    layer.force_open();
    let refused = poll_once(poll_fn(|task| service.poll_ready(task)));
    assert!(refused.is_ready());
    assert!(poll_once(service.call(())).is_ready());
}

/// Polly 1877: memory grew with each refusal (reliability 26).
#[tokio::test(start_paused = true)]
async fn refusal_allocates_nothing() {
    let layer = touchy().build().unwrap();
    let mut service = layer.layer(service_fn(|(): ()| async { Err::<(), _>(()) }));
    assert!(service.ready().await.unwrap().call(()).await.is_err());
    let allocated = allocation_counter::measure(|| {
        for _ in 0..100_000 {
            assert!(poll_once(service.ready()).is_ready());
            assert!(poll_once(service.call(())).is_ready());
        }
    });
    assert_eq!((allocated.count_total, allocated.count_current), (0, 0));
}

/// Polly 758: the refusal carried the last error of the service, read in a race. Ours carries
/// nothing of another call (reliability 27).
#[tokio::test(start_paused = true)]
async fn refusal_carries_nothing_of_an_earlier_call() {
    let layer = touchy().build().unwrap();
    let mut service = layer.layer(Script::new([err(Class::Transient)]));
    let failed = service.ready().await.unwrap().call(()).await.unwrap_err();
    assert_eq!(failed, PolicyError::Service(failure(Class::Transient)));
    let refused = service.ready().await.unwrap().call(()).await.unwrap_err();
    let refused = refused.rejected().unwrap();
    assert!(refused.source().is_none());
    assert_eq!(refused.to_string(), "`circuit_breaker` refused: the circuit is open");
}

/// resilience4j 903: more calls asked for than the window can hold, and the circuit never moved
/// (reliability 28).
#[tokio::test(start_paused = true)]
async fn window_smaller_than_min_calls_is_judged_when_full() {
    let config = CircuitBreakerConfig::new().window(5);
    let layer = config.build().unwrap();
    let mut service = layer.layer(Script::new([err(Class::Transient)]));
    for _ in 0..5 {
        assert_eq!(layer.state(), State::Closed);
        assert!(service.ready().await.unwrap().call(()).await.is_err());
    }
    assert_eq!(layer.state(), State::Open);
}

/// Stale steps of a window of time were counted again after a quiet while (reliability 28).
#[tokio::test(start_paused = true)]
async fn failures_before_a_quiet_while_are_forgotten() {
    let config = CircuitBreakerConfig::new().window(ms(100)).min_calls(2);
    let layer = config.build().unwrap();
    let mut service = layer.layer(Script::new([err(Class::Transient)]));
    for quiet in [100, 1_000, 10_000, 99_990] {
        assert!(service.ready().await.unwrap().call(()).await.is_err());
        assert_eq!(layer.state(), State::Closed);
        advance(ms(quiet)).await;
    }
}

/// ninelives, control plane: the service was called before the circuit was asked, so that an open
/// one still sent everything (aesthetics, part 3).
#[tokio::test(start_paused = true)]
async fn open_circuit_sends_nothing() {
    let layer = touchy().build().unwrap();
    let script = Script::new([err(Class::Transient)]);
    let mut service = layer.layer(Probe::new(script.clone()));
    for _ in 0..9 {
        assert!(service.ready().await.unwrap().call(()).await.is_err());
    }
    assert_eq!(script.calls(), 1);
}

/// ninelives, control plane: admission was asked on every poll, so that a healthy probe which
/// waited twice was refused half-way (aesthetics, part 3).
#[tokio::test(start_paused = true)]
async fn probe_that_waits_twice_is_admitted_once() {
    let layer = cooled(touchy()).await;
    let patient = service_fn(|(): ()| async {
        tokio::time::sleep(ms(5)).await;
        tokio::time::sleep(ms(5)).await;
        Ok::<_, Failure>("back")
    });
    assert_eq!(layer.layer(patient).oneshot(()).await, Ok("back"));
    assert_eq!(layer.state(), State::Closed);
}

/// tower-resilience: `reset` of a closed circuit kept the counts that it said it would clear
/// (aesthetics, part 3).
#[tokio::test(start_paused = true)]
async fn reset_of_a_closed_circuit_forgets_what_was_counted() {
    let layer = touchy().consecutive(2).build().unwrap();
    let mut service = layer.layer(Script::new([err(Class::Transient)]));
    for _ in 0..5 {
        assert!(service.ready().await.unwrap().call(()).await.is_err());
        assert_eq!(layer.state(), State::Closed);
        layer.reset();
    }
}

/// A service that panics has failed, and takes no slot with it: neither in its future nor in its
/// destructor (reliability 14).
#[tokio::test(start_paused = true)]
async fn panic_of_the_service_is_a_failure_and_keeps_no_slot() {
    struct PanicsWhenDropped;

    impl Drop for PanicsWhenDropped {
        fn drop(&mut self) {
            if !std::thread::panicking() {
                panic!("dropped");
            }
        }
    }

    let caught = |layer: &CircuitBreakerLayer, in_drop: bool| {
        let mut service = layer.layer(service_fn(move |(): ()| async move {
            if in_drop {
                let _bomb = PanicsWhenDropped;
                return pending::<Result<(), Failure>>().await;
            }
            panic!("in the future")
        }));
        assert!(poll_once(service.ready()).is_ready());
        std::panic::catch_unwind(AssertUnwindSafe(|| {
            let _ = poll_once(service.call(()));
        }))
    };

    let layer = touchy().build().unwrap();
    assert!(caught(&layer, false).is_err());
    assert_eq!(layer.state(), State::Open, "counted as a failure");

    let mut in_call =
        layer.layer(service_fn(|(): ()| -> std::future::Ready<Result<(), Failure>> {
            panic!("in the call")
        }));
    let mut call = || {
        let _ = poll_once(in_call.ready());
        let call = AssertUnwindSafe(|| poll_once(in_call.call(())).is_ready());
        std::panic::catch_unwind(call)
    };
    layer.reset();
    assert!(call().is_err());
    assert_eq!(layer.state(), State::Open, "counted as a failure");
    advance(ms(1_000)).await;
    assert!(call().is_err());
    assert_eq!(layer.state(), State::Open, "a failed probe");

    let layer = cooled(touchy()).await;
    assert!(caught(&layer, true).is_err());
    assert_eq!(layer.state(), State::HalfOpen, "dropped, which says nothing");
    let service = (Policy(layer.clone()) + pass()).layer(Script::new([ok("back")]));
    assert_eq!(service.oneshot(()).await, Ok("back"));
    assert_eq!(layer.state(), State::Closed);
}
