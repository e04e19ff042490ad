//! What one poll of a run sees: the clock reading, the earliest deadline, the timer, and what is
//! known of the request so far. It lives on the stack of the poll and is passed down by `&mut`.

mod exchange;
mod pass;

pub use exchange::Mark;
pub(crate) use exchange::{Exchange, Readiness};
pub use pass::Pass;

use crate::classify::{Class, Classify, Repeat};
use crate::error::{Fault, Reason, Rejected};
use crate::moment::Moment;
use crate::node::Outcome;
use crate::path::Path;
use crate::world::World;
use std::mem;
use std::ops::{Deref, DerefMut};
use std::time::Duration;
use tokio::time::Instant;

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

/// What a node sees while it runs: the [`Pass`], and what is of the request's types.
pub struct Scope<'a, W: World> {
    pass: Pass<'a>,
    /// The one instance of the service that the request uses.
    pub(crate) service: &'a mut W::Service,
    pub(crate) classifier: &'a W::Classifier,
    /// The outcome that led to the arm which is running, on the right of `|` or in reserve; nothing
    /// between two passes. Boxed, because few requests have one.
    cause: Option<Box<Outcome<W>>>,
}

impl<'a, W: World> Deref for Scope<'a, W> {
    type Target = Pass<'a>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn deref(&self) -> &Pass<'a> {
        &self.pass
    }
}

impl<W: World> DerefMut for Scope<'_, W> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.pass
    }
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
        Self { pass: Pass::new(exchange, fired), service, classifier, cause: None }
    }

    /// The pass after this one, which found the request's timer run out.
    pub(crate) fn next(self) -> Self {
        Self::new(self.pass.exchange, self.service, self.classifier, true)
    }

    /// Ends a pass that leaves the request pending. When it wants to be woken, and its first look at
    /// the clock.
    #[inline]
    pub(crate) fn rest(&mut self) -> Option<(Instant, Moment)> {
        self.give_up_unwanted();
        self.pass.wish()
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
    #[cfg_attr(not(debug_assertions), inline(always))]
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
