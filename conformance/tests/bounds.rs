//! The static bounds as theorems: random policies, built from text into the real stack, against
//! services that do their worst, are never above a bound by more than the steps of their timers.

#![allow(clippy::expect_used, clippy::panic, reason = "a failed check ends its test")]

use fastrand::Rng;
use ninelives::testing::paused_runtime;
use ninelives::{Calls, Class, Classify, DegradedResponse, Host, PolicyBook, PolicyError, Repeat};
use ninelives_runtime::dsl::bounds::{Analysis, Latency, Outcome, Outcomes};
use ninelives_runtime::dsl::load::{Front, load_bytes};
use ninelives_runtime::error::Reason;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use tower::{Layer, Service, ServiceExt, service_fn};

/// How many policies are tried, in two halves side by side.
const POLICIES: u64 = 100_000;
/// Longer than any bound of a policy below; who waits longer hangs.
const FOR_EVER: Duration = Duration::from_secs(3_600);

/// A policy in the language, and how many timers can run out one after another in it.
struct Generated {
    text: String,
    timers: u64,
}

/// A policy of random layers; `open` ones call what is to their right on every path.
fn policy(rng: &mut Rng, depth: u32, open: bool) -> Generated {
    if depth == 0 || rng.u8(..6) == 0 {
        return if open || rng.u8(..3) > 0 { layer(rng) } else { terminal(rng) };
    }
    let operator = rng.choice([" + ", " + ", " | ", " & "]).unwrap_or(" + ");
    let count = rng.usize(2..=3);
    let parts: Vec<_> = (0..count)
        .map(|at| policy(rng, depth - 1, open || (operator == " + " && at + 1 < count)))
        .collect();
    let timers = if operator == " + " {
        parts.iter().fold(1, |timers, part| timers * (part.timers + 1))
    } else {
        parts.iter().map(|part| part.timers).sum()
    };
    let texts: Vec<_> = parts.iter().map(|part| format!("({})", part.text)).collect();
    Generated { text: texts.join(operator), timers }
}

fn layer(rng: &mut Rng) -> Generated {
    let mut pick = |of: &[&str]| rng.choice(of.iter().copied()).unwrap_or("").to_owned();
    let jitter = pick(&["none", "full", "equal", "decorrelated"]);
    let backoff = pick(&[
        "fixed(0s)",
        "fixed(20ms)",
        "linear(10ms, max = 25ms)",
        "exponential(5ms, factor = 3, max = 40ms)",
    ]);
    let on = pick(&["", ", on = any", ", on = timeout", ", on = rejected | transient"]);
    let budget = pick(&["", ", budget = off"]);
    let hint = pick(&["", ", retry_after = 30ms", ", retry_after = off"]);
    let attempts = pick(&["1", "2", "3", "4"]);
    let (text, timers) = match pick(&["timeout", "retry", "breaker", "bulkhead", "hedge"]).as_str()
    {
        "timeout" => (format!("timeout({})", pick(&["1ms", "10ms", "40ms", "100ms"])), 1),
        "retry" => (
            format!("retry({attempts}, backoff = {backoff}, jitter = {jitter}{on}{budget}{hint})"),
            2 * attempts.parse::<u64>().unwrap_or(1),
        ),
        "breaker" => {
            let consecutive =
                pick(&["consecutive = 1, cooldown = 10ms", "cooldown = 5ms, min_calls = 1"]);
            (format!("circuit_breaker({consecutive}{on})"), 1)
        }
        "bulkhead" => {
            let wait = pick(&["queue = 0", "queue = 1, wait = 15ms", "queue = 8, wait = 60ms"]);
            (format!("bulkhead({attempts}, {wait})"), 1)
        }
        _ => {
            let after = pick(&["after = 0s", "after = 7ms", "after = 30ms", "initial = 9ms"]);
            (
                format!("hedge({after}, max_attempts = {attempts}{on}{budget})"),
                2 * attempts.parse::<u64>().unwrap_or(1),
            )
        }
    };
    Generated { text, timers }
}

