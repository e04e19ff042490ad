//! Each request is given up before its first poll and after each, in each pair: whatever it held is
//! back, once.

use crate::layers::{Pair, Side, Sides, Watched, pairs};
use ninelives::Class;
use ninelives::circuit_breaker::State;
use ninelives::prelude::Policy;
use ninelives::testing::{
    AsSaid, Probe, Script, Step, begun, drop_at_each_poll, elapse, err, hang, ms, ok, paused,
};
use std::cell::RefCell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use tokio::time::sleep;
use tower::Service;
use tower::limit::ConcurrencyLimit;
use tower_layer::Layer;

/// What a request runs into.
struct Scene {
    name: &'static str,
    steps: &'static [Step],
    /// The bulkheads are full at first, so it stands in line.
    full: bool,
    /// The circuits are half-open, so its call is the probe.
    probing: bool,
}

const fn transient() -> Step {
    err(Class::Transient)
}

/// What each call does, and how long it takes, is in the steps' own words where it matters.
fn scenes() -> [Scene; 6] {
    const FAILS: &[Step] = &[transient(), transient(), ok("done")];
    const REFUSES: &[Step] = &[err(Class::Overloaded)];
    const HANGS: &[Step] = &[hang(), transient(), hang(), ok("done")];
    const ANSWERS: &[Step] = &[ok("done")];
    let scene = |name, steps| Scene { name, steps, full: false, probing: false };
    [
        scene("it answers", ANSWERS),
        scene("it fails twice", FAILS),
        scene("it always fails", REFUSES),
        scene("it hangs now and then", HANGS),
        Scene { full: true, ..scene("the bulkheads are full", FAILS) },
        Scene { probing: true, ..scene("the circuits are half-open", HANGS) },
    ]
}

type Held = Pin<Box<dyn Future<Output = ()>>>;

/// One request, and all that is shared.
struct Trial {
    own: Script,
    service: Watched,
    sides: Sides,
    held: Vec<Held>,
}

/// Polls once; what is not over then is dropped.
fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

impl Trial {
    fn new(scene: &Scene) -> Self {
        // Each call takes a moment, so that there is a poll to be dropped at.
        let script = || {
            let steps = scene.steps.iter().cloned();
            Script::new(steps.map(|step| step.after(ms(3)).ready_after(ms(1))))
        };
        let own = script();
        let sides = Sides { left: Side::new(script()), right: Side::new(script()) };
        let service = Probe::new(ConcurrencyLimit::new(own.clone(), 1));
        let mut trial = Self { own, service, sides, held: Vec::new() };
        for side in [&trial.sides.left, &trial.sides.right] {
            if scene.full {
                let holder = begun(side.bulkhead.layer(Script::new([hang()])).send(()));
                trial.held.push(Box::pin(async { drop(holder.await) }));
            }
            if scene.probing {
                for _ in 0..2 {
                    let failing = Script::new([transient()]);
                    let circuit = Policy(side.circuit_breaker.clone()).classify(AsSaid);
                    assert!(poll_once(circuit.layer(failing).send(())).is_ready());
                }
                assert_eq!(side.circuit_breaker.state(), State::Open);
            }
        }
        trial
    }

    /// Everything is as if the request had never been, but for what it sent.
    fn check(mut self, pair: &Pair, at: &str) {
        let Sides { left, right } = &self.sides;
        let calls: usize = [&self.own, &left.east, &right.east].map(Script::calls).iter().sum();
        let in_flight = [&self.own, &left.east, &right.east].map(Script::in_flight);
        assert_eq!(in_flight, [0; 3], "calls go on, {at}");
        let first = calls as u64 - (left.spent() + right.spent());
        assert!(
            (u64::from(calls > 0)..=pair.paths).contains(&first),
            "{calls} calls, {first} of them not paid for, {at}"
        );
        let holders = self.held.len() as u64 / 2;
        for bulkhead in [&left.bulkhead, &right.bulkhead] {
            let seen = (bulkhead.in_flight(), bulkhead.queued());
            assert_eq!(seen, (holders, 0), "permits and places in line, {at}");
        }
        let room = self.service.poll_ready(&mut Context::from_waker(Waker::noop()));
        // Its script is ready a moment later: nothing else is waited for.
        assert!(room.is_pending() && self.own.in_flight() == 0);
        for side in [left, right] {
            if side.circuit_breaker.state() == State::HalfOpen {
                let next = side.circuit_breaker.layer(Script::new([ok("again")])).send(());
                assert_eq!(poll_once(next), Poll::Ready(Ok("again")), "a probe is lost, {at}");
                assert_eq!(side.circuit_breaker.state(), State::Closed, "{at}");
            }
        }
    }
}

/// Sends it, and lets who holds the permits go meanwhile. What nothing ends is over at last.
fn request(trial: &RefCell<Option<Trial>>, pair: &Pair) -> impl Future {
    let send = |trial: &Trial| (pair.compose)(&trial.sides)(trial.service.clone());
    let mut request = send(trial.borrow().as_ref().unwrap());
    async move {
        let (mut release, mut over) = (pin!(sleep(ms(4))), pin!(sleep(ms(500))));
        poll_fn(|task| {
            if release.as_mut().poll(task).is_ready() {
                trial.borrow_mut().as_mut().unwrap().held.clear();
            }
            if over.as_mut().poll(task).is_ready() {
                return Poll::Ready(());
            }
            request.as_mut().poll(task).map(drop)
        })
        .await;
    }
}

#[test]
fn request_dropped_at_any_poll_gives_back_all_it_held_once() {
    let pairs = pairs();
    let (mut drops, mut sweeps) = (0, 0);
    for pair in &pairs {
        for scene in scenes() {
            drops += paused(sweep(pair, &scene));
            sweeps += 1;
        }
    }
    println!("{} compiled pairs, {sweeps} sweeps, {drops} drops: 0 lost, 0 doubled", pairs.len());
    assert!(drops > 3 * sweeps, "requests have polls to be dropped at");
}

/// Gives the number of drops.
async fn sweep(pair: &Pair, scene: &Scene) -> usize {
    let mut trials: Vec<_> = (0..64).map(|_| Trial::new(scene)).collect();
    // The circuits' cooldown.
    elapse(ms(10)).await;
    let trial = RefCell::new(None);
    let polls = drop_at_each_poll(
        || {
            trial.replace(trials.pop());
            request(&trial, pair)
        },
        |k| {
            let at = format!("{} when {}, after {k} polls", pair.name, scene.name);
            trial.take().unwrap().check(pair, &at);
        },
    )
    .await;
    polls + 1
}

/// What is checked after each drop can fail.
#[test]
fn permit_and_token_that_are_kept_are_found() {
    paused(async {
        let pairs = pairs();
        let [scene, ..] = scenes();
        let lost = |keep: fn(&Trial)| {
            let trial = Trial::new(&scene);
            keep(&trial);
            catch_unwind(AssertUnwindSafe(|| trial.check(&pairs[0], "kept"))).is_err()
        };
        assert!(!lost(|_| ()));
        assert!(lost(|trial| {
            let holder = begun(trial.sides.left.bulkhead.layer(Script::new([hang()])).send(()));
            #[expect(clippy::mem_forget, reason = "that is the fault")]
            std::mem::forget(holder);
        }));
        assert!(lost(|trial| {
            let retry = trial.sides.right.retry.budget();
            let _ = retry.withdraw(tokio::time::Instant::now());
        }));
    });
}
