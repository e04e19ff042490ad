//! What a poll sees that is of no service and no answer: the time, and the facts of the request.

use super::{Exchange, Mark};
use crate::moment::Moment;
use crate::telemetry::{Fact, Reporter};
use tokio::time::Instant;

/// One pass through a request, whatever its service: the time, the earliest deadline, the wish to be
/// woken, and what is known of the request so far. A [`Scope`](super::Scope) is one, and more. Of no type
/// of the request's, so that its code is there once, and not again for every service.
#[derive(Debug)]
pub struct Pass<'a> {
    pub(crate) exchange: &'a mut Exchange,
    // The reading of this poll; never without one.
    now: Moment,
    deadline: Moment,
    wake: Moment,
    fired: bool,
    pub(super) waiting: bool,
}

impl<'a> Pass<'a> {
    /// It is not known yet what time it is. `fired` says that the request's timer has run out.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn new(exchange: &'a mut Exchange, fired: bool) -> Self {
        Self {
            exchange,
            now: Moment::NEVER,
            deadline: Moment::NEVER,
            wake: Moment::NEVER,
            fired,
            waiting: false,
        }
    }

    /// The time, read at most once per pass: a request that is answered in its first poll, in which it
    /// begins, reads the clock once.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn now(&mut self) -> Moment {
        if self.now.comes() { self.now } else { self.read_clock() }
    }

    /// The time, read afresh: for what is measured or begins now (a latency, a backoff).
    #[cfg_attr(not(debug_assertions), inline(always))]
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
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn due(&mut self, at: Moment) -> bool {
        if self.fired && self.now() >= at {
            return true;
        }
        self.wake = self.wake.min(at);
        false
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
    #[inline]
    pub fn report(&mut self, reporter: &Reporter, fact: Fact) {
        if reporter.listens() {
            self.tell(reporter, fact);
        }
    }

    #[cold]
    #[inline(never)]
    fn tell(&mut self, reporter: &Reporter, fact: Fact) {
        let at = if fact.is_timed() { Instant::now() } else { self.instant_now() };
        reporter.report(at, fact);
    }

    /// When the request wants to be woken, and its first look at the clock.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn wish(&self) -> Option<(Instant, Moment)> {
        let first = self.exchange.first_look.filter(|_| self.wake.comes())?;
        Some((first, self.wake))
    }
}
