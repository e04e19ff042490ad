//! What one poll of a run sees: the clock reading, the earliest deadline, the timer, and what is
//! known of the request so far. It lives on the stack of the poll and is passed down by `&mut`.

use crate::classify::{Class, Classify, Repeat};
use crate::error::{Fault, Reason, Rejected};
use crate::moment::Moment;
use crate::node::Outcome;
use crate::path::Path;
use crate::telemetry::{Fact, Reporter};
use crate::world::World;
use std::mem;
use std::time::Duration;
use tokio::time::Instant;

/// The facts of one request, from its start to its end.
#[derive(Debug)]
pub struct Exchange {
    /// What is known of the readiness of its instance of the service.
    pub(crate) readiness: Readiness,
    /// How often the request was handed to a service; wraps.
    sent: u32,
    /// The request may be handed to a service once only.
    pub(crate) once: bool,
    /// How the outcome that is being returned came about.
    pub(crate) mark: Mark,
    /// The request's first look at the clock, from which its moments count.
    first_look: Option<Instant>,
}

/// What an instance of the service answered when it was last asked whether it is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// It was not asked since it was made, or called.
    Unasked,
    /// Not yet: it may stand in line for some capacity.
    InLine,
    /// Yes, and it was not called since: it may hold some capacity.
    Ready,
}

/// How an outcome came about; says something only while that outcome is being returned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// From a service or from a refusal.
    #[default]
    Plain,
    /// A response of `fallback`: a success to every layer, kept back by `&`.
    Degraded,
    /// The outcome before, handed on by a part that could do nothing: `fail`, or a call that may
    /// not be made again.
    HandedOn,
    /// Nothing at all: such a part, with no outcome before it.
    Empty,
}

impl Mark {
    /// True for the outcome of a part that could do nothing; `&` and `|` look past it.
    pub const fn is_neutral(self) -> bool {
        matches!(self, Self::HandedOn | Self::Empty)
    }
}

/// A failure that waits for what else comes of the request; see [`Scope::keep`].
#[derive(Debug)]
pub struct Kept<Outcome> {
    mark: Mark,
    // `None` where it went back to its place, or where a handler took it.
    outcome: Option<Box<Outcome>>,
}

impl<Outcome> Kept<Outcome> {
    /// How the failure came about.
    pub(crate) fn mark(&self) -> Mark {
        self.mark
    }

    /// True when a handler took the failure.
    pub(crate) fn was_taken(&self) -> bool {
        self.outcome.is_none() && !self.mark.is_neutral()
    }
}

impl Exchange {
    #[inline]
    pub(crate) fn new(readiness: Readiness) -> Self {
        Self { readiness, sent: 0, once: false, mark: Mark::Plain, first_look: None }
    }

    /// Notes that the request is handed to a service.
    #[inline]
    pub(crate) fn note_sent(&mut self) {
        self.sent = self.sent.wrapping_add(1);
    }
}

/// What a node sees while it runs.
pub struct Scope<'a, W: World> {
    pub(crate) exchange: &'a mut Exchange,
    /// The one instance of the service that the request uses.
    pub(crate) service: &'a mut W::Service,
    pub(crate) classifier: &'a W::Classifier,
    // The reading of this poll; never without one.
    now: Moment,
    deadline: Moment,
    wake: Moment,
    fired: bool,
    waiting: bool,
    /// The outcome that led to the arm which is running, on the right of `|` or in reserve; nothing
    /// between two passes. Boxed, because few requests have one.
    cause: Option<Box<Outcome<W>>>,
}

impl<'a, W: World> Scope<'a, W> {
    /// For each pass through a request; it is started in the first. `fired` says that the request's timer
    /// has run out.
    #[inline]
    pub(crate) fn new(
        exchange: &'a mut Exchange,
        service: &'a mut W::Service,
        classifier: &'a W::Classifier,
        fired: bool,
    ) -> Self {
        Self {
            exchange,
            service,
            classifier,
            now: Moment::NEVER,
            deadline: Moment::NEVER,
            wake: Moment::NEVER,
            fired,
            waiting: false,
            cause: None,
        }
    }

    /// The time, read at most once per pass: a request that is answered in its first poll, in which it
    /// begins, reads the clock once.
    #[inline(always)]
    pub fn now(&mut self) -> Moment {
        if self.now.comes() { self.now } else { self.read_clock() }
    }