fn terminal(rng: &mut Rng) -> Generated {
    let text = rng.choice(["to(@east)", "to(@west)", "fallback", "fail"]).unwrap_or("fail");
    Generated { text: text.to_owned(), timers: 1 }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Failure(Class, Option<Duration>);

#[derive(Clone, Copy)]
struct ByClass;

impl<Response> Classify<Response, Failure> for ByClass {
    fn classify(&self, outcome: Result<&Response, &Failure>) -> Class {
        outcome.map_or_else(|failure| failure.0, |_| Class::Success)
    }

    fn retry_after(&self, outcome: Result<&Response, &Failure>) -> Option<Duration> {
        outcome.err().and_then(|failure| failure.1)
    }
}

impl Repeat<u64> for ByClass {
    fn copy(&self, request: &u64) -> Option<u64> {
        Some(*request)
    }
}

#[derive(Clone, Debug)]
struct Reply;

impl DegradedResponse for Reply {
    fn degraded() -> Self {
        Self
    }
}

/// How often each request reached each service.
#[derive(Clone, Default)]
struct Counts(Arc<Mutex<BTreeMap<(u64, &'static str), u64>>>);

impl Counts {
    fn add(&self, request: u64, target: &'static str) {
        *self.0.lock().expect("no panic under the lock").entry((request, target)).or_default() += 1;
    }

    fn of(&self, request: u64, target: &'static str) -> u64 {
        self.0
            .lock()
            .expect("no panic under the lock")
            .get(&(request, target))
            .copied()
            .unwrap_or(0)
    }
}

/// A service whose calls come just before, at and just after what the policies wait for, or never.
fn hostile(
    name: &'static str,
    seed: u64,
    counts: Counts,
) -> impl Service<u64, Response = Reply, Error = Failure, Future: Send + 'static>
+ Clone
+ Send
+ Sync
+ 'static {
    let rng = Arc::new(Mutex::new(Rng::with_seed(seed)));
    let mood = seed % 4;
    service_fn(move |request: u64| {
        counts.add(request, name);
        let mut rng = rng.lock().expect("no panic under the lock");
        let delays = [0, 0, 1, 6, 7, 9, 10, 11, 29, 30, 39, 40, 41, 99, 100, 5_000];
        let delay = rng.choice(delays).unwrap_or(0);
        let hangs = rng.u8(..8) == 0;
        let hint = rng.choice([None, Some(Duration::ZERO), Some(Duration::from_millis(30))]);
        let class = match mood {
            0 => Class::Transient,
            1 => Class::Overloaded,
            _ => rng
                .choice([
                    Class::Success,
                    Class::Timeout,
                    Class::Overloaded,
                    Class::Transient,
                    Class::Permanent,
                ])
                .unwrap_or(Class::Success),
        };
        drop(rng);
        async move {
            if hangs {
                std::future::pending::<()>().await;
            }
            if delay > 0 {
                sleep(Duration::from_millis(delay)).await;
            }
            if class == Class::Success { Ok(Reply) } else { Err(Failure(class, hint.flatten())) }
        }
    })
}

/// What an answer is to the bounds. A refusal tells who refused.
fn outcome_of(answer: &Result<Reply, PolicyError<Failure>>) -> Outcome {
    let class = match answer {
        Ok(_) => return Outcome::Ok,
        Err(PolicyError::Service(failure)) => failure.0,
        Err(PolicyError::Rejected(refused)) => match refused.reason() {
            Reason::DeadlinePassed { .. } => return Outcome::Timeout,
            Reason::CircuitOpen => return Outcome::CircuitOpen,
            Reason::Failed => return Outcome::Neutral,
            _ => return Outcome::Full,
        },
    };
    match class {
        Class::Timeout => Outcome::Timeout,
        Class::Overloaded => Outcome::Overloaded,
        Class::Transient => Outcome::Transient,
        _ => Outcome::Permanent,
    }
}

/// What the runs came to.
#[derive(Default)]
struct Seen {
    policies: u64,
    requests: u64,
    bounded: u64,
    /// Requests that reached their latency bound to the millisecond, and their bound of calls.
    latest: u64,
    most_calls: u64,
}

#[test]
fn no_request_is_above_a_bound() {
    println!("{}", check(0..POLICIES));
}

#[test]
fn no_request_of_the_other_half_is_above_a_bound() {
    println!("{}", check(POLICIES..2 * POLICIES));
}

/// How many policies of the shapes whose bounds are called tight.
const TIGHT: u64 = 2_000;

/// A policy whose bounds are reached when its service hangs: what is to the left of an attempt timeout
/// waits for fixed times, and acts on `timeout`.
fn tight(rng: &mut Rng) -> Generated {
    let operator = if rng.bool() { " | " } else { " & " };
    let arms: Vec<_> = (0..rng.u8(1..=3)).map(|_| tight_arm(rng)).collect();
    let texts: Vec<_> = arms.iter().map(|arm| format!("({})", arm.text)).collect();
    let timers = arms.iter().map(|arm| arm.timers).sum();
    Generated { text: texts.join(operator), timers }
}

fn tight_arm(rng: &mut Rng) -> Generated {
    let mut pick = |of: &[&'static str]| rng.choice(of.iter().copied()).unwrap_or("");
    let backoff =
        pick(&["fixed(0s)", "fixed(20ms)", "linear(10ms, max = 25ms)", "exponential(5ms)"]);
    let attempts = pick(&["1", "2", "3", "4"]);
    let hedge = pick(&["", "hedge(after = 7ms, max_attempts = 2, budget = off) + "]);
    let hedge =
        hedge.to_owned() + pick(&["", "", "hedge(after = 0s, max_attempts = 2, budget = off) + "]);
    let attempt = pick(&["timeout(10ms)", "timeout(40ms)", "timeout(100ms)"]);
    let retry = format!(
        "retry({attempts}, backoff = {backoff}, jitter = none, budget = off, retry_after = off)"
    );
    // Of each attempt: its backoff, two hedges, its timeout.
    let timers = 4 * attempts.parse::<u64>().unwrap_or(1);
    Generated { text: format!("{retry} + {hedge}{attempt}"), timers }
}

/// What the design calls tight: `timeout`, `retry` without jitter, `hedge` after a fixed delay, `|`
/// and `&`, when every call hangs.
#[test]
fn bounds_that_are_called_tight_are_reached() {
    let runtime = paused_runtime();
    let _inside = runtime.enter();
    let mut rng = Rng::with_seed(9);
    for _ in 0..TIGHT {
        let Generated { text, timers } = tight(&mut rng);
        let text = format!("policy p = {text};");
        let load = load_bytes("tight", text.as_bytes(), None, Front::Text);
        let bounds = Analysis::new(&load.plan).policy(0).expect("the policy is there");
        let Latency::AtMost(bound) = bounds.outcomes.latency() else {
            panic!("{text}: not bounded");
        };
        let counts = Counts::default();
        let host = Host::new().calls(Calls::<u64, Reply, Failure>::new().classify(ByClass));
        let book = PolicyBook::from_text(&text, host).expect("the text is right");
        let calls = counts.clone();
        let hangs = service_fn(move |request: u64| {
            calls.add(request, "own");
            std::future::pending::<Result<Reply, Failure>>()
        });
        let service = book.policy::<u64, Reply, Failure>("p").expect("it is loaded").layer(hangs);
        let took = runtime.block_on(async {
            let began = Instant::now();
            let answer = service.oneshot(0).await;
            assert!(answer.is_err(), "{text}");
            began.elapsed()
        });
        let late = Duration::from_millis(timers);
        assert!(bound <= took && took <= bound + late, "{text}: {took:?}, the bound is {bound:?}");
        let (made, most) = (counts.of(0, "own"), bounds.outcomes.calls().service());
        assert_eq!(made, most, "{text}: calls, and their bound");
    }
    println!("{TIGHT} policies with tight bounds, all reached");
}

/// Tries half as many policies as there are seeds, and says what they came to.
fn check(seeds: Range<u64>) -> String {
    let policies = (seeds.end - seeds.start) / 2;
    let runtime = paused_runtime();
    let _inside = runtime.enter();
    let mut seen = Seen::default();
    for seed in seeds {
        if seen.policies == policies {
            break;
        }
        let mut rng = Rng::with_seed(seed);
        let depth = rng.u32(0..=2);
        let generated = policy(&mut rng, depth, false);
        let text = format!("policy p = {};", generated.text);
        let load = load_bytes("bounds", text.as_bytes(), None, Front::Text);
        // A part to the right of a terminal is an error of its own.
        if load.has_errors() {
            continue;
        }
        let mut analysis = Analysis::new(&load.plan);
        let bounds = analysis.policy(0).expect("the policy is there");
        let calls = bounds.outcomes.calls();
        let most = |name: &str| match name {
            "own" => calls.service(),
            _ => calls
                .others()
                .find(|(target, _)| analysis.target(*target) == name)
                .map_or(0, |(_, most)| most),
        };
        let most = [("own", most("own")), ("east", most("east")), ("west", most("west"))];
        seen.policies += 1;
        run(&runtime, &text, seed, &bounds.outcomes, most, generated.timers, &mut seen);
    }
    assert_eq!(seen.policies, policies, "too many texts had errors");
    assert!(seen.latest > seen.bounded / 100, "{} at their bound", seen.latest);
    format!(
        "{} policies, {} requests, {} under a finite bound; {} came at their bound to the \
         millisecond, {} made as many calls as theirs allows",
        seen.policies, seen.requests, seen.bounded, seen.latest, seen.most_calls
    )
}

#[allow(clippy::too_many_arguments, reason = "one run has that many facts")]
fn run(
    runtime: &tokio::runtime::Runtime,
    text: &str,
    seed: u64,
    outcomes: &Outcomes,
    most: [(&'static str, u64); 3],
    timers: u64,
    seen: &mut Seen,
) {
    let counts = Counts::default();
    let host = Host::new().calls(
        Calls::<u64, Reply, Failure>::new()
            .classify(ByClass)
            .degraded(Reply::degraded)
            .service("east", hostile("east", seed + 1, counts.clone()))
            .service("west", hostile("west", seed + 2, counts.clone())),
    );
    let book = PolicyBook::from_text(text, host).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let policy = book.policy::<u64, Reply, Failure>("p").expect("it is loaded");
    let service = policy.layer(hostile("own", seed, counts.clone()));
    runtime.block_on(async {
        // Three at once, so that bulkheads fill, then three for the breakers.
        for wave in 0..2u64 {
            let requests = (0..3u64).map(|number| {
                let (service, number) = (service.clone(), wave * 3 + number);
                async move {
                    let began = Instant::now();
                    let answer = timeout(FOR_EVER, service.oneshot(number)).await;
                    (number, began.elapsed(), answer)
                }
            });
            let answers = together(requests.collect()).await;
            for (number, took, answer) in answers {
                seen.requests += 1;
                let Ok(answer) = answer else {
                    let unbounded = matches!(outcomes.latency(), Latency::Unbounded(_));
                    assert!(unbounded, "{text}\nseed {seed}: a request hangs");
                    continue;
                };
                let outcome = outcome_of(&answer);
                let Some(worst) = outcomes.get(outcome) else {
                    panic!("{text}\nseed {seed}: {outcome:?} cannot come, says the bound: {answer:?}");
                };
                if let Latency::AtMost(latest) = worst.latency {
                    seen.bounded += 1;
                    seen.latest += u64::from(took >= latest && latest > Duration::ZERO);
                    let late = Duration::from_millis(timers);
                    assert!(
                        took <= latest + late,
                        "{text}\nseed {seed}: {outcome:?} came after {took:?}, its bound is {latest:?}"
                    );
                }
                for (name, most) in most {
                    let made = counts.of(number, name);
                    seen.most_calls += u64::from(name == "own" && most > 1 && made == most);
                    assert!(
                        made <= most,
                        "{text}\nseed {seed}: {made} calls of `{name}`, the bound is {most}"
                    );
                }
                let own = counts.of(number, "own");
                assert!(
                    own <= worst.calls.service(),
                    "{text}\nseed {seed}: {own} calls before {outcome:?}, its bound is {}",
                    worst.calls.service()
                );
            }
        }
    });
}

/// All of them, polled in order whenever one is woken.
async fn together<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|task: &mut Context<'_>| {
        for (future, output) in &mut futures {
            if output.is_none()
                && let Poll::Ready(ready) = future.as_mut().poll(task)
            {
                *output = Some(ready);
            }
        }
        let over = futures.iter().all(|(_, output)| output.is_some());
        if over { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    futures.into_iter().filter_map(|(_, output)| output).collect()
}
