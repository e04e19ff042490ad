//! A few requests, their arrivals and their ends, against a policy in paused time.

use crate::services::{Ask, Failure, Own, Reply, begin, end, note, own};
use fastrand::Rng;
use ninelives::PolicyError;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Runtime;
use tower_layer::Layer;
use tower_service::Service;

/// What happens in one run.
#[derive(Clone, Debug)]
pub struct Scene {
    seed: u64,
    hangs: bool,
    requests: Vec<Visit>,
}

#[derive(Clone, Copy, Debug)]
struct Visit {
    request: Ask,
    arrives: Duration,
    leaves: Duration,
}

impl Scene {
    /// Up to six requests; some leave early, some may be sent only once.
    pub fn random(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let requests = (0..rng.u64(1..=6))
            .map(|number| {
                let request = Ask { number, repeatable: rng.u8(..6) > 0 };
                let arrives = Duration::from_millis(rng.choice([0, 0, 1, 4, 30]).unwrap_or(0));
                let patience = rng.choice([2, 7, 3_000, 3_000, 3_000]).unwrap_or(3_000);
                Visit { request, arrives, leaves: arrives + Duration::from_millis(patience) }
            })
            .collect();
        Self { seed, hangs: true, requests }
    }

    /// The same arrivals, but every call ends and nobody leaves: whatever does not end then has
    /// run into a deadlock.
    pub fn calm(seed: u64) -> Self {
        let mut scene = Self::random(seed);
        scene.hangs = false;
        for visit in &mut scene.requests {
            visit.leaves = visit.arrives + Duration::from_secs(3_600);
        }
        scene
    }

    /// Runs the scene and gives everything that happened, in order, with times.
    pub fn run<L>(&self, runtime: &Runtime, policy: &L) -> Vec<String>
    where
        L: Layer<Own>,
        L::Service: Service<Ask, Response = Reply, Error = PolicyError<Failure>> + Clone,
    {
        self.run_around(runtime, || policy.layer(own()))
    }

    /// Runs scenes one after another through one policy, whose state goes from each to the next.
    pub fn run_all<L>(scenes: &[Self], runtime: &Runtime, policy: &L) -> Vec<String>
    where
        L: Layer<Own>,
        L::Service: Service<Ask, Response = Reply, Error = PolicyError<Failure>> + Clone,
    {
        scenes.iter().flat_map(|scene| scene.run(runtime, policy)).collect()
    }

    /// Runs the scene against the service that `make` gives.
    pub fn run_around<S>(&self, runtime: &Runtime, make: impl FnOnce() -> S) -> Vec<String>
    where
        S: Service<Ask, Response = Reply, Error = PolicyError<Failure>> + Clone,
    {
        runtime.block_on(async {
            begin(self.seed, self.hangs);
            let service = make();
            let visits = self.requests.iter().map(|visit| {
                let service = service.clone();
                let future: Pin<Box<dyn Future<Output = ()> + '_>> =
                    Box::pin(visit_once(service, *visit));
                future
            });
            Together(visits.map(Some).collect()).await;
            drop(service);
            let (trace, in_flight) = end();
            assert_eq!(in_flight, 0, "a call outlived its request: {trace:#?}");
            trace
        })
    }
}

async fn visit_once<S>(mut service: S, visit: Visit)
where
    S: Service<Ask, Response = Reply, Error = PolicyError<Failure>>,
{
    tokio::time::sleep(visit.arrives).await;
    let answer = async {
        std::future::poll_fn(|task| service.poll_ready(task)).await?;
        service.call(visit.request).await
    };
    let left = tokio::time::timeout(visit.leaves.saturating_sub(visit.arrives), answer).await;
    note(format!("request {} ends with {left:?}", visit.request.number));
}

/// Polls all futures in order whenever any is woken: no choice is left to a scheduler.
struct Together<'a>(Vec<Option<Pin<Box<dyn Future<Output = ()> + 'a>>>>);

impl Future for Together<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
        let mut left = false;
        for slot in &mut self.0 {
            if slot.as_mut().is_some_and(|future| future.as_mut().poll(task).is_ready()) {
                *slot = None;
            }
            left |= slot.is_some();
        }
        if left { Poll::Pending } else { Poll::Ready(()) }
    }
}
