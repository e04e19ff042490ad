//! A bulkhead whose text changes under those inside and in line, against a naive model.

use ninelives_runtime::dynamic::{Calls, Host, PolicyBook, TextPolicy};
use ninelives_runtime::error::{PolicyError, Reason};
use ninelives_runtime::testing::{AsSaid, Failure};
use proptest::prelude::*;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::{Layer, ServiceExt, service_fn};

type Text = TextPolicy<usize, (), Failure>;
type Request = JoinHandle<Result<(), PolicyError<Failure>>>;

/// One step of a history; an index picks among the requests there are.
#[derive(Clone, Debug)]
enum Step {
    Arrive,
    Finish(usize),
    Cancel(usize),
    Reload {
        limit: usize,
        queue: usize,
        around: &'static str,
    },
    /// To a text without the bulkhead.
    Drop,
}

fn step() -> impl Strategy<Value = Step> {
    let around = prop::sample::select(&["", "", "timeout(1h) + ", "pass", "x: timeout(2h) + "][..]);
    prop_oneof![
        5 => Just(Step::Arrive),
        3 => any::<usize>().prop_map(Step::Finish),
        1 => any::<usize>().prop_map(Step::Cancel),
        2 => (1..5usize, 0..4usize, around)
            .prop_map(|(limit, queue, around)| Step::Reload { limit, queue, around }),
        1 => Just(Step::Drop),
    ]
}

fn text(limit: usize, queue: usize, around: &str) -> String {
    let around = if around == "pass" { "pass + " } else { around };
    format!("policy it = {around}bulkhead({limit}, queue = {queue}, wait = 1h);")
}

/// The bulkhead as one would explain it: whatever text anybody came under.
struct Model {
    limit: usize,
    queue: usize,
    /// The text in force has none, and who comes now is not counted: not by one that comes back either.
    is_gone: bool,
    uncounted: Vec<usize>,
    inside: Vec<usize>,
    line: VecDeque<usize>,
    refused: Vec<usize>,
}

impl Model {
    fn admit(&mut self) {
        while self.inside.len() < self.limit
            && let Some(request) = self.line.pop_front()
        {
            self.inside.push(request);
        }
    }

    fn arrive(&mut self, request: usize) {
        if self.is_gone {
            self.uncounted.push(request);
        } else if self.inside.len() < self.limit && self.line.is_empty()
            || self.line.len() < self.queue
        {
            self.line.push_back(request);
            self.admit();
        } else {
            self.refused.push(request);
        }
    }

    fn leave(&mut self, request: usize) {
        self.inside.retain(|inside| *inside != request);
        self.uncounted.retain(|inside| *inside != request);
        self.line.retain(|waiting| *waiting != request);
        self.admit();
    }
}

/// Who is in the service, and how to let them go.
type Inside = Arc<Mutex<BTreeMap<usize, oneshot::Sender<()>>>>;

/// Out when the call ends, however it does.
struct Leave(Inside, usize);

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.lock().unwrap().remove(&self.1);
    }
}

