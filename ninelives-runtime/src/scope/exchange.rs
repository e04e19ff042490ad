//! What is known of one request, from its start to its end.

use tokio::time::Instant;

/// The facts of one request, from its start to its end.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// What is known of the readiness of its instance of the service.
    pub(crate) readiness: Readiness,
    /// How often the request was handed to a service; wraps.
    pub(super) sent: u32,
    /// The request may be handed to a service once only.
    pub(crate) once: bool,
    /// How the outcome that is being returned came about.
    pub(crate) mark: Mark,
    /// The request's first look at the clock, from which its moments count.
    pub(super) first_look: Option<Instant>,
    /// The run gave its outcome, and holds nothing since.
    pub(crate) over: bool,
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

impl Exchange {
    #[inline]
    pub(crate) fn new(readiness: Readiness) -> Self {
        Self { readiness, sent: 0, once: false, mark: Mark::Plain, first_look: None, over: false }
    }

    /// Notes that the request is handed to a service.
    #[inline]
    pub(crate) fn note_sent(&mut self) {
        self.sent = self.sent.wrapping_add(1);
    }
}
