//! The registry against a map: what was put in last is there, and what was refused is not.

use super::{EVERY_LAYER, book};
use ninelives_runtime::dsl::plan::Value;
use ninelives_runtime::registry::Registry;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Paths, and texts of which each path takes some.
const PATHS: [&str; 9] = [
    "search.timeout.duration",
    "search.bulkhead.max_concurrency",
    "search.circuit_breaker.window",
    "search.circuit_breaker.min_calls",
    "search.retry.max_attempts",
    "search.retry.jitter",
    "search.retry.retry_after",
    "search.hedge.after",
    "search.hedge.on",
];
const TEXTS: [&str; 14] = [
    "1", "7", "100", "101", "1000001", "0", "5ms", "1s", "2d", "p99", "off", "equal", "timeout",
    "any",
];

/// What the catalogue says of a text for a path, by the language alone.
fn taken(registry: &Registry, path: &str, text: &str) -> Option<Value> {
    let row = registry.parameter(path).unwrap();
    let value = match text {
        "off" => Value::Off,
        "p99" => {
            Value::Quantile(ninelives_runtime::dsl::value::Quantile::from_thousandths(99_000)?)
        }
        "equal" => Value::Jitter(ninelives_runtime::dsl::value::Jitter::Equal),
        "timeout" => Value::Classes(ninelives_runtime::dsl::value::Class::Timeout.into()),
        "any" => Value::Classes(ninelives_runtime::dsl::value::ClassSet::ANY),
        "5ms" => Value::Duration(std::time::Duration::from_millis(5)),
        "1s" => Value::Duration(std::time::Duration::from_secs(1)),
        "2d" => Value::Duration(std::time::Duration::from_secs(2 * 86_400)),
        count => Value::Count(count.parse().ok()?),
    };
    let layer = path.split('.').nth(1)?;
    let name = path.split('.').nth(2)?;
    let entry = ninelives_runtime::dsl::catalogue::policy(layer)?.parameter(name)?;
    let fits = row.accepts.contains(&value.kind()?) && entry.check(&value).is_ok();
    fits.then_some(value)
}

proptest! {
    #[test]
    fn random_writes_leave_what_a_map_has(
        batches in prop::collection::vec(
            prop::collection::vec(
                (prop::sample::select(PATHS.to_vec()), prop::sample::select(TEXTS.to_vec())),
                1..4,
            ),
            1..40,
        ),
    ) {
        let registry = book(EVERY_LAYER).registry();
        let mut model: BTreeMap<&str, (Value, u64)> = PATHS
            .into_iter()
            .map(|path| (path, (registry.get(path).unwrap(), 0)))
            .collect();
        for batch in batches {
            let paths: std::collections::BTreeSet<_> = batch.iter().map(|(path, _)| path).collect();
            let new: Option<Vec<_>> =
                batch.iter().map(|(path, text)| taken(&registry, path, text)).collect();
            let expected = new.filter(|_| paths.len() == batch.len());
            let answer = registry.set_all(batch.iter().copied());
            prop_assert_eq!(answer.is_ok(), expected.is_some(), "{:?}: {:?}", batch, answer);
            for ((path, _), value) in batch.iter().zip(expected.into_iter().flatten()) {
                let known = model.get_mut(path).unwrap();
                *known = (value, known.1 + 1);
            }
            for (path, (value, revision)) in &model {
                let parameter = registry.parameter(path).unwrap();
                prop_assert_eq!((&parameter.value, parameter.revision), (value, *revision));
            }
        }
    }
}
