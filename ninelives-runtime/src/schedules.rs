//! Random schedules of random stacks: several threads send requests through one policy from text and give
//! some of them up at random awaits, while a clock goes on. Afterwards nothing is held, and a service that
//! is well again is reached.
//!
//! `RUSTFLAGS="--cfg ninelives_shuttle" cargo test -p ninelives-runtime --release --lib schedules`; with
//! `NINELIVES_SCHEDULES=1000000` so many.
//!
//! A thread may be stopped wherever the permits, the circuits, the budgets or the stack in force touch what
//! they share. tokio's timers, the estimates of `hedge` and telemetry are taken as they are: no other thread
//! comes between two of their steps.

use crate::classify::Class;
use crate::control::LayerState;
use crate::dynamic::{Calls, Host, PolicyBook, TextPolicy};
use crate::stripes::threads;
use crate::testing::{AsSaid, Failure, failure, ms, paused_runtime};
use fastrand::Rng;
use shuttle::scheduler::RandomScheduler;
use shuttle::{Config, FailurePersistence, Runner, thread};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use tokio::runtime::Runtime;
use tower::{Layer, Service};

/// The quick tier.
const SCHEDULES: usize = 20_000;
const THREADS: usize = 3;
const REQUESTS: usize = 2;

const LAYERS: [&str; 9] = [
    "timeout(6ms)",
    "retry(3, backoff = fixed(0s))",
    "retry(2, backoff = fixed(1ms), jitter = none)",
    "circuit_breaker(consecutive = 2, cooldown = 2ms)",
    "circuit_breaker(window = 4, min_calls = 2, cooldown = 2ms, probes = 2)",
    "bulkhead(1, queue = 2, wait = 3ms)",
    "bulkhead(2)",
    "hedge(after = 1ms)",
    "hedge(after = 0s, max_attempts = 3)",
];

/// Two to five layers, and now and then an arm beside one.
fn text(random: &mut Rng) -> String {
    let mut layer = || {
        let one = LAYERS[random.usize(..LAYERS.len())];
        let other = LAYERS[random.usize(..LAYERS.len())];
        match random.u8(..6) {
            0 => format!("({one} | {other})"),
            1 => format!("({one} & {other})"),
            _ => one.to_owned(),
        }
    };
    let layers: Vec<_> = (0..4).map(|_| layer()).collect();
    layers[..random.usize(2..=layers.len())].join(" + ")
}

/// Answers after some turns of the others, and fails now and then until it is well.
#[derive(Clone)]
struct Flaky(Arc<State>);

struct State {
    seed: u64,
    calls: AtomicU64,
    in_flight: AtomicUsize,
    well: AtomicBool,
}

/// In flight until it is dropped.
struct Turn {
    state: Arc<State>,
    turns: u8,
    fails: bool,
}

impl Service<()> for Flaky {
    type Response = ();
    type Error = Failure;
    type Future = Turn;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Turn {
        let Self(state) = self;
        state.in_flight.fetch_add(1, Ordering::SeqCst);
        let call = state.calls.fetch_add(1, Ordering::SeqCst);
        let mut random = Rng::with_seed(state.seed ^ (call << 40));
        let well = state.well.load(Ordering::SeqCst);
        let turns = if well { 0 } else { random.u8(..3) };
        Turn { state: state.clone(), turns, fails: !well && random.u8(..10) < 4 }
    }
}

impl Future for Turn {
    type Output = Result<(), Failure>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        if self.turns > 0 {
            self.turns -= 1;
            task.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(if self.fails { Err(failure(Class::Transient)) } else { Ok(()) })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.state.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Polls until it ends, or so many times; each time when it was woken.
fn drive<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let mut left = polls;
    shuttle::future::block_on(poll_fn(|task| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(task) {
            Poll::Pending if left == 0 => Poll::Ready(None),
            polled => polled.map(Some),
        }
    }))
}

/// Moves the clock, which wakes whoever waits for it.
fn tick(runtime: &Runtime) {
    runtime.block_on(tokio::time::advance(ms(1)));
    thread::yield_now();
}

