//! Requests in flight finish on the stack they were made under, as a whole: never on a mixture of two texts.

use fastrand::Rng;
use ninelives_runtime::classify::Class;
use ninelives_runtime::dynamic::{Calls, Host, PolicyBook, TextGuarded};
use ninelives_runtime::testing::{AsSaid, Failure, failure, ms};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tower::{Layer, Service};

/// Each says how many calls a request makes that always fails, and who answers in the end. A request
/// that has seen two of them is found out.
const TEXTS: [(&str, u32, &str); 3] = [
    ("policy it = retry(2, backoff = fixed(2ms), budget = off) | fallback(@one);", 2, "one"),
    (
        "policy it = timeout(1h) + retry(4, backoff = fixed(1ms), jitter = none, budget = off)
            | fallback(@two);",
        4,
        "two",
    ),
    (
        "policy it = bulkhead(10000) + retry(3, backoff = exponential(1ms), budget = off)
            + timeout(1h) | fallback(@three);",
        3,
        "three",
    ),
];
const BAD: [&str; 2] = ["policy it = retry(2) | fallback(@four);", "policy it = retry(2"];

/// Fails each call after a moment, and counts the calls of each request.
#[derive(Clone, Default)]
struct Failing {
    calls: Arc<Mutex<BTreeMap<u64, u32>>>,
}

impl Service<u64> for Failing {
    type Response = &'static str;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<&'static str, Failure>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: u64) -> Self::Future {
        let call = {
            let mut calls = self.calls.lock().unwrap();
            let call = calls.entry(request).or_default();
            *call += 1;
            *call
        };
        let moment = Rng::with_seed(request << 8 | u64::from(call)).u64(..3);
        Box::pin(async move {
            tokio::time::sleep(ms(moment)).await;
            Err(failure(Class::Transient))
        })
    }
}

type Guarded = TextGuarded<Failing, u64>;

fn book() -> (PolicyBook, Guarded, Failing) {
    let calls = Calls::<u64, &str, Failure>::new()
        .classify(AsSaid)
        .handler("one", |_, _| "one")
        .handler("two", |_, _| "two")
        .handler("three", |_, _| "three");
    let book = PolicyBook::from_text(TEXTS[0].0, Host::new().calls(calls)).unwrap();
    let failing = Failing::default();
    let policy = book.policy::<u64, &str, Failure>("it").unwrap();
    let service = policy.layer(failing.clone());
    (book, service, failing)
}

/// Every request was answered by the text whose number of calls it made.
fn assert_none_is_mixed(answers: &BTreeMap<u64, &str>, failing: &Failing) {
    let calls = failing.calls.lock().unwrap();
    assert_eq!(answers.len(), calls.len());
    let mut by_text = [0; TEXTS.len()];
    for (request, answer) in answers {
        let text = TEXTS.iter().position(|(_, _, name)| name == answer).unwrap();
        assert_eq!(calls[request], TEXTS[text].1, "request {request} was answered by {answer}");
        by_text[text] += 1;
    }
    assert!(by_text.iter().all(|count| *count > 0), "{by_text:?}");
}

#[tokio::test(start_paused = true)]
async fn no_request_sees_a_mixture_of_two_texts() {
    const CLIENTS: u64 = 64;
    const REQUESTS: u64 = 60;
    let (book, service, failing) = book();
    let done = Arc::new(AtomicBool::new(false));
    let reloading = tokio::spawn({
        let (book, done) = (book.clone(), done.clone());
        async move {
            let mut random = Rng::with_seed(4);
            let (mut taken, mut refused) = (0, 0);
            while !done.load(Ordering::Relaxed) {
                tokio::time::sleep(Duration::from_micros(random.u64(..300))).await;
                if random.bool() {
                    book.reload(TEXTS[random.usize(..TEXTS.len())].0).unwrap();
                    taken += 1;
                } else {
                    book.reload(BAD[random.usize(..BAD.len())]).unwrap_err();
                    refused += 1;
                }
            }
            (taken, refused)
        }
    });
    let clients = (0..CLIENTS).map(|client| {
        let mut service = service.clone();
        tokio::spawn(async move {
            let mut answers = BTreeMap::new();
            for at in 0..REQUESTS {
                let request = client * REQUESTS + at;
                // Some through their own clone, some through a fresh one.
                let answer = match request % 3 {
                    0 => service.send(request).await,
                    _ => service.call(request).await,
                };
                answers.insert(request, answer.unwrap());
            }
            answers
        })
    });
    let mut answers = BTreeMap::new();
    for client in clients.collect::<Vec<_>>() {
        answers.extend(client.await.unwrap());
    }
    done.store(true, Ordering::Relaxed);
    let (taken, refused) = reloading.await.unwrap();
    assert!(taken > 100 && refused > 100, "{taken} and {refused}");
    assert_eq!(answers.len() as u64, CLIENTS * REQUESTS);
    assert_none_is_mixed(&answers, &failing);
}

#[test]
fn no_request_sees_a_mixture_on_any_thread() {
    const CALLERS: u64 = 4;
    const SWAPS: u64 = 300;
    let (book, service, failing) = book();
    let (next, calling) = (AtomicU64::new(0), AtomicU64::new(CALLERS));
    let answers = Mutex::new(BTreeMap::new());
    std::thread::scope(|threads| {
        for _ in 0..CALLERS {
            threads.spawn(|| {
                let runtime =
                    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
                runtime.block_on(async {
                    while book.generation() < SWAPS {
                        let calls = (0..16).map(|_| {
                            let request = next.fetch_add(1, Ordering::Relaxed);
                            let mut service = service.clone();
                            tokio::spawn(async move { (request, service.call(request).await) })
                        });
                        for call in calls.collect::<Vec<_>>() {
                            let (request, answer) = call.await.unwrap();
                            answers.lock().unwrap().insert(request, answer.unwrap());
                        }
                    }
                });
                calling.fetch_sub(1, Ordering::SeqCst);
            });
        }
        threads.spawn(|| {
            let mut random = Rng::with_seed(7);
            while calling.load(Ordering::SeqCst) > 0 {
                book.reload(TEXTS[random.usize(..TEXTS.len())].0).unwrap();
                book.reload(BAD[random.usize(..BAD.len())]).unwrap_err();
            }
        });
    });
    assert_none_is_mixed(&answers.into_inner().unwrap(), &failing);
}
