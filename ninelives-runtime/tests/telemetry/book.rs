//! A book reports for every policy of every text, and its reloads.

use ninelives_runtime::dynamic::{Calls, Host, PolicyBook, TextPolicy};
use ninelives_runtime::telemetry::{EventKind, MemorySink, Telemetry};
use std::time::Duration;
use tower::{Layer, ServiceExt, service_fn};

type Search = TextPolicy<u32, String, std::io::Error>;

fn host() -> Host {
    Host::new().calls(
        Calls::<u32, String, std::io::Error>::new().handler("cached", |_, _| "cached".to_owned()),
    )
}

/// A book, its policy `search`, and where its events go.
fn book(text: &str) -> (PolicyBook, Search, MemorySink, Telemetry) {
    let memory = MemorySink::new(1_000);
    let telemetry = Telemetry::new(memory.clone());
    let book = PolicyBook::from_text(text, host()).unwrap().with_sink(telemetry.clone());
    let search = book.policy("search").unwrap();
    (book, search, memory, telemetry)
}

async fn lines(memory: &MemorySink, telemetry: &Telemetry) -> Vec<String> {
    telemetry.flush().await;
    memory.take().iter().map(ToString::to_string).collect()
}

#[tokio::test(start_paused = true)]
async fn layers_and_requests_of_every_text_are_reported() {
    let (book, search, memory, telemetry) =
        book("policy search = timeout(100ms) | fallback(@cached);");
    let hangs = service_fn(|_: u32| std::future::pending::<Result<String, std::io::Error>>());
    let service = search.layer(hangs);
    assert_eq!(service.clone().oneshot(1).await.unwrap(), "cached");
    assert_eq!(
        lines(&memory, &telemetry).await,
        [
            "search.timeout: no answer within 100ms",
            "search.fallback: the fallback answered",
            "search: answered by a fallback after 100ms",
        ]
    );

    let revision = book.reload("policy search = attempt: timeout(50ms);").unwrap().revision();
    service.oneshot(2).await.unwrap_err();
    assert_eq!(
        lines(&memory, &telemetry).await,
        [
            format!("<text>: revision {revision} is in force"),
            "search.attempt: no answer within 50ms".to_owned(),
            "search: failed (timeout) after 50ms".to_owned(),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn reload_that_changes_nothing_is_no_event_and_one_that_is_refused_is() {
    let (book, _search, memory, telemetry) = book("policy search = timeout(100ms);");
    book.reload("policy search = timeout(100ms);").unwrap();
    book.reload("policy search = timeuot(100ms);").unwrap_err();
    book.reload("policy other = timeout(100ms);").unwrap_err();
    let refused = "<text>: a new text was refused";
    assert_eq!(lines(&memory, &telemetry).await, [refused, refused]);
}

#[tokio::test]
async fn reload_of_a_file_is_told_under_the_name_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("api.search.nl");
    std::fs::write(&file, "policy search = timeout(100ms);").unwrap();
    let memory = MemorySink::new(9);
    let telemetry = Telemetry::new(memory.clone());
    let book = PolicyBook::from_file(&file, host()).unwrap().with_sink(telemetry.clone());
    book.reload("policy search = timeout(200ms);").unwrap();
    telemetry.flush().await;
    let [event] = &memory.take()[..] else { panic!("one event") };
    assert_eq!(
        (event.path.as_str(), event.policy()),
        (file.to_str().unwrap(), file.to_str().unwrap())
    );
}

#[tokio::test(start_paused = true)]
async fn circuit_that_goes_on_reports_once_after_any_number_of_reloads() {
    let text = |patience: u32| {
        format!("policy search = circuit_breaker(consecutive = 2) + timeout({patience}ms);")
    };
    let (book, search, memory, telemetry) = book(&text(10));
    let broken = service_fn(|_: u32| async { Err::<String, _>(std::io::Error::other("down")) });
    let service = search.layer(broken);
    service.clone().oneshot(1).await.unwrap_err();
    for patience in 11..20 {
        book.reload(text(patience)).unwrap();
    }
    service.oneshot(1).await.unwrap_err();
    telemetry.flush().await;
    let opened = memory.events();
    let opened =
        opened.iter().filter(|event| event.kind == EventKind::CircuitOpened { forced: false });
    assert_eq!(
        opened.map(|event| event.path.as_str()).collect::<Vec<_>>(),
        ["search.circuit_breaker"]
    );
}

#[tokio::test(start_paused = true)]
async fn sink_attached_to_a_book_in_use_hears_of_its_next_request() {
    let book = PolicyBook::from_text("policy search = timeout(100ms);", host()).unwrap();
    let search: Search = book.policy("search").unwrap();
    let service = search.layer(service_fn(|_: u32| async { Ok(String::new()) }));
    service.clone().oneshot(1).await.unwrap();
    let memory = MemorySink::new(9);
    let telemetry = Telemetry::new(memory.clone());
    let _same_book = book.clone().with_sink(telemetry.clone());
    service.oneshot(1).await.unwrap();
    assert_eq!(lines(&memory, &telemetry).await, ["search: answered after 0s"]);
}

#[tokio::test(start_paused = true)]
async fn request_of_a_referenced_policy_is_reported_by_the_one_that_was_called() {
    let (_book, search, memory, telemetry) =
        book("policy inner = timeout(50ms); policy search = timeout(1s) + inner;");
    let slow = service_fn(|_: u32| async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok::<_, std::io::Error>(String::new())
    });
    search.layer(slow).oneshot(1).await.unwrap();
    assert_eq!(lines(&memory, &telemetry).await, ["search: answered after 20ms"]);
}

#[tokio::test(start_paused = true)]
async fn policy_with_a_sink_of_its_own_reports_in_every_text_and_the_others_do_not() {
    let text = |patience: u32| {
        format!(
            "policy inner = timeout({patience}ms); policy search = retry(1) + inner; \
             policy other = timeout(1ms);"
        )
    };
    let book = PolicyBook::from_text(text(50), host()).unwrap();
    let memory = MemorySink::new(9);
    let telemetry = Telemetry::new(memory.clone());
    let search: Search = book.policy("search").unwrap();
    let hangs = service_fn(|_: u32| std::future::pending::<Result<String, std::io::Error>>());
    let service = search.clone().layer(hangs);
    let _same_policy = search.with_sink(telemetry.clone()).with_sink(telemetry.clone());
    let other: Search = book.policy("other").unwrap();
    for patience in [50, 60] {
        book.reload(text(patience)).unwrap();
        service.clone().oneshot(1).await.unwrap_err();
        other.layer(hangs).oneshot(1).await.unwrap_err();
        assert_eq!(
            lines(&memory, &telemetry).await,
            [
                format!("inner.timeout: no answer within {patience}ms"),
                format!(
                    "search.retry: attempt 1 failed (timeout) after {patience}ms; it was the last"
                ),
                format!("search: failed (timeout) after {patience}ms"),
            ]
        );
    }
}

#[tokio::test]
async fn policy_that_reports_may_go_when_nobody_holds_it() {
    let book = PolicyBook::from_text("policy search = timeout(1s);", host()).unwrap();
    let search: Search = book.policy("search").unwrap();
    let search = search.with_sink(MemorySink::new(9));
    book.reload("policy other = timeout(1s);").unwrap_err();
    drop(search);
    book.reload("policy other = timeout(1s);").unwrap();
}
