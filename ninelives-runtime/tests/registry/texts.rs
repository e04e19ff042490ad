//! The registry of a book, from one text to the next.

use super::book;
use ninelives_runtime::dsl::plan::Value;
use std::sync::Barrier;
use std::time::Duration;

#[tokio::test]
async fn registry_shows_the_text_in_force_and_what_was_set_beside_it() {
    let book = book("policy search = timeout(1s) + bulkhead(10);");
    let registry = book.registry();
    registry.set("search.bulkhead.max_concurrency", 20).unwrap();
    let shown = |path: &str| registry.parameter(path).unwrap().to_string();
    assert_eq!(
        shown("search.bulkhead.max_concurrency"),
        "search.bulkhead.max_concurrency = 20 (1 to 1000000, default: required, written: 10)"
    );

    book.reload("policy search = timeout(2s) + bulkhead(10) + retry(3);").unwrap();
    assert_eq!(
        shown("search.timeout.duration"),
        "search.timeout.duration = 2s (1ms to 30d, default: required)"
    );
    assert_eq!(registry.get("search.bulkhead.max_concurrency"), Ok(Value::Count(20)));
    assert_eq!(registry.get("search.retry.max_attempts"), Ok(Value::Count(3)));

    book.reload("policy search = timeout(2s) + bulkhead(30) + retry(3);").unwrap();
    assert_eq!(
        shown("search.bulkhead.max_concurrency"),
        "search.bulkhead.max_concurrency = 30 (1 to 1000000, default: required)"
    );
}

#[tokio::test]
async fn watcher_and_count_of_writes_go_on_from_text_to_text() {
    let book = book("policy search = timeout(1s) + bulkhead(10);");
    let registry = book.registry();
    registry.set("search.timeout.duration", "5s").unwrap();
    let mut duration = registry.watch("search.timeout.duration").unwrap();
    let mut limit = registry.watch("search.bulkhead.max_concurrency").unwrap();

    // What was set holds: this text changes something else.
    book.reload("policy search = timeout(1s) + bulkhead(11);").unwrap();
    assert_eq!(limit.changed().await, Some(Value::Count(11)));
    assert_eq!(duration.get(), Value::Duration(Duration::from_secs(5)));
    assert_eq!(registry.parameter("search.timeout.duration").unwrap().revision, 1);

    book.reload("policy search = timeout(2s) + bulkhead(11);").unwrap();
    assert_eq!(duration.changed().await, Some(Value::Duration(Duration::from_secs(2))));
    registry.set("search.timeout.duration", "3s").unwrap();
    assert_eq!(duration.changed().await, Some(Value::Duration(Duration::from_secs(3))));
    assert_eq!(registry.parameter("search.timeout.duration").unwrap().revision, 3);
}

#[tokio::test]
async fn layer_that_left_the_text_is_no_longer_there() {
    let book = book("policy search = timeout(1s) + retry(3);");
    let registry = book.registry();
    let mut attempts = registry.watch("search.retry.max_attempts").unwrap();
    book.reload("policy search = timeout(1s);").unwrap();
    assert!(registry.get("search.retry.max_attempts").is_err());
    assert!(registry.set("search.retry.max_attempts", 5).is_err());
    assert_eq!(attempts.changed().await, None);
}

/// A text and an operator may both be at work on one parameter: part by part, the text changes what it
/// changes.
#[tokio::test]
async fn part_that_was_set_holds_where_a_text_changes_another_part() {
    let book = book("policy search = retry(3, backoff = exponential(50ms, max = 2s));");
    let registry = book.registry();
    registry.set("search.retry.backoff.base", "80ms").unwrap();
    let backoff = || registry.get("search.retry.backoff").unwrap().to_string();

    book.reload("policy search = retry(3, backoff = exponential(50ms, max = 9s));").unwrap();
    assert_eq!(backoff(), "exponential(80ms, factor = 2, max = 9s)");
    book.reload("policy search = retry(3, backoff = linear(50ms, max = 9s));").unwrap();
    assert_eq!(backoff(), "linear(80ms, max = 9s)");
    book.reload("policy search = retry(3, backoff = linear(60ms, max = 9s));").unwrap();
    assert_eq!(backoff(), "linear(60ms, max = 9s)");
}

/// 5s goes with the longest wait that was in force, and not with the new one.
#[tokio::test]
async fn part_that_does_not_go_with_a_new_text_is_given_up() {
    let book = book("policy search = retry(3, backoff = exponential(50ms, max = 9s));");
    let registry = book.registry();
    registry.set("search.retry.backoff.base", "5s").unwrap();
    book.reload("policy search = retry(3, backoff = exponential(50ms, max = 2s));").unwrap();
    assert_eq!(
        registry.get("search.retry.backoff").unwrap().to_string(),
        "exponential(50ms, factor = 2, max = 2s)"
    );
}

/// Texts change a watched parameter while another thread writes to it: the watcher ends at what holds.
#[test]
fn watcher_ends_at_the_value_in_force_whatever_was_reloaded_meanwhile() {
    let book = book("policy search = timeout(1s);");
    let registry = book.registry();
    let watcher = registry.watch("search.timeout.duration").unwrap();
    for round in 0..500 {
        let text = format!("policy search = timeout({}ms);", 1_001 + round);
        let together = Barrier::new(2);
        std::thread::scope(|scope| {
            let reload = scope.spawn(|| {
                together.wait();
                book.reload(text).unwrap();
            });
            together.wait();
            for millis in (2_000..3_000).cycle() {
                let value = Duration::from_millis(millis);
                registry.set("search.timeout.duration", value).unwrap();
                if reload.is_finished() {
                    break;
                }
            }
        });
        let in_force = registry.get("search.timeout.duration").unwrap();
        assert_eq!(watcher.get(), in_force, "round {round}");
    }
}

/// A write by path is made in the text in force, whichever comes into force meanwhile.
#[test]
fn no_write_is_lost_to_a_reload() {
    let book = book("policy search = timeout(1s) + retry(3, jitter = none);");
    let registry = book.registry();
    std::thread::scope(|scope| {
        let reloads = scope.spawn(|| {
            for attempt in 0..300 {
                let jitter = if attempt % 2 == 0 { "equal" } else { "full" };
                let text = format!("policy search = timeout(1s) + retry(3, jitter = {jitter});");
                book.reload(text).unwrap();
            }
        });
        let mut millis = 1_000;
        while !reloads.is_finished() {
            millis += 1;
            let value = Duration::from_millis(millis);
            registry.set("search.timeout.duration", value).unwrap();
            assert_eq!(registry.get("search.timeout.duration"), Ok(Value::Duration(value)));
        }
        assert_eq!(registry.parameter("search.timeout.duration").unwrap().revision, millis - 1_000);
    });
}
