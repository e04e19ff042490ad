use super::{EVERY_LAYER, book, refusal, values};
use ninelives_runtime::config::Off;
use ninelives_runtime::dsl::plan::Value;
use ninelives_runtime::dsl::value::{
    Backoff, Budget, Class, ClassSet, Jitter, Number, Quantile, Rate, Ratio,
};
use ninelives_runtime::registry::{RegistryError, Setting};
use proptest::prelude::*;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Every parameter, with two values that are not the one in force.
fn two_of_each() -> Vec<(&'static str, Setting, &'static str)> {
    vec![
        ("search.timeout.duration", (2 * SECOND).into(), "3s"),
        ("search.bulkhead.max_concurrency", 20.into(), "30"),
        ("search.bulkhead.queue", 20_u32.into(), "0"),
        ("search.bulkhead.wait", SECOND.into(), "0s"),
        ("search.circuit_breaker.failure_rate", Ratio::percent(7).into(), "99.9%"),
        ("search.circuit_breaker.window", 50.into(), "30s"),
        ("search.circuit_breaker.min_calls", 50.into(), "7"),
        ("search.circuit_breaker.consecutive", 5.into(), "off"),
        ("search.circuit_breaker.slow_call", SECOND.into(), "off"),
        ("search.circuit_breaker.slow_rate", Ratio::percent(7).into(), "25%"),
        ("search.circuit_breaker.cooldown", SECOND.into(), "1m"),
        ("search.circuit_breaker.max_cooldown", SECOND.into(), "1h"),
        ("search.circuit_breaker.probes", 2.into(), "3"),
        ("search.circuit_breaker.on", Class::Timeout.into(), "any"),
        ("search.retry.max_attempts", 2.into(), "5"),
        ("search.retry.backoff", Backoff::fixed(SECOND).into(), "linear(1s, max = 5s)"),
        ("search.retry.jitter", Jitter::None.into(), "decorrelated"),
        ("search.retry.on", ClassSet::ANY.into(), "timeout | overloaded"),
        ("search.retry.budget", Budget::HEDGE.into(), "budget(7%, min = 3/s, window = 1s)"),
        ("search.retry.retry_after", Off.into(), "10s"),
        ("search.hedge.after", Quantile::from_thousandths(99_000).unwrap().into(), "50ms"),
        ("search.hedge.initial", SECOND.into(), "1s"),
        ("search.hedge.min_samples", 7.into(), "8"),
        ("search.hedge.max_attempts", 7.into(), "8"),
        ("search.hedge.budget", Off.into(), "50%"),
        ("search.hedge.on", Class::Timeout.into(), "permanent"),
    ]
}

#[test]
fn every_parameter_can_be_set_as_rust_and_as_text() {
    let registry = book(EVERY_LAYER).registry();
    let all: Vec<_> = values(&registry).into_iter().map(|(path, ..)| path).collect();
    let tried: Vec<_> = two_of_each().into_iter().map(|(path, ..)| path).collect();
    assert_eq!(all, tried, "every parameter is tried");
    for (path, value, text) in two_of_each() {
        let Setting::Value(expected) = value.clone() else { panic!("{path}") };
        registry.set(path, value).unwrap();
        assert_eq!(registry.get(path), Ok(expected), "{path}");
        registry.set(path, text).unwrap();
        let read = registry.get(path).unwrap();
        // What is not written of a budget comes from the layer's default.
        let whole = if text == "50%" { "budget(50%, min = 1/s, window = 10s)" } else { text };
        assert_eq!(read.to_string(), whole, "{path}");
        assert_eq!(registry.parameter(path).unwrap().revision, 2, "{path}");
    }
}

#[test]
fn parameter_without_a_value_is_set_back_to_none() {
    let registry = book(EVERY_LAYER).registry();
    for path in ["search.bulkhead.wait", "search.hedge.initial"] {
        for none in [Setting::from(Value::Unset), None::<Duration>.into(), Off.into()] {
            registry.set(path, SECOND).unwrap();
            registry.set(path, none).unwrap();
            assert_eq!(registry.get(path), Ok(Value::Unset));
        }
    }
}

#[test]
fn parts_of_a_value_are_read_and_set_by_themselves() {
    let registry = book(EVERY_LAYER).registry();
    registry.set("search.retry.backoff.base", SECOND).unwrap();
    registry.set("search.retry.backoff.factor", Number::from_millionths(1_500_000)).unwrap();
    registry.set("search.retry.backoff.max", "30s").unwrap();
    registry.set("search.retry.budget.ratio", "30%").unwrap();
    registry.set("search.retry.budget.min", Rate::per_second(7)).unwrap();
    registry.set("search.retry.budget.window", "20s").unwrap();
    let read = |path| registry.get(path).unwrap().to_string();
    assert_eq!(read("search.retry.backoff"), "exponential(1s, factor = 1.5, max = 30s)");
    assert_eq!(read("search.retry.backoff.factor"), "1.5");
    assert_eq!(read("search.retry.budget"), "budget(30%, min = 7/s, window = 20s)");
    // A whole number is a number, too.
    registry.set("search.retry.backoff.factor", "3").unwrap();
    assert_eq!(read("search.retry.backoff.factor"), "3");
}

