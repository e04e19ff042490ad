//! A service that follows a script and counts.

use super::failure::{Failure, failure};
use crate::classify::Class;
use pin_project_lite::pin_project;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep};
use tower_service::Service;

/// What a [`Script`] does with one call: after how long it is ready for it, and what comes of it and
/// when. Made by [`ok`], [`err`], [`hang`], or of any outcome by [`of`](Step::of).
///
/// Durations of any size; zero is at once.
///
/// ```
/// use ninelives_runtime::classify::Class;
/// use ninelives_runtime::testing::{Step, err, ms, ok};
///
/// let steps: [Step; 3] = [
///     ok("hello").after(ms(20)),
///     err(Class::Overloaded).asking(ms(500)),
///     ok("again").ready_after(ms(5)),
/// ];
/// # let _ = steps;
/// ```
#[derive(Clone, Debug)]
pub struct Step<T = &'static str, E = Failure> {
    ready: Duration,
    ends: Option<End<T, E>>,
}

#[derive(Clone, Debug)]
struct End<T, E> {
    after: Duration,
    outcome: Result<T, E>,
}

/// Answers at once.
///
/// ```
/// use ninelives_runtime::testing::{Script, ok, paused};
/// use tower::ServiceExt;
///
/// assert_eq!(paused(Script::new([ok("hello")]).oneshot(())), Ok("hello"));
/// ```
pub const fn ok<T, E>(response: T) -> Step<T, E> {
    Step::of(Ok(response))
}

/// Fails at once, with a [`Failure`] of that class.
///
/// ```
/// use ninelives_runtime::classify::Class;
/// use ninelives_runtime::testing::{Script, err, failure, paused};
/// use tower::ServiceExt;
///
/// let outcome = paused(Script::new([err(Class::Transient)]).oneshot(()));
/// assert_eq!(outcome, Err(failure(Class::Transient)));
/// ```
pub const fn err<T>(class: Class) -> Step<T> {
    Step::of(Err(failure(class)))
}

/// Never answers.
///
/// ```
/// use ninelives_runtime::policy::timeout;
/// use ninelives_runtime::testing::{Script, hang, ms, paused};
/// use tower::{Layer, ServiceExt};
///
/// let service = timeout(ms(250)).layer(Script::new([hang()]));
/// assert!(paused(service.oneshot(())).is_err());
/// ```
pub const fn hang<T, E>() -> Step<T, E> {
    Step { ready: Duration::ZERO, ends: None }
}

impl<T, E> Step<T, E> {
    /// Comes to this outcome at once: any response, any error.
    pub const fn of(outcome: Result<T, E>) -> Self {
        Self { ready: Duration::ZERO, ends: Some(End { after: Duration::ZERO, outcome }) }
    }

    /// The same outcome, so long after the call. What [`hang`]s goes on doing so.
    pub fn after(mut self, delay: Duration) -> Self {
        if let Some(end) = &mut self.ends {
            end.after = delay;
        }
        self
    }

    /// An instance that is asked whether it is ready for this call becomes so after `delay` only,
    /// counted from when it was asked first. It stays ready until it is called.
    pub fn ready_after(mut self, delay: Duration) -> Self {
        self.ready = delay;
        self
    }
}

impl<T> Step<T> {
    /// The same failure, asking to wait so long before the next attempt.
    pub fn asking(mut self, wait: Duration) -> Self {
        if let Some(End { outcome: Err(failure), .. }) = &mut self.ends {
            failure.retry_after = Some(wait);
        }
        self
    }
}