async fn run(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let host = Host::new().calls(Calls::<usize, (), Failure>::new().classify(AsSaid));
    let book = PolicyBook::from_text(text(2, 1, ""), host).unwrap();
    let policy: Text = book.policy("it").unwrap();
    let inside = Inside::default();
    let entering = inside.clone();
    let service = policy.layer(service_fn(move |request: usize| {
        let (open, opened) = oneshot::channel();
        entering.lock().unwrap().insert(request, open);
        let leave = Leave(entering.clone(), request);
        async move {
            let _leave = leave;
            let _ = opened.await;
            Ok::<_, Failure>(())
        }
    }));
    let mut model = Model {
        limit: 2,
        queue: 1,
        is_gone: false,
        uncounted: Vec::new(),
        inside: Vec::new(),
        line: VecDeque::new(),
        refused: Vec::new(),
    };
    let mut requests: BTreeMap<usize, Request> = BTreeMap::new();
    for (at, step) in steps.into_iter().enumerate() {
        let pick = |from: &[usize], index: usize| from.get(index % from.len().max(1)).copied();
        match step {
            Step::Arrive => {
                requests.insert(at, tokio::spawn(service.clone().oneshot(at)));
                model.arrive(at);
            }
            Step::Finish(index) => {
                let all: Vec<_> = model.inside.iter().chain(&model.uncounted).copied().collect();
                if let Some(request) = pick(&all, index) {
                    inside.lock().unwrap().remove(&request).unwrap().send(()).unwrap();
                    model.leave(request);
                }
            }
            Step::Cancel(index) => {
                let inside = model.inside.iter().chain(&model.uncounted);
                let all: Vec<_> = inside.chain(&model.line).copied().collect();
                if let Some(request) = pick(&all, index) {
                    requests[&request].abort();
                    model.leave(request);
                }
            }
            Step::Reload { limit, queue, around } => {
                book.reload(text(limit, queue, around)).unwrap();
                (model.limit, model.queue, model.is_gone) = (limit, queue, false);
                model.admit();
            }
            Step::Drop => {
                book.reload("policy it = timeout(1h);").unwrap();
                model.is_gone = true;
            }
        }
        // Until everything that can happen has happened.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        let now: Vec<_> = inside.lock().unwrap().keys().copied().collect();
        let mut expected = [&model.inside[..], &model.uncounted].concat();
        expected.sort_unstable();
        prop_assert_eq!(now, expected, "after step {}", at);
    }
    book.reload(text(1_000, 0, "")).unwrap();
    for _ in 0..20 {
        tokio::task::yield_now().await;
        inside.lock().unwrap().clear();
    }
    for (request, task) in requests {
        let refused = match task.await {
            Ok(Err(error)) => error.rejected().map(|refusal| refusal.reason()),
            Ok(Ok(())) | Err(_) => None,
        };
        prop_assert_eq!(
            matches!(refused, Some(Reason::BulkheadFull { .. })),
            model.refused.contains(&request),
            "{:?}",
            refused
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn permits_and_the_line_are_counted_across_texts(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(run(steps))?;
    }
}

/// Threads that call, and one that shrinks and grows the bulkhead: never are more inside than the
/// largest limit, and at the end nobody waits and no permit is missing.
#[test]
fn threads_never_exceed_the_largest_limit_and_nobody_is_forgotten() {
    const CALLERS: usize = 4;
    const TEXTS: u64 = 200;
    let host = Host::new().calls(Calls::<usize, (), Failure>::new().classify(AsSaid));
    let text = |limit: u64| format!("policy it = bulkhead({limit}, queue = 100, wait = 1h);");
    let book = PolicyBook::from_text(text(3), host).unwrap();
    let policy: Text = book.policy("it").unwrap();
    let inside = Arc::new(AtomicU64::new(0));
    let entering = inside.clone();
    let service = policy.layer(service_fn(move |_: usize| {
        let inside = entering.clone();
        async move {
            assert!(inside.fetch_add(1, Ordering::SeqCst) < 3);
            tokio::time::sleep(Duration::from_micros(100)).await;
            inside.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, Failure>(())
        }
    }));
    std::thread::scope(|threads| {
        for caller in 0..CALLERS {
            let (service, book) = (service.clone(), book.clone());
            threads.spawn(move || {
                let runtime =
                    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
                runtime.block_on(async {
                    while book.generation() < TEXTS {
                        let calls = (0..4).map(|_| tokio::spawn(service.clone().oneshot(caller)));
                        for call in calls.collect::<Vec<_>>() {
                            assert_eq!(call.await.unwrap(), Ok(()));
                        }
                    }
                });
            });
        }
        threads.spawn(|| {
            for limit in [1, 3, 2, 1, 2, 3].into_iter().cycle() {
                book.reload(text(limit)).unwrap();
                if book.generation() >= TEXTS {
                    break;
                }
                std::thread::sleep(Duration::from_micros(300));
            }
        });
    });
    assert_eq!(inside.load(Ordering::SeqCst), 0);
}