#[test]
fn parts_that_only_go_together_are_set_together() {
    let registry = book("policy search = retry(backoff = linear(1s, max = 2s));").registry();
    assert_eq!(
        refusal(registry.set("search.retry.backoff.base", "5s")),
        "`search.retry.backoff`: with `base = 5s`: `max = 2s` must be between 5s and 30d"
    );
    registry
        .set_all([("search.retry.backoff.base", "5s"), ("search.retry.backoff.max", "9s")])
        .unwrap();
    assert_eq!(registry.get("search.retry.backoff").unwrap().to_string(), "linear(5s, max = 9s)");
}

#[test]
fn part_that_is_not_there_is_an_error_that_says_what_is() {
    let registry = book("policy search = retry(backoff = fixed(1s), budget = off);").registry();
    assert_eq!(
        refusal(registry.set("search.retry.backoff.factor", 2)),
        "there is no `search.retry.backoff.factor` while the whole is `fixed(1s)`"
    );
    assert_eq!(
        registry.get("search.retry.budget.ratio").unwrap_err(),
        RegistryError::NoPart { path: "search.retry.budget.ratio".to_owned(), whole: Value::Off }
    );
}

#[test]
fn refused_values_say_why_and_change_nothing() {
    let registry = book(EVERY_LAYER).registry();
    let before = values(&registry);
    for (path, text, error) in [
        ("search.bulkhead.max_concurrency", "0", "`0` must be between 1 and 1000000"),
        ("search.timeout.duration", "1us", "`1us` must be between 1ms and 30d"),
        ("search.timeout.duration", "1.5us", "`1.5us` must be between 1ms and 30d"),
        ("search.timeout.duration", "5", "expected a duration, found a count; `5s` or `5ms`?"),
        (
            "search.timeout.duration",
            "retry(3)",
            "expected a duration, found a policy; `duration` is how long the call may take, from when it begins",
        ),
        (
            "search.timeout.duration",
            "@other",
            "expected a duration, found a name of the host program (`@name`); `duration` is how long \
             the call may take, from when it begins",
        ),
        (
            "search.retry.on",
            "succes",
            "unknown name `succes`; the classes are `timeout`, `rejected`, `overloaded`, `transient`, \
             `permanent`",
        ),
        ("search.retry.backoff.base", "5", "expected a duration, found a count; `5s` or `5ms`?"),
        (
            "search.retry.backoff",
            "exponential(50ms, factor = 0.5)",
            "`factor = 0.5` must be between 1 and 100",
        ),
        ("search.hedge.after", "p100", "`p100`: a quantile lies strictly between p0 and p100"),
    ] {
        assert_eq!(refusal(registry.set(path, text)), format!("`{path}`: {error}"));
        assert_eq!(values(&registry), before, "{path} = {text}");
    }
}

#[test]
fn typed_value_of_another_kind_says_what_is_taken() {
    let registry = book(EVERY_LAYER).registry();
    let refused = registry.set("search.bulkhead.max_concurrency", SECOND).unwrap_err();
    let RegistryError::WrongType { path, problem, .. } = &refused else { panic!("{refused}") };
    assert_eq!(path, "search.bulkhead.max_concurrency");
    assert_eq!(problem, "expected a count, found a duration");
    assert!(matches!(
        registry.set("search.bulkhead.max_concurrency", -1),
        Err(RegistryError::NoValue { .. })
    ));
    assert_eq!(
        refusal(registry.set("search.bulkhead.max_concurrency", u64::MAX)),
        "`search.bulkhead.max_concurrency`: `18446744073709551615` must be between 1 and 1000000"
    );
}

#[test]
fn unknown_path_names_up_to_three_that_may_be_meant() {
    let registry = book(EVERY_LAYER).registry();
    let Err(RegistryError::Unknown { near, .. }) =
        registry.set("search.bulkhead.max_concurency", 20)
    else {
        panic!("it is unknown")
    };
    assert_eq!(near[0], "search.bulkhead.max_concurrency");
    assert!(near.len() <= 3);
    assert_eq!(
        refusal(registry.set("search.retry.backoff.bse", "1s")).split_once("; ").unwrap().0,
        "there is no parameter `search.retry.backoff.bse`"
    );
    assert_eq!(
        refusal(registry.set("search.timeout", "3s")),
        "there is no parameter `search.timeout`; did you mean `search.timeout.duration`?"
    );
    for path in ["", ".", "search", "search.", "search.retry", "x.y.z", "search.retry.on.base"] {
        assert!(matches!(registry.set(path, 1), Err(RegistryError::Unknown { .. })), "{path}");
        assert!(registry.get(path).is_err());
        assert!(registry.watch(path).is_err());
    }
    assert!(registry.parameter("search.retry.backoff.base").is_err(), "a part is no parameter");
}

