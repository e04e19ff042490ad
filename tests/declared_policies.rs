//! `policy! { … }`, `policy!(<…>)`, `#[host]`: statics and types.

#![allow(deprecated, reason = "policies as short as the case: the checker warns of some")]

use ninelives::prelude::{fallback_with, retry, timeout};
use ninelives::{PolicyError, policy};
use std::time::Duration;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

/// The last good answer.
#[ninelives::host]
fn cached(_request: Option<u32>, cause: Option<Result<String, PolicyError<String>>>) -> String {
    format!("cached after {:?}", cause.map(|cause| cause.is_err()))
}

#[ninelives::host]
async fn slowly<Req, Res, E>(_: Option<Req>, _: Option<Result<Res, E>>) -> Res
where
    Req: Send + 'static,
    Res: Default + Send + 'static,
    E: Send + 'static,
{
    tokio::time::sleep(Duration::from_millis(5)).await;
    Res::default()
}

#[ninelives::host]
async fn us_east(request: u32) -> Result<String, String> {
    tokio::time::sleep(Duration::from_millis(20)).await;
    Ok(format!("east {request}"))
}

/// A host function's name is taken from variables beside it, and not from those in the macro.
mod apart {
    #[ninelives::host]
    pub(super) async fn request(asked: u32) -> Result<String, String> {
        Ok(format!("request {asked}"))
    }
}

#[ninelives::host]
fn eu_west(request: u32) -> Result<String, String> {
    Err(format!("west {request}"))
}

mod policies {
    use super::{cached, eu_west, one_at_a_time, slowly, us_east};
    use ninelives::policy;

    policy! {
        let patience = 100ms;

        /// Guards the search.
        pub policy search = timeout(patience) | fallback(@cached);

        /// Races.
        pub policy fetch = (timeout(10ms) + to(@us_east)) & to(@eu_west) & to(@us_east);

        policy limit(of: duration) = timeout(of);

        pub policy nested = limit(1s) + search;
        pub policy late = fail | fallback(@slowly);

        pub policy guard = circuit_breaker;
        pub policy gate = circuit_breaker;
        pub policy fleeting = timeout(1s);
        pub policy api = timeout(1s) + guard;
        pub policy polite = timeout(50ms) + @one_at_a_time;
        pub policy twice = retry(2) + polite;
    }
}

/// A host layer in a declared policy is a type and a constant of it.
#[derive(Clone, Copy)]
#[allow(non_camel_case_types, reason = "`@name` means the type and the value of that name")]
struct one_at_a_time;

impl<S> Layer<S> for one_at_a_time {
    type Service = tower::limit::ConcurrencyLimit<S>;

    fn layer(&self, service: S) -> Self::Service {
        tower::limit::ConcurrencyLimit::new(service, 1)
    }
}

fn own(delay: u64) -> impl Service<u32, Response = String, Error = String, Future: Send> + Clone {
    service_fn(move |request: u32| async move {
        tokio::time::sleep(Duration::from_millis(delay)).await;
        Ok(format!("own {request}"))
    })
}

#[tokio::test(start_paused = true)]
async fn a_declared_policy_is_an_item_of_its_name() {
    use policies::search;
    assert_eq!(search.layer(own(10)).oneshot(1).await.unwrap(), "own 1");
    let service = ServiceBuilder::new().layer(&search).service(own(1_000));
    assert_eq!(service.oneshot(1).await.unwrap(), "cached after Some(true)");
    assert_eq!(policies::fetch.layer(own(1)).oneshot(7).await.unwrap(), "east 7");
    assert_eq!(policies::nested.layer(own(1)).oneshot(7).await.unwrap(), "own 7");
    let late = policies::late.layer(own(1));
    assert_eq!(late.oneshot(7).await.unwrap(), "");
}

#[tokio::test]
async fn a_block_may_stand_in_a_function() {
    use apart::request;
    ninelives::policy! {
        policy inner = to(@request) & fail;
    }
    let service = inner.layer(own(0));
    assert_eq!(service.oneshot(4).await.unwrap(), "request 4");
}

/// The type of a policy around a host layer, in an alias.
type Polite = policy!(<timeout(50ms) + @one_at_a_time>);

#[tokio::test(start_paused = true)]
async fn the_type_of_a_policy_holds_its_host_layer() {
    let polite: Polite = policy![timeout(50ms) + @one_at_a_time];
    let service = polite.layer(own(40));
    let (one, other) = tokio::join!(service.send(1), service.send(2));
    assert!(one.is_ok() && other.is_err());
}

