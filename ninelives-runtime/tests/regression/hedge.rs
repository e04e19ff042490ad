//! Hedges that ran on, ran twice, or made a slow service slower.

use ninelives_runtime::classify::{Class, Classify, Repeat};
use ninelives_runtime::config::Off;
use ninelives_runtime::hedge::HedgeConfig;
use ninelives_runtime::policy::Policy;
use ninelives_runtime::testing::{AsSaid, Failure, Probe, Script, hang, ms, ok};
use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;
use tokio::task::JoinSet;
use tower::{Layer, ServiceExt};

/// tower-resilience 369: the loser went on in a task of its own after the winner had answered
/// (reliability 16).
#[tokio::test(start_paused = true)]
async fn loser_is_dropped_before_the_winner_is_returned() {
    struct Logs(Rc<RefCell<Vec<&'static str>>>, &'static str);
    impl Drop for Logs {
        fn drop(&mut self) {
            self.0.borrow_mut().push(self.1);
        }
    }
    let log = Rc::new(RefCell::new(Vec::new()));
    let layer = HedgeConfig::new().after(ms(10)).budget(Off).build();
    let policy = Policy(layer.unwrap());
    let mut names = ["loser", "winner"].into_iter();
    let answer = policy.run(|| {
        let guard = Logs(log.clone(), names.next().unwrap());
        async move {
            if guard.1 == "loser" {
                pending::<()>().await;
            }
            // The answer outlives the attempt, as a response with its connection does.
            Ok::<_, String>(Logs(guard.0.clone(), "answer"))
        }
    });
    let answer = answer.await;
    assert_eq!(*log.borrow(), ["winner", "loser"]);
    drop(answer);
    assert_eq!(*log.borrow(), ["winner", "loser", "answer"]);
}

/// tower-resilience 369: a hedge doubled a side effect.
#[tokio::test(start_paused = true)]
async fn request_with_a_side_effect_is_sent_once() {
    #[derive(Clone, Copy)]
    struct SideEffects;
    impl<Response> Classify<Response, Failure> for SideEffects {
        fn classify(&self, outcome: Result<&Response, &Failure>) -> Class {
            AsSaid.classify(outcome)
        }
    }
    impl Repeat<()> for SideEffects {
        fn may_repeat(&self, (): &()) -> bool {
            false
        }
        fn copy(&self, (): &()) -> Option<()> {
            Some(())
        }
    }
    let script = Script::new([ok("done").after(ms(500))]);
    let layer = HedgeConfig::new().after(ms(10)).max_attempts(9).build();
    let policy = Policy(layer.unwrap()).classify(SideEffects);
    let service = policy.layer(Probe::new(script.clone()));
    assert_eq!(service.oneshot(()).await, Ok("done"));
    assert_eq!(script.calls(), 1);
}

/// Kevlar 336, aspnetcore 36162: the loser's connection was never closed.
#[tokio::test(start_paused = true)]
async fn connections_stay_flat_over_a_hundred_thousand_hedges() {
    struct Connection<'a>(&'a Cell<usize>);
    impl Drop for Connection<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() - 1);
        }
    }
    let (open, calls) = (Cell::new(0), Cell::new(0));
    let layer = HedgeConfig::new().after(Duration::ZERO).budget(Off).build();
    let policy = Policy(layer.unwrap());
    for request in 0..100_000 {
        let answer = policy.run(|| {
            open.set(open.get() + 1);
            calls.set(calls.get() + 1);
            let connection = Connection(&open);
            let is_hedge = calls.get() % 2 == 0;
            poll_fn(move |_| {
                let _open = &connection;
                if is_hedge { Poll::Ready(Ok::<_, String>(())) } else { Poll::Pending }
            })
        });
        assert_eq!(answer.await, Ok(()));
        assert_eq!(open.get(), 0, "after request {request}");
    }
    assert_eq!(calls.get(), 200_000);
}

/// Hedges add load just when the service is slow: the budget bounds them, whatever the delay.
#[tokio::test(start_paused = true)]
async fn service_that_is_slow_throughout_is_hedged_within_the_budget() {
    let script = Script::new([hang()]);
    let layer = HedgeConfig::new().after(ms(10)).max_attempts(9).build();
    let service = layer.unwrap().layer(script.clone());
    let mut calls = JoinSet::new();
    for _ in 0..1_000 {
        calls.spawn(tokio::time::timeout(ms(500), service.clone().oneshot(())));
    }
    while let Some(call) = calls.join_next().await {
        assert!(call.unwrap().is_err());
    }
    // 10% of the calls, and what the floor of one a second has saved up in ten.
    assert_eq!(script.calls(), 1_000 + 100 + 10);
}
