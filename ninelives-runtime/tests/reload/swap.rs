//! The swap itself: what a text must have, what is refused, what runs afterwards.

use crate::{Text, calls, load};
use ninelives_runtime::classify::Class;
use ninelives_runtime::dynamic::{Calls, Findings, Host, LoadError, PolicyBook};
use ninelives_runtime::error::{PolicyError, Reason};
use ninelives_runtime::testing::{Failure, Script, begun, err, failure, hang, ms, ok};
use std::future::Ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use tokio::time::Instant;
use tower::layer::layer_fn;
use tower::{Layer, Service, ServiceExt};

#[tokio::test(start_paused = true)]
async fn a_service_runs_the_new_text_from_its_next_call_on() {
    let book = load("policy it = pass;");
    let policy: Text = book.policy("it").unwrap();
    let script = Script::new([err(Class::Transient)]);
    let service = policy.layer(script.clone());
    let clone = service.clone();
    assert_eq!(service.send(()).await, Err(PolicyError::Service(failure(Class::Transient))));
    let reloaded = book.reload("policy it = pass | fallback;").unwrap();
    assert_eq!((reloaded.generation(), book.generation()), (2, 2));
    assert_eq!(service.send(()).await, Ok("degraded"));
    assert_eq!(clone.oneshot(()).await, Ok("degraded"));
    assert_eq!(policy.layer(script.clone()).oneshot(()).await, Ok("degraded"));
    assert_eq!(book.policy("it").map(|it: Text| it.name().to_owned()).unwrap(), "it");
    assert_eq!(script.calls(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_request_in_flight_finishes_on_the_stack_it_was_made_under() {
    let book = load("policy it = timeout(50ms);");
    let policy: Text = book.policy("it").unwrap();
    let service = policy.layer(Script::new([hang()]));
    let in_flight = tokio::spawn(service.clone().oneshot(()));
    tokio::time::sleep(ms(10)).await;
    book.reload("policy it = timeout(20ms) | fallback;").unwrap();
    assert_eq!(service.send(()).await, Ok("degraded"));
    let refused = in_flight.await.unwrap().unwrap_err();
    assert_eq!(refused.rejected().unwrap().reason(), Reason::DeadlinePassed { after: ms(50) });
}

/// One that was polled hangs across the reload. One that was not begins after it, and its deadline with it.
#[tokio::test(start_paused = true)]
async fn a_request_runs_on_the_text_it_was_made_under_polled_before_the_reload_or_not() {
    let book = load("policy it = timeout(50ms);");
    let policy: Text = book.policy("it").unwrap();
    let mut service = policy.layer(Script::new([hang()]));
    let made = Instant::now();
    let polled = begun(service.send(()));
    let (sent, called) = (service.send(()), service.ready().await.unwrap().call(()));
    tokio::time::sleep(ms(10)).await;
    book.reload("policy it = timeout(20ms) | fallback;").unwrap();
    let under_the_second = service.send(());
    book.reload("policy it = timeout(5ms);").unwrap();

    let over = |answer: Result<_, PolicyError<Failure>>| {
        (answer.unwrap_err().rejected().unwrap().reason(), made.elapsed())
    };
    let after = |deadline| Reason::DeadlinePassed { after: ms(deadline) };
    assert_eq!(over(service.send(()).await), (after(5), ms(15)));
    assert_eq!(over(polled.await), (after(50), ms(50)));
    assert_eq!(over(sent.await), (after(50), ms(100)));
    assert_eq!(over(called.await), (after(50), ms(150)));
    assert_eq!((under_the_second.await, made.elapsed()), (Ok("degraded"), ms(170)));
}

#[tokio::test(start_paused = true)]
async fn a_bad_text_changes_nothing_and_says_why() {
    let book = load("policy it = pass | fallback;");
    let policy: Text = book.policy("it").unwrap();
    let service = policy.layer(Script::new([err(Class::Transient)]));
    for (bad, code) in [
        ("policy it = timeuot(1s);", "NL002"),
        ("policy it = ", "NL001"),
        ("policy it = to(@nowhere);", "NL018"),
        ("policy it = pass; policy other = pass + @nothing;", "NL018"),
        ("use \"x.nl\"; policy it = pass;", "NL014"),
        ("\0", "NL012"),
    ] {
        let refused = book.reload(bad).unwrap_err();
        assert_eq!(refused.diagnostics()[0].code.code(), code, "{refused}");
        assert_eq!(book.generation(), 1);
        assert_eq!(service.send(()).await, Ok("degraded"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_in_use_must_be_in_the_new_text() {
    let text = "policy search = pass | fallback; policy unused = pass;";
    let book = load(text);
    let policy: Text = book.policy("search").unwrap();
    let service = policy.layer(Script::new([err(Class::Transient)]));
    let refusal = |text: &str| book.reload(text).unwrap_err().to_string();
    assert_eq!(
        refusal("policy serach = pass;"),
        "<text>:1:1: error NL002 unknown-name: policy `search` is in use and is not in the new \
         text\n  help: did you mean it to be `serach`?"
    );
    assert_eq!(
        refusal("pub policy other = pass;\npolicy search = pass;"),
        "<text>:2:8: error NL006 missing: policy `search` is in use and is no longer `pub`\n  \
         help: write `pub policy search`"
    );
    assert_eq!(service.send(()).await, Ok("degraded"));
    book.reload("policy search = pass | fallback;").unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_nobody_holds_any_more_may_leave_the_text() {
    let both = "policy search = pass; policy other = pass;";
    let without = "policy search = pass;";
    let book = load(both);
    drop(book.policy::<(), &str, Failure>("other").unwrap());
    book.reload(without).unwrap();

    book.reload(both).unwrap();
    let first: Text = book.policy("other").unwrap();
    let again: Text = book.policy("other").unwrap();
    drop(first);
    assert!(book.reload(without).is_err(), "a second handle is there");
    let service = again.layer(Script::new([ok("own")]));
    drop(again);
    let clone = service.clone();
    drop(service);
    assert!(book.reload(without).is_err(), "a service is there");
    assert_eq!(clone.send(()).await, Ok("own"));
    let request = clone.oneshot(());
    book.reload(without).unwrap_err();
    drop(request);
    book.reload(without).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_policy_in_use_must_suit_the_calls_it_is_used_for() {
    let other = Calls::<u8, u8, u8>::new();
    let host = Host::new().calls(calls()).calls(other);
    let book = PolicyBook::from_text("policy it = timeout(1s);", host).unwrap();
    // `fallback` suits the first kind of call; that the second cannot run it matters only in use.
    book.reload("policy it = pass | fallback;").unwrap();
    book.reload("policy it = timeout(1s);").unwrap();
    let in_use = book.policy::<u8, u8, u8>("it").unwrap();
    let _other_kind: Text = book.policy("it").unwrap();
    let refused = book.reload("policy it = pass | fallback;").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "<text>:1:20: error NL006 missing: `fallback` has no answer: the host program registers \
         none\n  <text>:1:8: policy `it` is in use for requests of type `u8`\n  \
         help: register one with `Calls::degraded`, or name a handler: `fallback(@handler)`"
    );
    assert_eq!(book.generation(), 3);
    book.reload("policy it = timeout(2s);").unwrap();
    drop(in_use);
    book.reload("policy it = pass | fallback;").unwrap();
}

#[tokio::test(start_paused = true)]
async fn each_kind_of_call_that_a_policy_is_used_for_counts_by_itself() {
    let flat = Calls::<u8, u8, tower::BoxError, _>::flat().handler("of_flat", |_, _| 1);
    let plain = Calls::<u8, u8, String>::new().handler("of_plain", |_, _| 1);
    let host = Host::new().calls(flat).calls(plain);
    let book = PolicyBook::from_text("policy it = timeout(1s);", host).unwrap();
    let of_flat = book.flat_policy::<u8, u8, tower::BoxError>("it").unwrap();
    let of_plain = book.policy::<u8, u8, String>("it").unwrap();
    let (with_flat, with_plain) =
        ("policy it = pass | fallback(@of_flat);", "policy it = pass | fallback(@of_plain);");
    assert!(book.reload(with_flat).is_err(), "the plain calls have no such handler");
    assert!(book.reload(with_plain).is_err(), "the flat calls have no such handler");
    drop(of_plain);
    book.reload(with_flat).unwrap();
    assert!(book.reload(with_plain).is_err());
    let service = of_flat.layer(tower::service_fn(async |_: u8| Err(tower::BoxError::from("no"))));
    drop(of_flat);
    assert_eq!(service.send(2).await.unwrap(), 1);
    assert!(book.reload("policy other = pass;").is_err(), "a service is there");
    drop(service);
    book.reload("policy other = pass;").unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_retry_may_come_and_go() {
    let book = load("policy it = pass;");
    let policy: Text = book.policy("it").unwrap();
    let retry = "policy it = retry(2, backoff = fixed(1ms), budget = off);";
    for (text, expected) in [(retry, 2), ("policy it = pass;", 1), (retry, 2)] {
        book.reload(text).unwrap();
        let script = Script::new([err(Class::Transient)]);
        policy.layer(script.clone()).oneshot(()).await.unwrap_err();
        assert_eq!(script.calls(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_is_out_during_a_reload_counts_on_after_it() {
    let book = load("policy it = bulkhead(1);");
    let policy: Text = book.policy("it").unwrap();
    let script = Script::new([ok("answer").after(ms(10))]);
    let service = policy.layer(script.clone());
    let in_flight = tokio::spawn(service.clone().oneshot(()));
    tokio::task::yield_now().await;
    assert!(service.send(()).await.is_err(), "one at a time");
    book.reload("policy it = bulkhead(1) + timeout(1s);").unwrap();
    assert!(service.send(()).await.is_err(), "one at a time, old and new together");
    assert_eq!(in_flight.await.unwrap(), Ok("answer"));
    assert_eq!(service.send(()).await, Ok("answer"));
    assert_eq!(script.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_stack_is_built_once_a_text_for_all_clones_of_a_service() {
    let applied = Arc::new(AtomicUsize::new(0));
    let counted = applied.clone();
    let count = layer_fn(move |service| {
        counted.fetch_add(1, Ordering::SeqCst);
        service
    });
    let host = Host::new().calls(calls().layer("count", count));
    let book = PolicyBook::from_text("policy it = pass + @count;", host).unwrap();
    let policy: Text = book.policy("it").unwrap();
    let service = policy.layer(Script::new([ok("answer")]));
    for generation in 1..4 {
        for _ in 0..5 {
            // A clone a request, of a service that is never called itself.
            assert_eq!(service.clone().oneshot(()).await, Ok("answer"));
        }
        assert_eq!(applied.load(Ordering::SeqCst), generation);
        book.reload(format!("policy it = timeout({generation}s) + @count;")).unwrap();
    }
}

#[test]
fn a_file_is_loaded_and_reloaded_with_what_it_uses() {
    let directory = std::env::temp_dir().join(format!("ninelives-reload-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let write = |name: &str, text: &str| std::fs::write(directory.join(name), text).unwrap();
    write("shared.nl", "policy patient = timeout(5s);");
    write("api.nl", "use \"shared.nl\";\npolicy api = patient + retry(2);");
    let path = directory.join("api.nl");
    let book = PolicyBook::from_file(&path, Host::new().calls(calls())).unwrap();
    let _in_use: Text = book.policy("api").unwrap();
    write("shared.nl", "policy patient = timeout(5s) | to(@nowhere);");
    let refused = book.reload_file(&path).unwrap_err().to_string();
    let place = format!("{}:1:35: error NL018", directory.join("shared.nl").display());
    assert!(refused.starts_with(&place), "{refused}");
    book.reload("use \"shared.nl\";\npolicy api = retry(2);").unwrap_err();
    write("shared.nl", "policy patient = timeout(1s);");
    assert_eq!(book.reload_file(&path).unwrap().generation(), 2);
    book.reload("use \"shared.nl\";\npolicy api = patient;").unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
    let gone = book.reload_file(&path).unwrap_err();
    assert!(matches!(gone, LoadError::Unreadable { .. }));
    assert_eq!(book.generation(), 3);
}

/// Answers the request's number, and counts the calls.
#[derive(Clone)]
struct Echo(Arc<AtomicU64>);

impl Service<u64> for Echo {
    type Response = u64;
    type Error = Failure;
    type Future = Ready<Result<u64, Failure>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: u64) -> Self::Future {
        self.0.fetch_add(1, Ordering::Relaxed);
        std::future::ready(Ok(request))
    }
}

#[test]
fn threads_that_reload_lose_no_request_and_run_none_twice() {
    const CALLERS: u64 = 4;
    const REQUESTS: u64 = 2_000;
    const TEXTS: u64 = 20;
    let texts = [
        "policy it = timeout(1s) + retry(3) + bulkhead(64);",
        "policy it = bulkhead(64) + circuit_breaker + timeout(1s) + retry(2) + timeout(500ms);",
        "policy it = pass | retry(2) | fallback;",
        "policy it = pass & fallback;",
        "policy it = timuoet(1s);",
        "policy it = to(@nowhere);",
    ];
    let host = Host::new().calls(Calls::<u64, u64, Failure>::new().degraded(|| u64::MAX));
    let book = PolicyBook::from_text(texts[0], host).unwrap();
    let called = Arc::new(AtomicU64::new(0));
    let service = book.policy::<u64, u64, Failure>("it").unwrap().layer(Echo(called.clone()));
    let sent = Arc::new(AtomicU64::new(0));
    let calling = Arc::new(AtomicU64::new(CALLERS));
    std::thread::scope(|threads| {
        for caller in 0..CALLERS {
            let (mut service, book) = (service.clone(), book.clone());
            let (calling, sent) = (calling.clone(), sent.clone());
            threads.spawn(move || {
                let runtime =
                    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
                runtime.block_on(async {
                    let mut request = caller;
                    while request < CALLERS * REQUESTS || book.generation() < TEXTS {
                        let answer = service.ready().await.unwrap().call(request).await;
                        assert_eq!(answer, Ok(request));
                        sent.fetch_add(1, Ordering::Relaxed);
                        request += CALLERS;
                    }
                });
                calling.fetch_sub(1, Ordering::SeqCst);
            });
        }
        for _ in 0..2 {
            let (book, calling) = (book.clone(), calling.clone());
            threads.spawn(move || {
                for text in texts.iter().cycle() {
                    if calling.load(Ordering::SeqCst) == 0 {
                        break;
                    }
                    let before = book.generation();
                    match book.reload(text) {
                        Ok(reloaded) => {
                            assert!(reloaded.generation() > before || reloaded.is_unchanged())
                        }
                        Err(refused) => assert!(!refused.diagnostics().is_empty()),
                    }
                }
            });
        }
    });
    assert_eq!(called.load(Ordering::Relaxed), sent.load(Ordering::Relaxed));
}

#[tokio::test(start_paused = true)]
async fn what_is_worth_a_second_look_comes_as_values() {
    let names = |findings: &Findings| -> Vec<_> {
        findings.diagnostics().iter().map(|finding| finding.code.name()).collect()
    };
    let book = load("policy it = timeout(1s) + retry(3, jitter = none);");
    assert_eq!(names(&book.warnings()), ["no-jitter"]);
    let reloaded = book.reload("policy it = retry(3);").unwrap();
    assert_eq!(names(reloaded.warnings()), ["unbounded-latency"]);
    assert!(reloaded.warnings().to_string().contains("warning NL108 unbounded-latency"));
    let reloaded = book.reload("policy it = timeout(1s) + retry(3);").unwrap();
    assert_eq!(names(reloaded.warnings()), [""; 0]);

    let denied = "#[deny(unbounded-latency)] policy it = retry(3);";
    let refused = book.reload(denied).unwrap_err();
    assert_eq!(refused.diagnostics()[0].code.name(), "unbounded-latency");
    assert_eq!(book.generation(), 3);
}

#[tokio::test(start_paused = true)]
async fn errors_come_without_warnings() {
    let warned: String = (0..200).map(|at| format!("policy w{at} = retry(3); ")).collect();
    let refused = load("policy it = pass;").reload(warned + "policy it = to(@nowhere);");
    let refused = refused.unwrap_err();
    let codes: Vec<_> = refused.diagnostics().iter().map(|it| it.code.code()).collect();
    assert_eq!(codes, ["NL018"]);
}
