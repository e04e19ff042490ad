//! Scripted services: what the n-th call of each does follows from the scene's seed, and all they
//! see is written down.

use ninelives::telemetry::Telemetry;
use ninelives::testing::Probe;
use ninelives::{
    Calls, Class, Classify, DegradedResponse, Handler, Host, PolicyBook, Repeat, TextPolicy,
};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};
use tower_service::Service;

/// A request: its number, and whether it may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Which request of the scene.
    pub number: u64,
    /// False for one that may reach a service at most once.
    pub repeatable: bool,
}

/// An answer: who gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// `own`, `east`, `west`, or who made a degraded answer.
    pub from: &'static str,
    /// How often that service had been called before.
    pub call: u64,
}

impl DegradedResponse for Reply {
    fn degraded() -> Self {
        Self { from: "degraded", call: 0 }
    }
}

/// A service's error, of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure(pub Class);

/// Reads the class off the error; overloaded services ask to wait 3 ms.
#[derive(Clone, Copy, Debug)]
pub struct ByClass;

impl Classify<Reply, Failure> for ByClass {
    fn classify(&self, outcome: Result<&Reply, &Failure>) -> Class {
        outcome.map_or_else(|failure| failure.0, |_| Class::Success)
    }

    fn retry_after(&self, outcome: Result<&Reply, &Failure>) -> Option<Duration> {
        (self.classify(outcome) == Class::Overloaded).then_some(Duration::from_millis(3))
    }
}

impl Repeat<Ask> for ByClass {
    fn may_repeat(&self, request: &Ask) -> bool {
        request.repeatable
    }

    fn copy(&self, request: &Ask) -> Option<Ask> {
        Some(*request)
    }
}

/// Answers with what failed before, so that a lost cause shows.
#[derive(Clone, Copy, Debug)]
pub struct Stale;

impl<E: std::fmt::Debug> Handler<Ask, Reply, E> for Stale {
    fn handle(
        &self,
        request: Option<Ask>,
        cause: Option<Result<Reply, E>>,
    ) -> ninelives::Answer<Reply> {
        note(format!("stale answer to {request:?} after {cause:?}"));
        Reply { from: "stale", call: 0 }.into()
    }
}

thread_local! {
    static SCRIPT: RefCell<Script> = RefCell::default();
}

#[derive(Default)]
struct Script {
    seed: u64,
    hangs: bool,
    began: Option<Instant>,
    calls: BTreeMap<&'static str, u64>,
    in_flight: u64,
    trace: Vec<String>,
}

/// Begins a scene on this thread; with `hangs` some calls never answer.
pub fn begin(seed: u64, hangs: bool) {
    SCRIPT.with_borrow_mut(|script| {
        *script = Script { seed, hangs, began: Some(Instant::now()), ..Script::default() };
    });
}

/// Ends the scene: everything that happened, and how many calls are still in flight.
pub fn end() -> (Vec<String>, u64) {
    SCRIPT.with_borrow_mut(|script| (std::mem::take(&mut script.trace), script.in_flight))
}

/// Writes something down, with the time.
pub fn note(event: String) {
    SCRIPT.with_borrow_mut(|script| {
        let at = script.began.map_or(0, |began| began.elapsed().as_millis());
        script.trace.push(format!("{at:>4} ms: {event}"));
    });
}

/// What a policy calls; it panics on a misuse of tower's contract.
pub type Own = Probe<Named>;

/// The service that a policy is put around.
pub const fn own() -> Own {
    other("own")
}

/// A service to which `to(@east)` and `to(@west)` lead.
pub const fn other(name: &'static str) -> Own {
    Probe::new(Named(name))
}

/// A service that does what the script says under this name.
#[derive(Clone, Copy, Debug)]
pub struct Named(pub &'static str);

impl Service<Ask> for Named {
    type Response = Reply;
    type Error = Failure;
    type Future = Scripted;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Ask) -> Scripted {
        Scripted::new(self.0, request)
    }
}

/// One scripted call.
pub struct Scripted {
    name: &'static str,
    call: u64,
    wait: Option<Pin<Box<Sleep>>>,
    hangs: bool,
    outcome: Option<Result<Reply, Failure>>,
}

impl Scripted {
    fn new(name: &'static str, request: Ask) -> Self {
        let (seed, hangs, call) = SCRIPT.with_borrow_mut(|script| {
            script.in_flight += 1;
            let call = script.calls.entry(name).or_default();
            *call += 1;
            (script.seed, script.hangs, *call)
        });
        note(format!("{name} is called the {call}. time, for request {}", request.number));
        let target = name.bytes().fold(0, |hash: u64, byte| hash * 31 + u64::from(byte));
        let mut rng = fastrand::Rng::with_seed(seed ^ target.rotate_left(32) ^ (call << 8));
        let delay = rng.choice([0, 0, 0, 1, 2, 5, 8, 20]).unwrap_or(0);
        let outcome = match rng.u8(..10) {
            0..=4 => Ok(Reply { from: name, call }),
            5..=7 => Err(Failure(Class::Transient)),
            8 => Err(Failure(Class::Overloaded)),
            _ => Err(Failure(
                rng.choice([Class::Permanent, Class::Timeout]).unwrap_or(Class::Permanent),
            )),
        };
        let wait = (delay > 0).then(|| Box::pin(tokio::time::sleep(Duration::from_millis(delay))));
        Self { name, call, wait, hangs: rng.u8(..12) == 0 && hangs, outcome: Some(outcome) }
    }
}

impl Future for Scripted {
    type Output = Result<Reply, Failure>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        if self.hangs {
            return Poll::Pending;
        }
        if let Some(wait) = self.wait.as_mut() {
            std::task::ready!(wait.as_mut().poll(task));
        }
        match self.outcome.take() {
            Some(outcome) => Poll::Ready(outcome),
            None => Poll::Pending,
        }
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        SCRIPT.with_borrow_mut(|script| script.in_flight -= 1);
        let how = if self.outcome.is_none() { "has answered" } else { "is dropped" };
        note(format!("{}'s {}. call {how}", self.name, self.call));
    }
}

/// Loads one policy, with everything that the generated texts name.
///
/// # Panics
/// When the text has an error: a generated text has none.
pub fn load(text: &str) -> TextPolicy<Ask, Reply, Failure> {
    policy(text, &book(text))
}

/// As [`load`], and what happens is reported.
///
/// # Panics
/// When the text has an error: a generated text has none.
pub fn load_with_sink(text: &str, telemetry: Telemetry) -> TextPolicy<Ask, Reply, Failure> {
    policy(text, &book(text).with_sink(telemetry))
}

fn book(text: &str) -> PolicyBook {
    let host = Host::new().calls(
        Calls::<Ask, Reply, Failure>::new()
            .classify(ByClass)
            .degraded(DegradedResponse::degraded)
            .handler("stale", Stale)
            .service("east", other("east"))
            .service("west", other("west")),
    );
    let loaded = PolicyBook::from_text(format!("policy p = {text};"), host);
    #[expect(clippy::panic, reason = "the test that loads it fails")]
    loaded.unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn policy(text: &str, book: &PolicyBook) -> TextPolicy<Ask, Reply, Failure> {
    #[expect(clippy::panic, reason = "the test that loads it fails")]
    book.policy("p").unwrap_or_else(|error| panic!("{text}\n{error}"))
}
