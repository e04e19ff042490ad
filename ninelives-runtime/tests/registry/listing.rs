use super::{EVERY_LAYER, book};
use ninelives_runtime::circuit_breaker::State;
use ninelives_runtime::control::{Control, LayerState};
use ninelives_runtime::dsl::catalogue::{self, LayerKind, POLICIES};
use ninelives_runtime::dsl::plan::Value;
use ninelives_runtime::dsl::value::Quantile;
use ninelives_runtime::node::Shape;
use ninelives_runtime::policy::{
    Policy, bulkhead, circuit_breaker, fallback_with, hedge, retry, timeout, to,
};
use ninelives_runtime::registry::{Registry, RegistryError};
use ninelives_runtime::retry::RetryConfig;
use ninelives_runtime::testing::begun;
use ninelives_runtime::timeout::TimeoutConfig;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// The catalogue is the one table: a layer whose parameters, kinds, ranges or defaults are others
/// than it says is found here.
#[test]
fn parameters_of_every_layer_are_those_of_the_catalogue() {
    let retry = Policy(RetryConfig::new().build().unwrap());
    let wrapping = timeout(SECOND) + bulkhead(1) + circuit_breaker() + retry + hedge(Quantile::P95);
    let degraded = fallback_with(|_: Option<()>, _: Option<Result<(), ()>>| ());
    let policy = wrapping | to(()) | degraded;
    let mut layers: Vec<Arc<dyn Control>> = Vec::new();
    policy.plan().layers(&mut |layer| layers.push(layer));
    let kinds: Vec<_> = layers.iter().map(|layer| layer.kind()).collect();
    let of_the_catalogue: BTreeSet<LayerKind> = POLICIES.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds.iter().copied().collect::<BTreeSet<_>>(), of_the_catalogue);
    for layer in layers {
        let rows = layer.kind().entry().parameters.iter().filter(|row| row.adaptive);
        let parameters = layer.parameters();
        assert_eq!(parameters.len(), rows.clone().count(), "{:?}", layer.kind());
        for (row, parameter) in rows.zip(parameters) {
            let name = format!("{}.{}", layer.path(), row.name);
            assert!(std::ptr::eq(parameter.rule().row(), row), "{name} has the row of another");
            if let catalogue::Default::Is(default) = &row.default {
                assert_eq!(&parameter.value(), default, "{name}");
                parameter.check(default).unwrap();
            }
            let kind = parameter.value().kind();
            assert!(kind.is_none_or(|kind| row.accepts.contains(&kind)), "{name}");
            // Of a kind that no parameter takes.
            assert!(parameter.check(&Value::Bool(true)).is_err(), "{name} takes anything");
            assert_eq!(parameter.check(&Value::Unset).is_ok(), !row.unset.is_empty(), "{name}");
        }
    }
}