/// A service that does with its first call what the first step says, and so on; the last step serves
/// all later calls. What it is asked does not matter.
///
/// # Readiness
/// At once, unless the step of the next call says [`ready_after`](Step::ready_after).
///
/// # Errors
/// What the steps fail with; none of its own.
///
/// # Panics
/// Where a step waits, outside a tokio runtime with time enabled.
///
/// # Cancellation
/// A call whose future is dropped before it answered is [`dropped`](Self::dropped), and not in flight
/// any more.
///
/// # Clone
/// Clones follow one script and share the counters: keep one, and give the other to the layer.
///
/// # Examples
/// ```
/// use ninelives_runtime::classify::Class;
/// use ninelives_runtime::testing::{Script, err, failure, ok, paused};
/// use tower::ServiceExt;
///
/// let script = Script::new([ok("first"), err(Class::Transient)]);
/// paused(async {
///     assert_eq!(script.clone().oneshot(()).await, Ok("first"));
///     for _ in 0..2 {
///         assert_eq!(script.clone().oneshot(()).await, Err(failure(Class::Transient)));
///     }
/// });
/// assert_eq!((script.calls(), script.in_flight(), script.peak()), (3, 0, 1));
/// ```
#[derive(Debug)]
pub struct Script<T = &'static str, E = Failure, Req = ()> {
    stage: Arc<Stage<T, E>>,
    takes: PhantomData<fn(Req)>,
    // Of this instance, until it is called; elapsed, it is ready.
    readying: Option<Pin<Box<Sleep>>>,
}

#[derive(Debug)]
struct Stage<T, E> {
    steps: Vec<Step<T, E>>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    started: Mutex<Vec<Instant>>,
    in_flight: AtomicUsize,
    peak: AtomicUsize,
    dropped: AtomicUsize,
}

impl Script {
    /// A script for requests `()`, of responses that are texts and of [`Failure`]s: the types are
    /// fixed, so that steps need not name them.
    ///
    /// # Panics
    /// When there is no step.
    #[track_caller]
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self::of(steps)
    }
}

impl<T, E, Req> Script<T, E, Req> {
    /// A script for any requests, of any responses and errors.
    ///
    /// ```
    /// use ninelives_runtime::testing::{Script, Step, hang, ok, paused};
    /// use std::io;
    /// use tower::ServiceExt;
    ///
    /// let refused = || Step::of(Err(io::ErrorKind::ConnectionRefused));
    /// let script = Script::of([ok(vec![1, 2]), refused(), hang()]);
    /// assert_eq!(paused(script.oneshot("a request")), Ok(vec![1, 2]));
    /// ```
    ///
    /// # Panics
    /// When there is no step.
    #[track_caller]
    pub fn of(steps: impl IntoIterator<Item = Step<T, E>>) -> Self {
        let steps: Vec<_> = steps.into_iter().collect();
        assert!(!steps.is_empty(), "a script has at least one step");
        let stage = Stage { steps, counts: Arc::default() };
        Self { stage: Arc::new(stage), takes: PhantomData, readying: None }
    }

    /// How many calls were made.
    pub fn calls(&self) -> usize {
        self.stage.counts.started().len()
    }

    /// How many calls have neither answered nor been dropped.
    pub fn in_flight(&self) -> usize {
        self.stage.counts.in_flight.load(Ordering::SeqCst)
    }

    /// The most calls that were in flight at once.
    pub fn peak(&self) -> usize {
        self.stage.counts.peak.load(Ordering::SeqCst)
    }

    /// How many calls were dropped before they answered.
    pub fn dropped(&self) -> usize {
        self.stage.counts.dropped.load(Ordering::SeqCst)
    }

    /// When each call was made.
    pub fn started(&self) -> Vec<Instant> {
        self.stage.counts.started().clone()
    }

    /// How long after the call before it each later call was made.
    pub fn gaps(&self) -> Vec<Duration> {
        let started = self.started();
        started.iter().zip(started.iter().skip(1)).map(|(one, next)| *next - *one).collect()
    }

    /// What is done with the call of that number, from zero.
    fn step(&self, call: usize) -> Option<&Step<T, E>> {
        let steps = &self.stage.steps;
        steps.get(call).or(steps.last())
    }
}

impl<T, E, Req> Clone for Script<T, E, Req> {
    fn clone(&self) -> Self {
        Self { stage: self.stage.clone(), takes: PhantomData, readying: None }
    }
}

