//! Retry around the other layers, and around a node of one's own.

use super::budget::{floor, tokens};
use super::{failed, plain};
use ninelives_runtime::bulkhead::BulkheadConfig;
use ninelives_runtime::call::{Call, CallRun};
use ninelives_runtime::circuit_breaker::CircuitBreakerConfig;
use ninelives_runtime::classify::{Class, ClassSet};
use ninelives_runtime::control::Visit;
use ninelives_runtime::node::{Node, Outcome, Shape, begin};
use ninelives_runtime::policy::{Policy, bulkhead};
use ninelives_runtime::scope::Scope;
use ninelives_runtime::testing::{AsSaid, Probe, Script, err, hang, ms, ok};
use ninelives_runtime::world::World;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Context, Poll};
use tower::{Layer, Service, ServiceExt};

#[tokio::test(start_paused = true)]
async fn backoff_holds_no_place_of_a_bulkhead_inside() {
    let script = Script::new([err(Class::Transient), ok("other"), ok("again")]);
    let policy = Policy(plain(2).build().unwrap()) + bulkhead(1);
    let service = policy.classify(AsSaid).layer(Probe::new(script));
    let first = tokio::spawn(service.clone().oneshot(()));
    tokio::time::sleep(ms(50)).await;
    assert_eq!(service.oneshot(()).await, Ok("other"));
    assert_eq!(first.await.unwrap(), Ok("again"));
}

#[tokio::test(start_paused = true)]
async fn cancelled_attempt_gives_back_its_place_and_its_token() {
    let script = Script::new([err(Class::Transient), hang()]);
    let retry = plain(2).budget(floor(1)).build().unwrap();
    let places = BulkheadConfig::new(1).queue(1).build().unwrap();
    let policy = Policy(retry.clone()) + Policy(places.clone());
    let service = policy.classify(AsSaid).layer(Probe::new(script.clone()));
    let queued = tokio::spawn(service.clone().oneshot(()));
    tokio::time::sleep(ms(50)).await;
    let holder = tokio::spawn(service.oneshot(()));
    tokio::time::sleep(ms(100)).await;
    assert_eq!((places.in_flight(), places.queued()), (1, 1));
    assert_eq!(tokens(retry.budget()), 0);
    queued.abort();
    assert!(queued.await.is_err());
    assert_eq!((places.in_flight(), places.queued()), (1, 0));
    assert_eq!(tokens(retry.budget()), 1, "never sent");
    holder.abort();
    assert!(holder.await.is_err());
    assert_eq!((places.in_flight(), script.in_flight()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn refusals_inside_are_tried_again_only_when_asked_for() {
    for (on, waits) in [(ClassSet::DEFAULT, 0), (ClassSet::ANY, 2)] {
        let script = Script::new([hang()]);
        let breaker = CircuitBreakerConfig::new().build().unwrap();
        breaker.force_open();
        let retry = plain(3).on(on).budget(floor(1)).build().unwrap();
        let policy = Policy(retry.clone()) + Policy(breaker);
        let service = policy.classify(AsSaid).layer(script.clone());
        let began = tokio::time::Instant::now();
        let refused = service.oneshot(()).await.unwrap_err();
        assert_eq!(refused.rejected().unwrap().class(), Class::Rejected);
        assert_eq!((began.elapsed(), script.calls()), (ms(100 * waits), 0));
        assert_eq!(tokens(retry.budget()), 1, "nothing was sent");
    }
}

/// Calls the service the first time and answers from memory then.
#[derive(Default)]
struct Memory {
    called: AtomicBool,
}

impl Shape for Memory {
    fn calls_service(&self) -> bool {
        true
    }

    fn layers(&self, _: Visit<'_>) {}
}

impl<W: World<Response = &'static str>> Node<W> for &Memory {
    type Run = Option<Pin<Box<<Call as Node<W>>::Run>>>;

    fn start(
        &self,
        mut run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        let known = self.called.swap(true, SeqCst);
        run.set((!known).then(|| Box::pin(CallRun::Done)));
        if let Some(call) = run.as_mut().get_mut() {
            begin::<W, _>(&Call, call.as_mut(), request, scope);
        }
    }

    fn poll(
        &self,
        mut run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        match run.as_mut().get_mut() {
            Some(call) => Call.poll(call.as_mut(), scope, task),
            None => Poll::Ready(Ok("from memory")),
        }
    }

    fn cancel(&self, mut run: Pin<&mut Self::Run>) {
        run.set(None);
    }
}

impl Shape for &Memory {
    fn calls_service(&self) -> bool {
        Memory::calls_service(self)
    }

    fn layers(&self, visit: Visit<'_>) {
        Memory::layers(self, visit);
    }
}

#[tokio::test(start_paused = true)]
async fn attempt_that_answers_without_sending_costs_nothing() {
    let memory = Memory::default();
    let script = Script::new([err(Class::Transient)]);
    let retry = plain(2).budget(floor(1)).build().unwrap();
    let policy = Policy(retry.clone()) + Policy(&memory);
    let mut service = policy.classify(AsSaid).layer(script.clone());
    let mut answered = pin!(service.ready().await.unwrap().call(()));
    assert_eq!(answered.as_mut().await, Ok("from memory"));
    // Given back with the answer, not when the future is dropped.
    assert_eq!((script.calls(), tokens(retry.budget())), (1, 1));
    let script = Script::new([err(Class::Transient)]);
    let service = Policy(retry.clone()).classify(AsSaid).layer(script);
    assert_eq!(service.oneshot(()).await, failed(Class::Transient));
    assert_eq!(tokens(retry.budget()), 0);
}