#[test]
fn every_layer_of_a_text_is_listed_with_its_parameters() {
    let registry = book(EVERY_LAYER).registry();
    let policies = registry.policies();
    assert_eq!(policies.len(), 1);
    assert_eq!(policies[0].name, "search");
    let paths: Vec<_> = policies[0].layers.iter().map(|layer| layer.path.to_string()).collect();
    let expected = ["timeout", "bulkhead", "circuit_breaker", "retry", "hedge", "to", "fallback"];
    assert_eq!(paths, expected.map(|layer| format!("search.{layer}")));
    for layer in &policies[0].layers {
        let rows: Vec<_> = layer.kind.entry().parameters.iter().map(|row| row.name).collect();
        let listed = layer.parameters.iter().map(|it| it.path.rsplit_once('.').unwrap().1);
        assert_eq!(listed.collect::<Vec<_>>(), rows);
        for parameter in &layer.parameters {
            assert_eq!(parameter.value, parameter.written, "{}", parameter.path);
            assert_eq!(registry.get(&parameter.path).as_ref(), Ok(&parameter.value));
            assert_eq!(registry.parameter(&parameter.path).as_ref(), Ok(parameter));
            for part in &parameter.parts {
                assert_eq!(registry.get(&part.path).as_ref(), Ok(&part.value));
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_prints_as_an_operator_reads_it() {
    let registry = book(EVERY_LAYER).registry();
    let search = registry.policies()[0].to_string();
    for line in [
        "search.bulkhead: 0 of 10 in use, 0 queued",
        "  search.bulkhead.max_concurrency = 10 (1 to 1000000, default: required)",
        "  search.bulkhead.wait = (until the earliest deadline) (0s to 30d, default: (until the \
         earliest deadline))",
        "search.circuit_breaker: closed",
        "  search.circuit_breaker.window = 100 (1 to 100000, or 10ms to 1d, default: 100)",
        "  search.circuit_breaker.consecutive = off (1 to 100000, default: off)",
        "search.retry: 100 left in the budget",
        "  search.retry.jitter = full (a jitter, default: full)",
        "search.hedge: 10 left in the budget",
        "  search.to.service = @other (a name of the host program (`@name`), default: required)",
        "  search.fallback.handler = @cached (a name of the host program (`@name`), default: (the \
         response type's own degraded answer))",
    ] {
        assert!(search.lines().any(|printed| printed == line), "no line `{line}` in\n{search}");
    }
    let backoff = registry.parameter("search.retry.backoff").unwrap();
    let parts: Vec<_> = backoff.parts.iter().map(ToString::to_string).collect();
    assert_eq!(
        parts,
        [
            "search.retry.backoff.base = 100ms",
            "search.retry.backoff.factor = 2",
            "search.retry.backoff.max = 10s"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn state_is_that_of_the_layers() {
    let bulkhead = ninelives_runtime::bulkhead::BulkheadLayer::new(3);
    let breaker = ninelives_runtime::circuit_breaker::CircuitBreakerLayer::new();
    let registry = Registry::new();
    let policy = Policy(bulkhead.clone()) + Policy(breaker.clone()) + retry(3);
    registry.add(&policy).unwrap();
    breaker.force_open();
    let states: Vec<_> = registry.layers().into_iter().map(|layer| layer.state).collect();
    let expected = [
        Some(LayerState::Bulkhead { in_use: 0, limit: 3, queued: 0 }),
        Some(LayerState::CircuitBreaker(State::ForcedOpen)),
        Some(LayerState::Retry { budget_left: Some(100) }),
    ];
    assert_eq!(states, expected);

    breaker.reset();
    let held = begun(policy.run(|| async {
        tokio::time::sleep(SECOND).await;
        Ok::<_, String>(())
    }));
    assert_eq!(
        registry.layers()[0].state,
        Some(LayerState::Bulkhead { in_use: 1, limit: 3, queued: 0 })
    );
    held.await.unwrap();
    registry.set("retry.budget", "off").unwrap();
    assert_eq!(registry.layers()[2].state, Some(LayerState::Retry { budget_left: None }));
}

#[tokio::test(start_paused = true)]
async fn budget_left_is_what_would_be_granted() {
    let retry = ninelives_runtime::retry::RetryLayer::new(3);
    for _ in 0..50 {
        retry.budget().deposit();
    }
    assert_eq!(retry.budget().left(), Some(110));
    let now = tokio::time::Instant::now();
    let granted = std::iter::from_fn(|| retry.budget().withdraw(now)).count();
    assert_eq!((granted, retry.budget().left()), (110, Some(0)));
    tokio::time::advance(SECOND).await;
    assert_eq!(retry.budget().left(), Some(10));
}

#[test]
fn layer_that_policies_share_is_listed_once_and_another_of_its_path_is_refused() {
    let shared = TimeoutConfig::new(SECOND).path("shared").build().unwrap();
    let registry = Registry::new();
    registry.add(&(Policy(shared.clone()) + retry(3))).unwrap();
    registry.add(&(Policy(shared) + bulkhead(3))).unwrap();
    let paths: Vec<_> = registry.layers().iter().map(|layer| layer.path.to_string()).collect();
    assert_eq!(paths, ["shared", "retry", "bulkhead"]);

    let other = TimeoutConfig::new(SECOND).path("shared").build().unwrap();
    let refused = registry.add(&(circuit_breaker() + Policy(other))).unwrap_err();
    assert_eq!(refused, RegistryError::Taken { path: "shared".to_owned() });
    assert_eq!(
        refused.to_string(),
        "there is another layer `shared`: give one of them a path of its own"
    );
    assert_eq!(registry.layers().len(), 3, "nothing of a refused policy is added");

    let twice = timeout(SECOND) + (timeout(SECOND) + retry(3));
    assert_eq!(
        Registry::new().add(&twice).unwrap_err(),
        RegistryError::Taken { path: "timeout".to_owned() }
    );
}

#[test]
fn books_and_compiled_policies_stand_in_one_registry() {
    let registry = Registry::new();
    registry.add(&timeout(SECOND)).unwrap();
    let search = book("policy search = retry(3);");
    registry.add_book(&search).unwrap();
    registry.add_book(&search).unwrap();
    let refused = registry.add_book(&book("policy search = retry(4);")).unwrap_err();
    assert_eq!(refused, RegistryError::Taken { path: "search.retry".to_owned() });
    registry.set_all([("timeout.duration", "3s"), ("search.retry.max_attempts", "5")]).unwrap();
    assert_eq!(registry.get("timeout.duration").unwrap(), Value::Duration(3 * SECOND));
    assert_eq!(search.registry().get("search.retry.max_attempts").unwrap(), Value::Count(5));
}