    /// The time, read afresh: for what is measured or begins now (a latency, a backoff).
    #[inline]
    pub fn read_clock(&mut self) -> Moment {
        self.now = match self.exchange.first_look {
            Some(first) => Moment::at(Instant::now(), first),
            None => {
                self.exchange.first_look = Some(Instant::now());
                Moment::FIRST
            }
        };
        self.now
    }

    /// A moment of this request on the clock; `None` for what does not come, or before any look at
    /// the clock.
    pub fn instant(&self, moment: Moment) -> Option<Instant> {
        moment.instant(self.exchange.first_look?)
    }

    /// [`now`](Self::now) on the clock: for what is shared by requests.
    #[inline]
    pub fn instant_now(&mut self) -> Instant {
        let now = self.now();
        self.instant(now).unwrap_or_else(Instant::now)
    }

    /// The earliest enclosing deadline.
    #[inline]
    pub fn deadline(&self) -> Moment {
        self.deadline
    }

    /// Puts a deadline on what is started or polled next, where the enclosing one is not earlier, and
    /// returns the enclosing one, to be [put back](Self::leave). Whoever sets a deadline ends what is
    /// inside in the poll in which it has passed: what waits inside relies on that.
    #[inline]
    pub fn enter(&mut self, deadline: Moment) -> Moment {
        let enclosing = self.deadline;
        self.deadline = enclosing.min(deadline);
        enclosing
    }

    /// Puts the enclosing deadline back, that [`enter`](Self::enter) returned.
    #[inline]
    pub fn leave(&mut self, enclosing: Moment) {
        self.deadline = enclosing;
    }

    /// True once `at` has come; otherwise the request is woken then. Ask in every poll in which
    /// the answer matters: a wish lasts for one poll.
    #[inline(always)]
    pub fn due(&mut self, at: Moment) -> bool {
        if self.fired && self.now() >= at {
            return true;
        }
        self.wake = self.wake.min(at);
        false
    }

    /// Ends a pass that leaves the request pending. When it wants to be woken, and its first look at
    /// the clock.
    #[inline]
    pub(crate) fn rest(&mut self) -> Option<(Instant, Moment)> {
        self.give_up_unwanted();
        let first = self.exchange.first_look.filter(|_| self.wake.comes())?;
        Some((first, self.wake))
    }

    /// What an outcome is. A degraded response is a success; a refusal of ours has its own class.
    #[inline]
    pub fn class(&self, outcome: &Outcome<W>) -> Class {
        if self.exchange.mark == Mark::Degraded {
            return Class::Success;
        }
        match outcome {
            Ok(response) => self.classifier.classify(Ok(response)),
            Err(error) => match error.split() {
                Ok(service) => self.classifier.classify(Err(service)),
                Err(rejected) => rejected.class(),
            },
        }
    }

    /// How long an overloaded service asks to wait.
    pub fn retry_after(&self, outcome: &Outcome<W>) -> Option<Duration> {
        match outcome {
            Ok(response) => self.classifier.retry_after(Ok(response)),
            Err(error) => {
                error.split().ok().and_then(|service| self.classifier.retry_after(Err(service)))
            }
        }
    }

    /// How the outcome just returned by an inner part came about.
    #[inline]
    pub fn mark(&self) -> Mark {
        self.exchange.mark
    }

    /// Says how the outcome about to be returned came about.
    #[inline]
    pub fn set_mark(&mut self, mark: Mark) {
        self.exchange.mark = mark;
    }

    /// True when no further attempt of this request can reach a service.
    #[inline]
    pub fn spent(&self) -> bool {
        self.exchange.once && self.exchange.sent > 0
    }

    /// How often the request was handed to a service so far. Only the difference between two
    /// readings says something: it tells whether an attempt sent anything.
    #[inline]
    pub fn sent(&self) -> u32 {
        self.exchange.sent
    }

    /// Notes that the request may reach a service once only, for the rest of its way.
    #[inline]
    pub fn send_once(&mut self) {
        self.exchange.once = true;
    }

    /// Reports a fact of now, if somebody listens. Where it is known since when, the clock is read
    /// for it; else the reading of this poll will do.
    #[inline(always)]
    pub fn report(&mut self, reporter: &Reporter, fact: impl FnOnce(&Self) -> Fact) {
        if reporter.listens() {
            self.tell(reporter, fact(self));
        }
    }

