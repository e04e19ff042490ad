//! How to test a policy, a node and a tower layer of one's own: scripted services, paused time,
//! tower's contract, and a request that is dropped at each of its polls. In a crate of yours these
//! functions are tests.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use ninelives::Class;
use ninelives::control::Control;
use ninelives::node::{Node, Outcome, Shape, Wraps};
use ninelives::prelude::{Policy, retry, timeout};
use ninelives::scope::Scope;
use ninelives::testing::{AsSaid, Probe, Script, drop_at_each_poll, err, hang, ms, ok, paused};
use ninelives::world::World;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use tower::{Layer, Service, ServiceExt};

mod policies {
    ninelives::policy! {
        pub policy search = timeout(1s) + retry(3, backoff = fixed(0s)) + timeout(250ms);
    }
}

/// The policy: an attempt that fails and one that hangs cost what the text says, and no more.
fn search_survives_a_failure_and_a_hang() {
    let script = Script::new([err(Class::Transient), hang(), ok("found")]);
    let service = policies::search.classify(AsSaid).layer(Probe::new(script.clone()));
    assert_eq!(paused(service.oneshot(())), Ok("found"));
    assert_eq!(script.gaps(), [ms(0), ms(250)]);
    println!("search: {} attempts, {} of them dropped", script.calls(), script.dropped());
}

/// A node of one's own: how many requests are inside `I`.
#[derive(Clone)]
struct Gauge<I> {
    inside: Arc<AtomicU64>,
    inner: I,
}

pin_project! {
    #[derive(Default)]
    struct GaugeRun<R> {
        #[pin]
        inner: R,
        counted: bool,
    }
}

impl<I> Gauge<I> {
    /// Once a run, whichever way it ends.
    fn leave(&self, counted: &mut bool) {
        if std::mem::take(counted) {
            self.inside.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl<I: Shape> Wraps for Gauge<I> {
    type Inner = I;

    fn inner(&self) -> &I {
        &self.inner
    }

    fn control(&self) -> Option<Arc<dyn Control>> {
        None
    }
}

impl<W: World, I: Node<W>> Node<W> for Gauge<I> {
    type Run = GaugeRun<I::Run>;

    fn start(
        &self,
        run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        let run = run.project();
        self.inner.start(run.inner, request, scope);
        // Last, so that nobody is inside who does not come in because the start above panics.
        self.inside.fetch_add(1, Ordering::Relaxed);
        *run.counted = true;
    }

    fn poll(
        &self,
        run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        let run = run.project();
        let polled = self.inner.poll(run.inner, scope, task);
        if polled.is_ready() {
            self.leave(run.counted);
        }
        polled
    }

    /// Without it the sweep below fails at the first poll.
    fn cancel(&self, run: Pin<&mut Self::Run>) {
        let run = run.project();
        self.inner.cancel(run.inner);
        self.leave(run.counted);
    }
}

/// The node: nobody is inside any more, wherever the request was given up.
fn gauge_goes_back_at_each_poll() {
    let gauge = Gauge { inside: Arc::default(), inner: retry(3).plan().clone() };
    let policy = (timeout(ms(900)) + Policy(gauge.clone())).classify(AsSaid);
    let steps = [err(Class::Transient).after(ms(10)), ok("found").after(ms(10))];
    let polls = paused(drop_at_each_poll(
        || policy.layer(Probe::new(Script::new(steps.clone()))).oneshot(()),
        |k| assert_eq!(gauge.inside.load(Ordering::Relaxed), 0, "after {k} polls"),
    ));
    println!("gauge: back at zero after each of {polls} polls");
}

/// A tower layer of one's own: counts what it sends.
#[derive(Clone)]
struct Numbered<S> {
    sent: u64,
    inner: S,
}

impl<S: Service<Req>, Req> Service<Req> for Numbered<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(task)
    }

    fn call(&mut self, request: Req) -> S::Future {
        self.sent += 1;
        self.inner.call(request)
    }
}

/// The layer: the probe panics if it ever calls what it did not poll ready.
fn numbered_keeps_towers_contract() {
    let script = Script::new([ok("one"), ok("two").ready_after(ms(5)).after(ms(5))]);
    let mut service = Numbered { sent: 0, inner: Probe::new(script) };
    paused(async {
        for expected in ["one", "two", "two"] {
            let ready = service.ready().await;
            let Ok(ready) = ready else { unreachable!("a script is ready in the end") };
            assert_eq!(ready.call(()).await, Ok(expected));
        }
    });
    println!("numbered: {} requests, all on readied instances", service.sent);
}

fn main() {
    search_survives_a_failure_and_a_hang();
    gauge_goes_back_at_each_poll();
    numbered_keeps_towers_contract();
}