struct Client<S> {
    service: <policy!(<timeout(1s) | fallback(@cached)>) as Layer<S>>::Service,
    guard: policies::search,
}

#[tokio::test(start_paused = true)]
async fn the_type_of_a_policy_can_be_written() {
    let client = Client {
        service: policy!(timeout(1s) | fallback(@cached)).layer(own(5)),
        guard: policies::search,
    };
    assert_eq!(client.service.oneshot(2).await.unwrap(), "own 2");
    let own = client.guard.layer(own(500)).oneshot(2).await;
    assert_eq!(own.unwrap(), "cached after Some(true)");
}

#[tokio::test]
async fn a_reference_shares_the_state_of_what_it_names() {
    let ask = || policies::api.run(|| async { Ok::<_, String>(1) });
    assert_eq!(ask().await, Ok(1));
    policies::guard.plan().force_open();
    assert_eq!(ask().await.unwrap_err().rejected().unwrap().path(), "guard.circuit_breaker");
}

#[tokio::test(start_paused = true)]
async fn a_reference_brings_its_host_layer() {
    let service = policies::twice.layer(own(40));
    let (one, other) = tokio::join!(service.send(1), service.send(2));
    assert_eq!(one.unwrap(), "own 1");
    assert_eq!(other.unwrap(), "own 2", "the second attempt found the place free");
}

#[tokio::test]
async fn a_declared_policy_shares_its_state_with_what_the_operators_make_of_it() {
    let inside = timeout(Duration::from_secs(1)) + policies::gate;
    let reserve = policies::gate | fallback_with(|_, _| 7);
    let race = policies::gate & policies::gate;
    let good = || async { Ok::<_, String>(1) };
    assert_eq!(inside.run(good).await, Ok(1));
    policies::gate.plan().force_open();
    assert_eq!(
        inside.run(good).await.unwrap_err().rejected().unwrap().path(),
        "gate.circuit_breaker"
    );
    assert_eq!(reserve.run(good).await, Ok(7));
    assert!(race.run(good).await.is_err());
    policies::gate.plan().reset();
    assert_eq!(race.run(good).await, Ok(1));
}

#[tokio::test]
async fn the_future_of_a_declared_policy_borrows_nothing() {
    let task = tokio::spawn(policies::fleeting.run(|| async { Ok::<_, String>("spawned") }));
    assert_eq!(task.await.unwrap().unwrap(), "spawned");
}

#[tokio::test(start_paused = true)]
async fn a_declared_policy_brings_its_host_layer_into_the_operators() {
    let service = (retry(2) + policies::polite).layer(own(40));
    let (one, other) = tokio::join!(service.send(1), service.send(2));
    assert_eq!(one.unwrap(), "own 1");
    assert_eq!(other.unwrap(), "own 2", "the second attempt found the place free");
}

mod out_of_range {
    pub(super) fn attempts() -> u32 {
        0
    }

    ninelives::policy! {
        pub policy stubborn = retry({ attempts() });
        pub policy around = timeout(1s) + stubborn;
    }
}

#[test]
fn every_use_of_a_policy_with_a_parameter_out_of_range_says_so() {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    let said = |policy: &dyn Fn()| {
        let panic = catch_unwind(AssertUnwindSafe(policy)).unwrap_err();
        panic.downcast::<String>().unwrap()
    };
    let good = || async { Ok::<_, String>(1) };
    for _ in 0..2 {
        for policy in [
            &(|| drop(out_of_range::around.run(good))) as &dyn Fn(),
            &|| drop(out_of_range::stubborn.run(good)),
            &|| drop(out_of_range::stubborn.plan().clone()),
        ] {
            assert_eq!(
                *said(policy),
                "`stubborn.retry` cannot be made: `retry(max_attempts)`: `0` must be between 1 and 100"
            );
        }
    }
}

mod from_a_file {
    ninelives::policies!("files/shop.nl");
}

#[tokio::test(start_paused = true)]
async fn the_policies_of_a_file_are_items_too() {
    let slow = || {
        from_a_file::checkout.run(|| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok::<_, String>(1)
        })
    };
    assert_eq!(
        slow().await.unwrap_err().to_string(),
        "`checkout.limit.timeout` refused: no answer within 200ms"
    );
}