    #[cold]
    #[inline(never)]
    fn tell(&mut self, reporter: &Reporter, fact: Fact) {
        let at = if fact.is_timed() { Instant::now() } else { self.instant_now() };
        reporter.report(at, fact);
    }

    /// A refusal of the layer at `path`, as the policy's error.
    #[cold]
    pub fn refuse(&mut self, path: &Path, reason: Reason) -> Outcome<W> {
        self.exchange.mark = Mark::Plain;
        Err(W::Error::refuse(Rejected::new(path.clone(), reason)))
    }

    /// What a part returns that can do nothing: the outcome before it, or `reason` when there is
    /// none.
    #[cold]
    pub fn hand_on(&mut self, path: &Path, reason: Reason) -> Outcome<W> {
        if let Some(cause) = self.take_cause() {
            self.exchange.mark = Mark::HandedOn;
            return cause;
        }
        let refusal = self.refuse(path, reason);
        self.exchange.mark = Mark::Empty;
        refusal
    }

    /// Keeps the failure that an inner part just returned. One that was merely handed on goes back
    /// to its place before this part, where others may still act on it.
    #[inline]
    pub fn keep(&mut self, failure: Outcome<W>) -> Kept<Outcome<W>> {
        let mark = self.mark();
        if mark == Mark::HandedOn {
            self.cause = Some(Box::new(failure));
            return Kept { mark, outcome: None };
        }
        Kept { mark, outcome: Some(Box::new(failure)) }
    }

    /// What was kept, as the outcome about to be returned by the part at `path`.
    #[cold]
    pub fn give(&mut self, kept: Kept<Outcome<W>>, path: &Path) -> Outcome<W> {
        match kept.outcome {
            Some(outcome) => {
                self.set_mark(kept.mark);
                *outcome
            }
            None => self.hand_on(path, Reason::Failed),
        }
    }

    /// Runs `inside` as what follows a failure: a handler or `fail` inside may take it. A failure of
    /// a part that could do nothing is none: then the outcome before it stays in its place.
    #[inline(always)]
    pub fn following<T>(
        &mut self,
        failure: &mut Kept<Outcome<W>>,
        inside: impl FnOnce(&mut Self) -> T,
    ) -> T {
        if failure.mark.is_neutral() {
            return inside(self);
        }
        mem::swap(&mut self.cause, &mut failure.outcome);
        let result = inside(self);
        mem::swap(&mut self.cause, &mut failure.outcome);
        result
    }

    /// The outcome that led here, for the part that acts on it; the first one that asks gets it.
    pub fn take_cause(&mut self) -> Option<Outcome<W>> {
        self.cause.take().map(|cause| *cause)
    }

    /// A copy of the request for a later attempt, where the classifier makes one. Notes that the
    /// request may be sent once only, where the classifier says so.
    #[inline]
    pub fn copy(&mut self, request: Option<&W::Request>) -> Option<W::Request>
    where
        W::Classifier: Repeat<W::Request>,
    {
        let request = request?;
        if !self.classifier.may_repeat(request) {
            self.send_once();
        }
        self.classifier.copy(request)
    }

    /// Gives up the readied instance of the service: called by a node that has to wait before it
    /// may call, so that the service's readiness is not held by a request that waits.
    pub fn release_readiness(&mut self) {
        if self.exchange.readiness == Readiness::Ready {
            self.renew();
        }
    }

    /// Notes that a part polled in this pass waits for the service's readiness.
    pub(crate) fn wait_in_line(&mut self) {
        self.exchange.readiness = Readiness::InLine;
        self.waiting = true;
    }

    /// Gives up what no part of the request wants of the service's readiness now: a place in line in
    /// which none waits any more, as in a backoff or in the queue of a bulkhead, would be given some
    /// capacity and sit on it; a readiness that none used, as while another service is called, does.
    /// A part that was cancelled in this pass still counts, and the line's turn brings the next pass.
    #[inline]
    fn give_up_unwanted(&mut self) {
        match self.exchange.readiness {
            Readiness::InLine if !self.waiting => self.renew(),
            Readiness::Ready => self.renew(),
            Readiness::InLine | Readiness::Unasked => {}
        }
    }

    #[cold]
    fn renew(&mut self) {
        self.exchange.readiness = Readiness::Unasked;
        W::renew(self.service);
    }
}
