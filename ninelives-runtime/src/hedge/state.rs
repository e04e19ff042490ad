//! What all requests under a hedge share: its parameters, its budget, and the latencies it has seen.

use super::Delay;
use super::estimate::Question;
use super::latency::Latencies;
use crate::adaptive::Adaptive;
use crate::budget::Budget;
use crate::classify::ClassSet;
use crate::control::{Control, LayerState, Parameter};
use crate::moment::Moment;
use crate::scope::Scope;
use crate::telemetry::Reporter;
use crate::world::World;
use ninelives_dsl::catalogue::LayerKind;
use ninelives_dsl::value::Quantile;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

#[derive(Debug)]
pub(super) struct State {
    pub(super) reporter: Reporter,
    pub(super) after: Adaptive<Delay>,
    pub(super) initial: Adaptive<Option<Duration>>,
    pub(super) min_samples: Adaptive<u32>,
    pub(super) max_attempts: Adaptive<u32>,
    pub(super) budget: Arc<Budget>,
    pub(super) on: Adaptive<ClassSet>,
    pub(super) latencies: Arc<Latencies>,
}

impl Control for State {
    fn reporter(&self) -> &Reporter {
        &self.reporter
    }

    fn kind(&self) -> LayerKind {
        LayerKind::Hedge
    }

    fn parameters(&self) -> Vec<&dyn Parameter> {
        vec![
            &self.after,
            &self.initial,
            &self.min_samples,
            &self.max_attempts,
            &*self.budget,
            &self.on,
        ]
    }

    fn state(&self) -> Option<LayerState> {
        let estimate = match self.after.get() {
            Delay::Fixed(_) => None,
            Delay::Quantile(quantile) => self.estimate(quantile),
        };
        Some(LayerState::Hedge { budget_left: self.budget.left(), estimate })
    }
}

impl State {
    /// True when so many attempts are all there may be.
    #[inline]
    pub(super) fn are_all(&self, attempts: usize) -> bool {
        u32::try_from(attempts).map_or(true, |attempts| attempts >= self.max_attempts.get())
    }

    /// When the attempt after this many starts, the last of which began then. A hedge without a wait
    /// starts at [`Moment::FIRST`], which is over by then.
    #[inline]
    pub(super) fn next<W: World>(
        &self,
        began: Moment,
        attempts: usize,
        scope: &Scope<'_, W>,
    ) -> Moment {
        if scope.exchange.once || self.are_all(attempts) {
            return Moment::NEVER;
        }
        let delay = match self.after.get() {
            Delay::Fixed(delay) => Some(delay),
            Delay::Quantile(quantile) => self.estimate(quantile).or_else(|| self.initial.get()),
        };
        let at = delay.map_or(Moment::NEVER, |delay| began + delay);
        if at >= scope.deadline() {
            Moment::NEVER
        } else if delay == Some(Duration::ZERO) {
            Moment::FIRST
        } else {
            at
        }
    }

    #[inline]
    pub(super) fn saw(&self, latency: Duration, now: Instant, quantile: Quantile) {
        self.latencies.record(latency, now, self.question(quantile));
    }

    #[inline]
    fn estimate(&self, quantile: Quantile) -> Option<Duration> {
        self.latencies.estimate(self.question(quantile))
    }

    #[inline]
    fn question(&self, quantile: Quantile) -> Question {
        Question { quantile, samples: self.min_samples.get() }
    }
}