#[test]
fn things_of_the_host_are_listed_and_refused() {
    let registry = book(EVERY_LAYER).registry();
    assert_eq!(registry.get("search.to.service").unwrap().to_string(), "@other");
    for path in ["search.to.service", "search.fallback.handler"] {
        let refused = refusal(registry.set(path, "@cached"));
        assert_eq!(refused, format!("`{path}` cannot be set while requests run"));
        assert!(registry.watch(path).is_err());
    }
}

#[test]
fn set_all_changes_all_or_nothing_in_several_layers() {
    let registry = book(EVERY_LAYER).registry();
    let before = values(&registry);
    for last in [
        ("search.hedge.max_attempts", "0"),
        ("search.hedge.max_atempts", "2"),
        ("search.hedge.max_attempts", "2s"),
        ("search.retry.max_attempts", "4"),
        ("search.fallback.handler", "@cached"),
    ] {
        let batch = [
            ("search.bulkhead.max_concurrency", "20"),
            ("search.retry.max_attempts", "5"),
            ("search.retry.backoff.base", "1s"),
            ("search.circuit_breaker.min_calls", "1"),
            last,
        ];
        assert!(registry.set_all(batch).is_err(), "{last:?}");
        assert_eq!(values(&registry), before, "{last:?}");
    }
}

#[test]
fn parameter_given_twice_is_refused() {
    let registry = book(EVERY_LAYER).registry();
    for batch in [
        [("search.retry.backoff", "fixed(1s)"), ("search.retry.backoff", "fixed(1s)")],
        [("search.retry.backoff", "exponential(1s)"), ("search.retry.backoff.base", "2s")],
        [("search.retry.backoff.base", "1s"), ("search.retry.backoff", "exponential(2s)")],
        [("search.retry.backoff.base", "1s"), ("search.retry.backoff.base", "2s")],
    ] {
        let path = batch[1].0;
        assert_eq!(refusal(registry.set_all(batch)), format!("`{path}` is given twice"));
    }
}

/// Writers put pairs in force that belong together, by path; nobody sees half of one.
#[test]
fn group_written_by_path_is_never_seen_torn() {
    use ninelives_runtime::circuit_breaker::{CircuitBreakerLayer, Window};
    use ninelives_runtime::policy::Policy;
    let breaker = CircuitBreakerLayer::new();
    let registry = ninelives_runtime::registry::Registry::new();
    registry.add(&Policy(breaker.clone())).unwrap();
    let put = |calls: u32| {
        registry.set_all([("circuit_breaker.min_calls", calls), ("circuit_breaker.window", calls)])
    };
    put(1).unwrap();
    std::thread::scope(|scope| {
        let writers = [2, 3].map(|first| {
            scope.spawn(move || (first..2_000).step_by(2).for_each(|calls| put(calls).unwrap()))
        });
        while !writers.iter().all(|writer| writer.is_finished()) {
            let sample = breaker.sample();
            assert_eq!(sample.window, Window::Calls(sample.min_calls));
        }
    });
}

#[tokio::test]
async fn watchers_follow_a_parameter_and_a_part_of_one() {
    let registry = book(EVERY_LAYER).registry();
    let mut backoff = registry.watch("search.retry.backoff").unwrap();
    let mut base = registry.watch("search.retry.backoff.base").unwrap();
    registry.set("search.retry.backoff.max", "20s").unwrap();
    assert_eq!(
        backoff.changed().await.unwrap().to_string(),
        "exponential(100ms, factor = 2, max = 20s)"
    );
    assert_eq!(base.get(), Value::Duration(SECOND / 10));
    let unheard = tokio::time::timeout(Duration::ZERO, base.changed()).await;
    assert!(unheard.is_err(), "another part changed");
    registry.set("search.retry.backoff.base", "1s").unwrap();
    assert_eq!(base.changed().await, Some(Value::Duration(SECOND)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever is given for whatever path: an error, or a value that the parameter takes.
    #[test]
    fn hostile_text_is_an_error_and_changes_nothing(
        index in 0..26_usize,
        text in prop_oneof![
            any::<String>(),
            "[0-9a-z(){},;@=%./|+&~ \"-]{0,24}",
            prop::sample::select(vec![
                "1s; policy x = retry", "1s) + retry(3", "3, 4", "{ 3 }", "#[allow(x)] 3", "a: 3",
                "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((3", "1s ~ 2s", "",
            ]).prop_map(str::to_owned),
        ],
    ) {
        let registry = book(EVERY_LAYER).registry();
        let before = values(&registry);
        let path = &before[index].0;
        match registry.set(path, text.as_str()) {
            Ok(()) => {
                let mut after = values(&registry);
                after[index] = before[index].clone();
                prop_assert_eq!(after, before);
            }
            Err(refused) => {
                prop_assert!(!refused.to_string().is_empty());
                prop_assert_eq!(values(&registry), before);
            }
        }
    }
}
