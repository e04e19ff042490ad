//! Each misuse of tower's contract is caught, and no right use is.

use super::*;
use crate::testing::{Script, ms, ok, paused};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

fn probe() -> Probe<Script> {
    Probe::new(Script::new([ok("done")]))
}

fn ready<S: Service<()>>(service: &mut S) -> Poll<Result<(), S::Error>> {
    service.poll_ready(&mut Context::from_waker(Waker::noop()))
}

fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// What the probe says to a misuse.
#[track_caller]
fn said(misuse: impl FnOnce()) -> &'static str {
    let caught = catch_unwind(AssertUnwindSafe(|| paused(async { misuse() })));
    caught.expect_err("the misuse went unnoticed").downcast_ref().copied().unwrap()
}

const UNREADY: &str = "called without a `Ready` of its own";

#[test]
fn call_without_having_been_polled_ready_is_caught() {
    assert_eq!(said(|| drop(probe().call(()))), UNREADY);
}

#[test]
fn second_call_on_one_readiness_is_caught() {
    let misuse = || {
        let mut service = probe();
        assert!(ready(&mut service).is_ready());
        drop(service.call(()));
        drop(service.call(()));
    };
    assert_eq!(said(misuse), UNREADY);
}

#[test]
fn call_of_a_clone_of_the_readied_instance_is_caught() {
    let misuse = || {
        let mut service = probe();
        assert!(ready(&mut service).is_ready());
        drop(service.clone().call(()));
    };
    assert_eq!(said(misuse), UNREADY);
}

#[test]
fn call_after_the_readiness_was_still_pending_is_caught() {
    let misuse = || {
        let mut service = Probe::new(Script::new([ok("done").ready_after(ms(1))]));
        assert!(ready(&mut service).is_pending());
        drop(service.call(()));
    };
    assert_eq!(said(misuse), UNREADY);
}

#[test]
fn call_after_the_readiness_was_lost_again_is_caught() {
    let misuse = || {
        let steps = [ok("done"), ok("done").ready_after(ms(1))];
        let mut service = Probe::new(Script::new(steps));
        let mut other = service.clone();
        assert!(ready(&mut service).is_ready());
        assert!(ready(&mut other).is_ready());
        drop(other.call(()));
        assert!(ready(&mut service).is_pending());
        drop(service.call(()));
    };
    assert_eq!(said(misuse), UNREADY);
}

/// Fails to become ready.
struct Broken;

impl Service<()> for Broken {
    type Response = ();
    type Error = ();
    type Future = std::future::Ready<Result<(), ()>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        Poll::Ready(Err(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        std::future::ready(Ok(()))
    }
}

#[test]
fn call_after_the_readiness_failed_is_caught() {
    let misuse = || {
        let mut service = Probe::new(Broken);
        assert_eq!(ready(&mut service), Poll::Ready(Err(())));
        drop(service.call(()));
    };
    assert_eq!(said(misuse), UNREADY);
}

#[test]
fn instance_that_is_polled_again_after_its_readiness_failed_is_caught() {
    let misuse = || {
        let mut service = Probe::new(Broken);
        assert_eq!(ready(&mut service), Poll::Ready(Err(())));
        let _ = ready(&mut service);
    };
    assert_eq!(said(misuse), "polled ready after its readiness failed");
}

#[test]
fn future_that_is_polled_after_it_answered_is_caught() {
    let misuse = || {
        let mut service = probe();
        assert!(ready(&mut service).is_ready());
        let mut future = service.call(());
        assert_eq!(poll(&mut future), Poll::Ready(Ok("done")));
        let _ = poll(&mut future);
    };
    assert_eq!(said(misuse), "polled after it answered");
}

#[test]
fn right_use_passes() {
    paused(async {
        let mut service = probe();
        for _ in 0..3 {
            assert!(ready(&mut service).is_ready());
            assert!(ready(&mut service).is_ready(), "asking twice is allowed");
            let mut future = service.call(());
            let mut other = service.clone();
            assert!(ready(&mut other).is_ready(), "and so is not calling");
            assert_eq!(poll(&mut future), Poll::Ready(Ok("done")));
        }
    });
}
