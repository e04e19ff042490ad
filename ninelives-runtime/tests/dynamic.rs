//! Policies from text: what is built runs as the text says, and what cannot run is refused.

#![expect(
    clippy::unwrap_used,
    reason = "a test may panic; clippy's own exception covers test functions only"
)]

use ninelives_runtime::classify::Class;
use ninelives_runtime::dynamic::{
    BoxedService, Calls, FetchError, Host, LoadError, PolicyBook, TextPolicy,
};
use ninelives_runtime::error::{PolicyError, Reason};
use ninelives_runtime::testing::{
    AsSaid, Failure, Probe, Script, drop_at_each_poll, err, failure, hang, ms, ok,
};
use ninelives_runtime::world::{Flat, Lifted};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use tower::limit::ConcurrencyLimitLayer;
use tower::{BoxError, Layer, Service, ServiceExt, service_fn};

type Answer = &'static str;
type Text = TextPolicy<(), Answer, Failure>;

fn calls() -> Calls<(), Answer, Failure, Lifted, AsSaid> {
    Calls::new().classify(AsSaid)
}

fn load(text: &str, calls: Calls<(), Answer, Failure, Lifted, AsSaid>) -> PolicyBook {
    PolicyBook::from_text(text, Host::new().calls(calls)).unwrap()
}

fn policy(expression: &str, calls: Calls<(), Answer, Failure, Lifted, AsSaid>) -> Text {
    load(&format!("policy it = {expression};"), calls).policy("it").unwrap()
}

fn findings(result: Result<PolicyBook, LoadError>) -> String {
    result.unwrap_err().to_string()
}