impl Counts {
    fn started(&self) -> MutexGuard<'_, Vec<Instant>> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call that begins, and says the how manieth it is, from zero.
    fn begin(&self) -> usize {
        let mut started = self.started();
        started.push(Instant::now());
        let now = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.peak.fetch_max(now, Ordering::SeqCst);
        started.len() - 1
    }
}

impl<T: Clone, E: Clone, Req> Service<Req> for Script<T, E, Req> {
    type Response = T;
    type Error = E;
    type Future = ScriptCall<T, E>;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), E>> {
        if self.readying.is_none()
            && let Some(step) = self.step(self.calls())
            && !step.ready.is_zero()
        {
            self.readying = Some(Box::pin(sleep(step.ready)));
        }
        if let Some(readying) = &mut self.readying
            && !readying.is_elapsed()
        {
            ready!(readying.as_mut().poll(task));
        }
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Req) -> Self::Future {
        self.readying = None;
        let on_stage = OnStage { counts: self.stage.counts.clone(), answered: false };
        let end = self.step(on_stage.counts.begin()).and_then(|step| step.ends.clone());
        let wait = end.as_ref().map_or(Duration::ZERO, |end| end.after);
        ScriptCall {
            wait: (!wait.is_zero()).then(|| Box::pin(sleep(wait))),
            outcome: end.map(|end| end.outcome),
            on_stage: Some(on_stage),
        }
    }
}

/// Leaves the stage when the call answers or is dropped.
#[derive(Debug)]
struct OnStage {
    counts: Arc<Counts>,
    answered: bool,
}

impl Drop for OnStage {
    fn drop(&mut self) {
        self.counts.in_flight.fetch_sub(1, Ordering::SeqCst);
        if !self.answered {
            self.counts.dropped.fetch_add(1, Ordering::SeqCst);
        }
    }
}

pin_project! {
    /// One call of a [`Script`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ScriptCall<T, E> {
        wait: Option<Pin<Box<Sleep>>>,
        // `None`: never, or not any more.
        outcome: Option<Result<T, E>>,
        on_stage: Option<OnStage>,
    }
}

impl<T, E> Future for ScriptCall<T, E> {
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Some(wait) = this.wait {
            ready!(wait.as_mut().poll(task));
        }
        let Some(outcome) = this.outcome.take() else {
            return Poll::Pending;
        };
        *this.wait = None;
        if let Some(mut on_stage) = this.on_stage.take() {
            on_stage.answered = true;
        }
        Poll::Ready(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{elapse, ms, paused};
    use std::task::Waker;

    fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
        Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn calls_are_counted_as_they_begin_answer_and_are_dropped() {
        paused(async {
            let mut script = Script::new([ok("late").after(ms(5)), hang(), ok("at once")]);
            let mut late = script.call(());
            let hanging = script.call(());
            assert_eq!((script.calls(), script.in_flight(), script.dropped()), (2, 2, 0));
            drop(hanging);
            assert_eq!((script.calls(), script.in_flight(), script.dropped()), (2, 1, 1));
            assert_eq!(poll(&mut late), Poll::Pending);
            elapse(ms(5)).await;
            assert_eq!(poll(&mut late), Poll::Ready(Ok("late")));
            assert_eq!((script.in_flight(), script.dropped()), (0, 1));
            assert_eq!(poll(&mut script.call(())), Poll::Ready(Ok("at once")));
            assert_eq!((script.calls(), script.peak()), (3, 2));
            assert_eq!(script.gaps(), [ms(0), ms(5)]);
        });
    }

    #[test]
    fn readiness_comes_late_and_stays_until_the_call() {
        fn ready(script: &mut Script) -> bool {
            let mut task = Context::from_waker(Waker::noop());
            script.poll_ready(&mut task).is_ready()
        }
        paused(async {
            let mut script = Script::new([ok("done").ready_after(ms(5))]);
            let mut other = script.clone();
            assert!(!ready(&mut script));
            elapse(ms(5)).await;
            assert!(ready(&mut script) && ready(&mut script));
            assert!(!ready(&mut other), "an instance waits by itself");
            assert_eq!(script.call(()).await, Ok("done"));
            assert!(!ready(&mut script), "the next call is another one");
        });
    }
}