/// One schedule. Gives how many requests came to an end.
fn schedule(runtime: &Arc<Runtime>, text: &str, random: &mut Rng) -> usize {
    let book = {
        let calls = Calls::<(), (), Failure>::new().classify(AsSaid).degraded(|| ());
        PolicyBook::from_text(format!("policy p = {text};"), Host::new().calls(calls)).unwrap()
    };
    let policy: TextPolicy<(), (), Failure> = book.policy("p").unwrap();
    let state = Arc::new(State {
        seed: random.u64(..),
        calls: AtomicU64::new(0),
        in_flight: AtomicUsize::new(0),
        well: AtomicBool::new(false),
    });
    let service = policy.layer(Flaky(state.clone()));
    let left = Arc::new(AtomicUsize::new(THREADS));
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let (service, left) = (service.clone(), left.clone());
            // Half of the requests are given up, if they last.
            let patience: [usize; REQUESTS] =
                std::array::from_fn(|_| if random.bool() { random.usize(..5) } else { usize::MAX });
            thread::spawn(move || {
                let ended = patience.map(|polls| drive(service.send(()), polls).is_some());
                left.fetch_sub(1, Ordering::SeqCst);
                ended.iter().filter(|ended| **ended).count()
            })
        })
        .collect();
    let clock = {
        let (runtime, left) = (runtime.clone(), left.clone());
        thread::spawn(move || {
            // Bounded: who is never woken is found out as a deadlock then.
            for _ in 0..1_000 {
                if left.load(Ordering::SeqCst) == 0 {
                    return;
                }
                tick(&runtime);
            }
        })
    };
    let ended = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    clock.join().unwrap();
    assert_eq!(state.in_flight.load(Ordering::SeqCst), 0, "a call outlived its request");
    for layer in book.registry().layers() {
        if let Some(LayerState::Bulkhead { in_use, queued, .. }) = layer.state {
            assert_eq!((in_use, queued), (0, 0), "{}", layer.path);
        }
    }
    state.well.store(true, Ordering::SeqCst);
    // Every cooldown is over, however often the circuits opened.
    runtime.block_on(tokio::time::advance(ms(60_000)));
    for _ in 0..3 {
        let answer = drive(service.send(()), 1);
        assert!(matches!(answer, Some(Ok(()))), "the service is well: {answer:?}");
    }
    ended
}

fn schedules() -> usize {
    let asked = std::env::var("NINELIVES_SCHEDULES").ok();
    asked.map_or(SCHEDULES, |schedules| schedules.parse().unwrap())
}

#[test]
fn nothing_is_held_and_nobody_waits_for_ever_whatever_the_schedule() {
    let runtime = Arc::new(paused_runtime());
    let _inside = runtime.enter();
    let (seed, ended) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicUsize::new(0)));
    let running = Arc::new(Mutex::new(String::new()));
    let mut config = Config::new();
    config.stack_size = 1 << 20;
    config.failure_persistence = FailurePersistence::Print;
    let schedules = schedules();
    let runner = Runner::new(RandomScheduler::new_from_seed(2026, schedules), config);
    let execution = {
        let (runtime, ended, running) = (runtime.clone(), ended.clone(), running.clone());
        move || {
            threads::begin();
            let seed = seed.fetch_add(1, Ordering::Relaxed);
            let mut random = Rng::with_seed(seed);
            let text = text(&mut random);
            *running.lock().unwrap() = format!("seed {seed}: {text}");
            ended.fetch_add(schedule(&runtime, &text, &mut random), Ordering::Relaxed);
        }
    };
    let run = catch_unwind(AssertUnwindSafe(|| runner.run(execution)));
    if let Err(panic) = run {
        println!("{}", running.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        resume_unwind(panic);
    }
    let (sent, ended) = (schedules * THREADS * REQUESTS, ended.load(Ordering::Relaxed));
    println!(
        "{schedules} random schedules of random stacks, {sent} requests, {ended} not given up"
    );
    assert!(ended > sent / 3 && ended < sent);
}