#[tokio::test(start_paused = true)]
async fn the_thin_line_retries_within_its_deadline_and_answers_degraded() {
    let policy = policy(
        "timeout(1s) + retry(3, backoff = fixed(10ms), jitter = none) | fallback",
        calls().degraded(|| "degraded"),
    );
    let flaky = Script::new([err(Class::Transient), err(Class::Transient), ok("third")]);
    assert_eq!(policy.layer(flaky.clone()).oneshot(()).await, Ok("third"));
    assert_eq!(flaky.gaps(), [ms(10), ms(10)]);
    let down = Script::new([err(Class::Transient)]);
    assert_eq!(policy.layer(down.clone()).oneshot(()).await, Ok("degraded"));
    assert_eq!(down.calls(), 3);
    let began = Instant::now();
    let stuck = Script::new([hang()]);
    assert_eq!(policy.layer(stuck.clone()).oneshot(()).await, Ok("degraded"));
    assert_eq!(began.elapsed(), Duration::from_secs(1));
    assert_eq!(stuck.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_opens_as_its_text_says() {
    let text = "circuit_breaker(consecutive = 3, cooldown = 1s, max_cooldown = 1s)";
    let policy = policy(text, calls());
    let script = Script::new([
        err(Class::Transient),
        err(Class::Transient),
        err(Class::Transient),
        ok("recovered"),
    ]);
    let service = policy.layer(script.clone());
    for _ in 0..3 {
        assert!(matches!(service.send(()).await, Err(PolicyError::Service(_))));
    }
    let refused = service.send(()).await.unwrap_err();
    assert_eq!(refused.rejected().unwrap().reason(), Reason::CircuitOpen);
    assert_eq!(refused.rejected().unwrap().path(), "it.circuit_breaker");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(service.send(()).await, Ok("recovered"));
    assert_eq!(script.calls(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_bulkhead_queues_as_its_text_says() {
    let policy = policy("bulkhead(1, queue = 1, wait = 15ms)", calls());
    let script = Script::new([ok("answer").after(ms(10))]);
    let service = policy.layer(script.clone());
    let began = Instant::now();
    let (first, second, third) = tokio::join!(service.send(()), service.send(()), service.send(()));
    assert_eq!((first, second), (Ok("answer"), Ok("answer")));
    assert_eq!(
        third.unwrap_err().rejected().unwrap().reason(),
        Reason::BulkheadFull { max_concurrency: 1 }
    );
    assert_eq!((script.peak(), began.elapsed()), (1, ms(20)));
}

#[tokio::test(start_paused = true)]
async fn a_hedge_starts_when_its_text_says() {
    let policy = policy("hedge(30ms, max_attempts = 3, budget = off)", calls());
    let script = Script::new([hang(), hang(), ok("third").after(ms(5))]);
    assert_eq!(policy.layer(script.clone()).oneshot(()).await, Ok("third"));
    assert_eq!(script.gaps(), [ms(30), ms(30)]);
    assert_eq!(script.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_flagship_reads_as_it_is_documented() {
    let text = "timeout(1s) + retry(3, backoff = fixed(10ms), jitter = none)
                | fallback & (timeout(1s) + hedge(100ms, budget = off))";
    let policy = policy(text, calls().degraded(|| "degraded"));
    let script = Script::new([
        err(Class::Transient),
        err(Class::Transient),
        err(Class::Transient),
        hang(),
        ok("hedged").after(ms(5)),
    ]);
    assert_eq!(policy.layer(script.clone()).oneshot(()).await, Ok("hedged"));
    assert_eq!(script.gaps(), [ms(10), ms(10), ms(0), ms(100)]);
    let down = Script::new([hang()]);
    let began = Instant::now();
    assert_eq!(policy.layer(down.clone()).oneshot(()).await, Ok("degraded"));
    assert_eq!(began.elapsed(), Duration::from_secs(2));
    assert_eq!(down.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn arms_of_a_group_share_what_stands_right_of_it() {
    let policy = policy(
        "(timeout(10ms) | timeout(50ms) | pass) + retry(2, backoff = fixed(1ms), jitter = none)",
        calls(),
    );
    let script = Script::new([hang(), hang(), err(Class::Transient), ok("fourth call, third arm")]);
    let answer = policy.layer(script.clone()).oneshot(()).await;
    assert_eq!(answer, Ok("fourth call, third arm"));
    assert_eq!(script.gaps(), [ms(10), ms(50), ms(1)]);
}

#[tokio::test(start_paused = true)]
async fn the_first_of_two_services_wins_and_the_other_is_dropped() {
    let east = Script::new([ok("east").after(ms(50))]);
    let west = Script::new([ok("west").after(ms(20))]);
    let policy = policy(
        "(timeout(1s) + to(@east)) & (timeout(1s) + to(@west))",
        calls().service("east", east.clone()).service("west", west.clone()),
    );
    let unused = Script::new([ok("own")]);
    assert_eq!(policy.layer(unused.clone()).oneshot(()).await, Ok("west"));
    assert_eq!((east.calls(), west.calls(), unused.calls()), (1, 1, 0));
    assert_eq!((east.in_flight(), west.in_flight()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_arm_that_is_always_degraded_waits_for_the_others_even_behind_a_reference() {
    let text = "policy reserve = fallback & pass;
                policy it = reserve & to(@slow);";
    let policy: Text = load(
        text,
        calls().degraded(|| "degraded").service("slow", Script::new([ok("slow").after(ms(50))])),
    )
    .policy("it")
    .unwrap();
    let down = Script::new([err(Class::Transient)]);
    assert_eq!(policy.layer(down).oneshot(()).await, Ok("slow"));
}

#[tokio::test(start_paused = true)]
async fn a_handler_sees_the_request_and_what_led_to_it() {
    type Cause = Option<Result<String, PolicyError<io::Error>>>;
    let calls = Calls::<u32, String, io::Error>::new().handler(
        "cached",
        |request: Option<u32>, cause: Cause| {
            format!("{request:?} after {:?}", cause.map(|it| it.is_err()))
        },
    );
    let text = "policy it = timeout(10ms) | fallback(@cached);";
    let book = PolicyBook::from_text(text, Host::new().calls(calls)).unwrap();
    let policy = book.policy::<u32, String, io::Error>("it").unwrap();
    let never = service_fn(|_: u32| std::future::pending::<io::Result<String>>());
    let answer = policy.layer(never).oneshot(7).await;
    assert_eq!(answer.unwrap(), "Some(7) after Some(true)");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_names_the_layer_by_its_path() {
    let text = "policy slow(limit: duration) = timeout(limit); policy it = search: slow(10ms);";
    let policy: Text = load(text, calls()).policy("it").unwrap();
    let refused = policy.layer(Script::new([hang()])).oneshot(()).await;
    let Err(PolicyError::Rejected(refused)) = refused else { panic!("{refused:?}") };
    assert_eq!(refused.path(), "it.search.timeout");
    assert_eq!(refused.reason(), Reason::DeadlinePassed { after: ms(10) });
}

#[tokio::test(start_paused = true)]
async fn the_identities_do_what_they_say() {
    let service = || Script::new([ok("answer")]);
    for same in
        ["pass", "pass | fail", "fail | pass", "fail & pass", "pass + pass", "(pass) & fail"]
    {
        let policy = policy(same, calls());
        assert_eq!(policy.layer(service()).oneshot(()).await, Ok("answer"), "{same}");
    }
    let policy = policy("fail", calls());
    let refused = policy.layer(service()).oneshot(()).await.unwrap_err();
    assert_eq!(refused.rejected().unwrap().reason(), Reason::Failed);
}

#[tokio::test(start_paused = true)]
async fn a_reference_is_the_same_policy_and_shares_its_state() {
    // One attempt may be repeated in all: the budget is the reference's, used up by the first arm.
    let text = "policy once = retry(3, backoff = fixed(1ms), jitter = none, budget = budget(0%, min = 1/1h, window = 1s));
                policy it = once | once;";
    let policy: Text = load(text, calls()).policy("it").unwrap();
    let down = Script::new([err(Class::Transient)]);
    assert_eq!(
        policy.layer(down.clone()).oneshot(()).await,
        Err(PolicyError::Service(failure(Class::Transient)))
    );
    assert_eq!(down.calls(), 3, "one repetition, not one in each arm");
}

#[tokio::test(start_paused = true)]
async fn all_services_and_fetches_of_one_policy_share_its_state() {
    let text = "policy it = retry(3, backoff = fixed(1ms), jitter = none, budget = budget(0%, min = 1/1h, window = 1s));";
    let book = load(text, calls());
    let down = Script::new([err(Class::Transient)]);
    for _ in 0..2 {
        let policy: Text = book.policy("it").unwrap();
        for _ in 0..2 {
            policy.layer(down.clone()).oneshot(()).await.unwrap_err();
        }
    }
    assert_eq!(down.calls(), 5, "one repetition among four requests");
}

#[tokio::test(start_paused = true)]
async fn kinds_of_call_share_the_state_of_a_policy() {
    let text = "policy it = retry(3, backoff = fixed(1ms), jitter = none, budget = budget(0%, min = 1/1h, window = 1s));";
    let host = Host::new().calls(calls()).calls(Calls::<u8, u8, &'static str>::new());
    let book = PolicyBook::from_text(text, host).unwrap();
    let down = Script::new([err(Class::Transient)]);
    let first: Text = book.policy("it").unwrap();
    first.layer(down.clone()).oneshot(()).await.unwrap_err();
    assert_eq!(down.calls(), 2);
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let other = service_fn(move |_: u8| {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Err::<u8, _>("down") }
    });
    let second = book.policy::<u8, u8, &'static str>("it").unwrap();
    second.layer(other).oneshot(1).await.unwrap_err();
    assert_eq!(calls.load(Ordering::SeqCst), 1, "the budget is spent");
}

#[tokio::test(start_paused = true)]
async fn refusals_fit_into_errors_that_can_hold_them() {
    let host = Host::new().calls(Calls::<(), Answer, BoxError, Flat>::flat());
    let book = PolicyBook::from_text("policy it = timeout(10ms);", host).unwrap();
    let policy = book.flat_policy::<(), Answer, BoxError>("it").unwrap();
    let never = service_fn(|(): ()| std::future::pending::<Result<Answer, BoxError>>());
    let refused: BoxError = policy.layer(never).oneshot(()).await.unwrap_err();
    assert_eq!(refused.to_string(), "`it.timeout` refused: no answer within 10ms");
}

/// A matter of types: the compiler loses sight of lifetimes in such a block, so the types in it may
/// neither repeat themselves nor ask for `'static`.
#[tokio::test(start_paused = true)]
async fn a_request_can_be_made_in_a_spawned_block_whatever_its_types() {
    let host = Host::new().calls(Calls::<(), &'static str, BoxError>::new());
    let book = PolicyBook::from_text("policy it = timeout(10ms) | timeout(1s);", host).unwrap();
    let policy = book.policy::<(), &'static str, BoxError>("it").unwrap();
    let service = policy.layer(service_fn(|(): ()| async { Ok::<_, BoxError>("answer") }));
    let clone = service.clone();
    let one = tokio::spawn(async move { clone.oneshot(()).await });
    let other = tokio::spawn(async move { service.send(()).await });
    assert_eq!(one.await.unwrap().unwrap(), "answer");
    assert_eq!(other.await.unwrap().unwrap(), "answer");
}

#[tokio::test(start_paused = true)]
async fn a_host_layer_is_applied_to_the_service_once() {
    let script = Script::new([ok("answer").after(ms(10))]);
    let policy = policy(
        "timeout(1s) + retry(3) + @one_at_a_time",
        calls().layer("one_at_a_time", ConcurrencyLimitLayer::new(1)),
    );
    let service = policy.layer(Probe::new(script.clone()));
    let began = Instant::now();
    let (first, second) = tokio::join!(service.clone().oneshot(()), service.send(()));
    assert_eq!((first, second), (Ok("answer"), Ok("answer")));
    assert_eq!(script.peak(), 1);
    assert_eq!(began.elapsed(), ms(20));
}

#[tokio::test(start_paused = true)]
async fn a_host_layer_behind_a_reference_is_applied_too() {
    let text = "policy base = retry(2, backoff = fixed(1ms), jitter = none) + @shout;
                policy it = timeout(1s) + base;";
    let shout = tower::layer::layer_fn(|service: BoxedService<(), Answer, Failure>| {
        service.map_response(|_| "ANSWER")
    });
    let policy: Text = load(text, calls().layer("shout", shout)).policy("it").unwrap();
    let script = Script::new([err(Class::Transient), ok("answer")]);
    assert_eq!(policy.layer(script.clone()).oneshot(()).await, Ok("ANSWER"));
    assert_eq!(script.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_can_be_sent_but_not_shared_is_enough() {
    #[derive(Clone)]
    struct SendOnly(std::cell::Cell<u8>);
    impl Service<()> for SendOnly {
        type Response = Answer;
        type Error = Failure;
        type Future = std::future::Ready<Result<Answer, Failure>>;
        fn poll_ready(
            &mut self,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Result<(), Failure>> {
            std::task::Poll::Ready(Ok(()))
        }
        fn call(&mut self, (): ()) -> Self::Future {
            self.0.set(self.0.get() + 1);
            std::future::ready(Ok("answer"))
        }
    }
    let policy =
        policy("timeout(1s) + @same", calls().layer("same", tower::layer::util::Identity::new()));
    let service = policy.layer(SendOnly(std::cell::Cell::new(0)));
    let answer = tokio::spawn(async move { service.oneshot(()).await }).await;
    assert_eq!(answer.unwrap(), Ok("answer"));
}

#[tokio::test(start_paused = true)]
async fn every_call_follows_a_readiness_of_its_own() {
    let texts = [
        "pass",
        "timeout(1s) + retry(3, backoff = fixed(1ms))",
        "timeout(10ms) + retry(2) | retry(2, backoff = fixed(1ms))",
        "pass & (timeout(5ms) + retry(2, backoff = fixed(1ms)))",
        "(pass | pass) + timeout(1s) + timeout(1s) + timeout(1s) + retry(3, backoff = fixed(1ms))",
        "bulkhead(1) + circuit_breaker + hedge(1ms) + retry(2, backoff = fixed(1ms))",
        "timeout(1s) + @same",
    ];
    for text in texts {
        let same = tower::layer::util::Identity::new();
        let policy = policy(text, calls().layer("same", same));
        let script = Script::new([err(Class::Transient), ok("answer")]);
        let mut service = policy.layer(Probe::new(script));
        for _ in 0..3 {
            // The probe panics on a misuse.
            let _ = service.ready().await.unwrap().call(()).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn dropped_at_any_poll_a_request_gives_back_what_it_held() {
    let text =
        "bulkhead(1) + timeout(20ms) + retry(2, backoff = fixed(1ms), jitter = none, budget = off)
                | timeout(30ms) + bulkhead(1) + (to(@other) & (bulkhead(1) + pass))
                | fallback";
    let other = Script::new([hang()]);
    let policy = policy(text, calls().degraded(|| "degraded").service("other", other.clone()));
    let down = Script::new([err(Class::Transient).after(ms(5))]);
    let polls = drop_at_each_poll(
        || policy.layer(down.clone()).oneshot(()),
        |poll| assert_eq!((down.in_flight(), other.in_flight()), (0, 0), "{poll}"),
    )
    .await;
    // Two attempts, the wait between them, two arms: a permit that stayed behind would make it less.
    assert_eq!(polls, 6);
}

#[test]
fn the_deepest_policies_fit_the_stack_of_a_thread() {
    let repeat = |part: &str, count: usize, operator: &str| vec![part; count].join(operator);
    let layers = "timeout(1s) + retry(2) + circuit_breaker + bulkhead(9)";
    let texts = [
        repeat(layers, 32, " + "),
        repeat("hedge(1s)", 128, " + "),
        repeat("timeout(1s)", 127, " | "),
        repeat("pass", 2_000, " & "),
        format!("{}retry(2){}", "(timeout(1s) & hedge | ".repeat(60), ")".repeat(60)),
        format!("{}retry(2){}", "(fail | timeout(1s) + ".repeat(42), ")".repeat(42)),
    ];
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    let deepest = thread.spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        for text in texts {
            let policy = policy(&text, calls());
            runtime.block_on(async {
                let down = Script::new([err(Class::Permanent)]);
                policy.layer(down).oneshot(()).await.unwrap_err();
                let stuck = policy.layer(Script::new([hang()])).oneshot(());
                tokio::time::timeout(ms(1), stuck).await.unwrap_err();
            });
        }
    });
    deepest.unwrap().join().unwrap();
}

#[test]
fn a_name_that_is_not_registered_is_refused_at_its_place() {
    let script = || Script::new([ok("answer")]);
    let registered = || calls().service("us_east", script()).handler("cached", |_, _| "cached");
    let load = |text: &str| PolicyBook::from_text(text, Host::new().calls(registered()));
    assert_eq!(
        findings(load("policy a = pass;\npolicy b = timeout(1s) + to(@us_esat);")),
        "<text>:2:29: error NL018 unknown-host-name: the host program has no service `@us_esat`\n  \
         help: did you mean `@us_east`? services for requests of type `()`: `@us_east`"
    );
    assert_eq!(
        findings(load("policy a = timeout(1s) | fallback(@us_east);")),
        "<text>:1:35: error NL018 unknown-host-name: `@us_east` is a service, and a handler is \
         needed here\n  help: handlers for requests of type `()`: `@cached`"
    );
    assert_eq!(
        findings(load("policy a = timeout(1s) + @auth;")),
        "<text>:1:26: error NL018 unknown-host-name: the host program has no layer `@auth`\n  \
         help: layers for requests of type `()`: none; register it with `Calls::layer(\"auth\", …)`"
    );
}

#[test]
fn a_bare_fallback_needs_a_registered_answer() {
    let result = PolicyBook::from_text("policy a = pass | fallback;", Host::new().calls(calls()));
    assert_eq!(
        findings(result),
        "<text>:1:19: error NL006 missing: `fallback` has no answer: the host program registers \
         none\n  help: register one with `Calls::degraded`, or name a handler: `fallback(@handler)`"
    );
}

#[test]
fn every_mistake_of_a_text_is_reported_once() {
    let text = "policy a = to(@east); policy b = a | a | to(@west); policy c = timeuot(1s);";
    let refused = PolicyBook::from_text(text, Host::new().calls(calls())).unwrap_err();
    let codes: Vec<_> = refused
        .diagnostics()
        .iter()
        .map(|finding| (finding.code.code(), finding.span.start))
        .collect();
    assert_eq!(codes, [("NL018", 14), ("NL018", 44), ("NL002", 63)]);
}

#[test]
fn a_host_that_provides_nothing_provides_no_names() {
    let result = PolicyBook::from_text("policy a = to(@east);", Host::new());
    assert!(findings(result).contains("no service `@east`"));
}

#[test]
fn a_policy_is_for_the_kinds_of_call_that_provide_what_it_asks_for() {
    let host = Host::new()
        .calls(calls().degraded(|| "degraded"))
        .calls(Calls::<u8, u8, u8>::new().service("east", service_fn(|_: u8| async { Ok(1) })));
    let text = "policy degraded = pass | fallback; policy east = to(@east);";
    let book = PolicyBook::from_text(text, host).unwrap();
    assert!(book.policy::<(), Answer, Failure>("degraded").is_ok());
    assert!(book.policy::<u8, u8, u8>("east").is_ok());
    let refused = book.policy::<u8, u8, u8>("degraded").unwrap_err();
    assert!(matches!(refused, FetchError::Unprovided(_)), "{refused}");
    let refused = book.policy::<(), Answer, Failure>("east").unwrap_err();
    assert!(refused.to_string().starts_with("<text>:1:53: error NL018"), "{refused}");
}

#[test]
fn a_policy_that_no_kind_of_call_can_run_is_refused() {
    let host = || {
        Host::new()
            .calls(calls().degraded(|| "degraded"))
            .calls(Calls::<u8, u8, u8>::new().service("east", service_fn(|_: u8| async { Ok(1) })))
    };
    let text = "policy both = to(@east) | fallback;";
    assert!(PolicyBook::from_text(text, host()).is_err());
}

#[test]
fn a_policy_is_fetched_by_its_name_and_its_kind_of_call() {
    let text = "policy inner = timeout(1s); pub policy search = inner + retry(3);";
    let book = load(text, calls());
    let refused = book.policy::<(), Answer, Failure>("serach").unwrap_err();
    assert_eq!(refused.to_string(), "no policy is called `serach`, did you mean `search`?");
    let refused = book.policy::<(), Answer, Failure>("inner").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "policy `inner` is for other policies only: write `pub policy inner`"
    );
    let refused = book.policy::<(), Answer, u8>("search").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the host registered no calls of `()` answered with `&str` or `u8`"
    );
    let flat = book.flat_policy::<(), Answer, BoxError>("search");
    assert!(matches!(flat, Err(FetchError::Unregistered { instead: None, .. })));
}

#[test]
fn a_policy_asked_for_in_the_wrong_way_names_the_right_one() {
    let flat = Calls::<u8, u8, BoxError, Flat>::flat();
    let new = Calls::<u16, u16, BoxError>::new();
    let host = Host::new().calls(flat).calls(new);
    let book = PolicyBook::from_text("policy it = pass;", host).unwrap();
    let refused = book.policy::<u8, u8, BoxError>("it").unwrap_err().to_string();
    assert!(refused.ends_with("`Calls::new`, but with `Calls::flat`: ask for `flat_policy`"));
    let refused = book.flat_policy::<u16, u16, BoxError>("it").unwrap_err().to_string();
    assert!(refused.ends_with("`Calls::flat`, but with `Calls::new`: ask for `policy`"));
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_of_its_own() {
    let refused = PolicyBook::from_file("no/such.nl", Host::new()).unwrap_err();
    assert!(refused.to_string().starts_with("`no/such.nl` cannot be read: "), "{refused}");
    assert!(refused.diagnostics().is_empty());
}

#[test]
fn what_the_host_holds_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>(_: &T) {}
    fn sent<T: Send>(_: T) {}
    let book = load("policy it = timeout(1s) + retry(3);", calls());
    shared(&book);
    let policy: Text = book.policy("it").unwrap();
    shared(&policy);
    let service = policy.layer(Script::new([ok("answer")]));
    shared(&service);
    sent(service.send(()));
    // A request and an error need not be shareable.
    let calls = Calls::<std::cell::Cell<u8>, std::cell::Cell<u8>, std::cell::Cell<u8>>::new();
    let host = Host::new().calls(calls);
    shared(&PolicyBook::from_text("policy it = pass;", host).unwrap());
}
