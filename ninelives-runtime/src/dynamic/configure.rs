//! A layer of the plan as a layer that runs: the same constructors that `policy!` calls.

use super::arguments::argument;
use super::layers::Layers;
use crate::budget::Budget;
use crate::bulkhead::{BulkheadConfig, BulkheadLayer, Permits};
use crate::circuit_breaker::{CircuitBreakerConfig, CircuitBreakerLayer, Window};
use crate::config::InvalidConfig;
use crate::hedge::{Delay, HedgeConfig, HedgeLayer, Latencies};
use crate::node::Shape;
use crate::path::Path;
use crate::retry::{RetryConfig, RetryLayer};
use crate::timeout::{TimeoutConfig, TimeoutLayer};
use ninelives_dsl::plan::Layer;
use ninelives_dsl::value::ClassSet;
use std::sync::Arc;

/// A layer with state of its own. Clones are handles to it.
pub(super) trait Configure: Shape + Clone + Send + Sync + 'static {
    /// What the layer of a later text shares with it.
    type Legacy;

    /// What is handed on.
    fn legacy(&self) -> Self::Legacy;

    /// What even a layer that begins afresh shares with what was at its path.
    fn always_shared(_: &Layers, _: &str) -> Option<Self::Legacy> {
        None
    }

    /// Makes the layer, which goes on with `legacy`, if there is one: that is not changed by this.
    ///
    /// # Errors
    /// When an argument is refused. The checker has looked at each by itself; a layer may know more
    /// of how they go together.
    fn configure(
        layer: &Layer,
        path: Path,
        legacy: Option<Self::Legacy>,
    ) -> Result<Self, InvalidConfig>;
}

impl Configure for TimeoutLayer {
    type Legacy = ();

    fn legacy(&self) {}

    fn configure(layer: &Layer, path: Path, _: Option<()>) -> Result<Self, InvalidConfig> {
        TimeoutConfig::new(argument(layer, "duration")?).path(path).build()
    }
}

impl Configure for RetryLayer {
    type Legacy = Arc<Budget>;

    fn legacy(&self) -> Arc<Budget> {
        self.shared_budget().clone()
    }

    fn configure(
        layer: &Layer,
        path: Path,
        legacy: Option<Arc<Budget>>,
    ) -> Result<Self, InvalidConfig> {
        RetryConfig::new()
            .max_attempts(argument(layer, "max_attempts")?)
            .backoff(argument(layer, "backoff")?)
            .jitter(argument(layer, "jitter")?)
            .on(argument::<ClassSet>(layer, "on")?)
            .budget(argument::<Option<_>>(layer, "budget")?)
            .retry_after(argument::<Option<_>>(layer, "retry_after")?)
            .path(path)
            .build_after(legacy)
    }
}

/// A circuit is shared as a whole: there is one, which one set of parameters judges.
impl Configure for CircuitBreakerLayer {
    type Legacy = Self;

    fn legacy(&self) -> Self {
        self.clone()
    }

    fn configure(layer: &Layer, path: Path, legacy: Option<Self>) -> Result<Self, InvalidConfig> {
        let own = CircuitBreakerConfig::new()
            .failure_rate(argument(layer, "failure_rate")?)
            .window(argument::<Window>(layer, "window")?)
            .min_calls(argument(layer, "min_calls")?)
            .consecutive(argument::<Option<_>>(layer, "consecutive")?)
            .slow_call(argument::<Option<_>>(layer, "slow_call")?)
            .slow_rate(argument(layer, "slow_rate")?)
            .cooldown(argument(layer, "cooldown")?)
            .max_cooldown(argument(layer, "max_cooldown")?)
            .probes(argument(layer, "probes")?)
            .on(argument::<ClassSet>(layer, "on")?)
            .path(path)
            .build()?;
        Ok(legacy.unwrap_or(own))
    }
}

impl Configure for BulkheadLayer {
    type Legacy = Arc<Permits>;

    fn legacy(&self) -> Arc<Permits> {
        self.permits().clone()
    }

    // Those inside count whatever became of the text that let them in, or a limit would be none.
    fn always_shared(layers: &Layers, path: &str) -> Option<Arc<Permits>> {
        layers.permits(path)
    }

    fn configure(
        layer: &Layer,
        path: Path,
        legacy: Option<Arc<Permits>>,
    ) -> Result<Self, InvalidConfig> {
        let mut config = BulkheadConfig::new(argument(layer, "max_concurrency")?)
            .queue(argument(layer, "queue")?)
            .path(path);
        if let Some(wait) = argument(layer, "wait")? {
            config = config.wait(wait);
        }
        config.build_after(legacy)
    }
}

impl Configure for HedgeLayer {
    type Legacy = (Arc<Budget>, Arc<Latencies>);

    fn legacy(&self) -> Self::Legacy {
        self.shared()
    }

    fn configure(
        layer: &Layer,
        path: Path,
        legacy: Option<Self::Legacy>,
    ) -> Result<Self, InvalidConfig> {
        let mut config = HedgeConfig::new()
            .after(argument::<Delay>(layer, "after")?)
            .min_samples(argument(layer, "min_samples")?)
            .max_attempts(argument(layer, "max_attempts")?)
            .budget(argument::<Option<_>>(layer, "budget")?)
            .on(argument::<ClassSet>(layer, "on")?)
            .path(path);
        if let Some(initial) = argument(layer, "initial")? {
            config = config.initial(initial);
        }
        config.build_after(legacy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninelives_dsl::load::{Front, load_expression};
    use ninelives_dsl::plan::NodeKind;
    use ninelives_dsl::value::{self, Backoff, Class, Jitter, Quantile, Rate, Ratio};
    use std::time::Duration;

    fn configured<L: Configure>(text: &str) -> L {
        let load = load_expression("it", text, Front::Text);
        assert!(load.diagnostics.is_empty(), "{:?}", load.diagnostics);
        let NodeKind::Layer(layer) = &load.plan.policies[0].body.kind else {
            panic!("`{text}` is one layer")
        };
        let written = layer.arguments.iter().all(|it| it.written.is_some());
        assert!(written, "every parameter is tried");
        L::configure(layer, "it".into(), None).unwrap()
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn every_parameter_of_a_timeout_arrives() {
        let layer: TimeoutLayer = configured("timeout(1s)");
        assert_eq!(layer.duration().get(), SECOND);
    }

    #[test]
    fn every_parameter_of_a_retry_arrives() {
        let layer: RetryLayer = configured(
            "retry(5, backoff = fixed(1s), jitter = equal, on = timeout, retry_after = 1s,
                   budget = budget(7%, min = 3/s, window = 1s))",
        );
        assert_eq!(layer.path().as_str(), "it");
        assert_eq!(layer.max_attempts().get(), 5);
        assert_eq!(layer.backoff().get(), Backoff::fixed(SECOND));
        assert_eq!(layer.jitter().get(), Jitter::Equal);
        assert_eq!(layer.on().get(), ClassSet::from(Class::Timeout));
        assert_eq!(layer.retry_after().get(), Some(SECOND));
        let budget =
            value::Budget { ratio: Ratio::percent(7), min: Rate::per_second(3), window: SECOND };
        assert_eq!(layer.budget().get(), Some(budget));
    }

    #[test]
    fn every_parameter_of_a_circuit_breaker_arrives() {
        let layer: CircuitBreakerLayer = configured(
            "circuit_breaker(failure_rate = 7%, window = 1s, min_calls = 3, consecutive = 4,
                             slow_call = 1s, slow_rate = 8%, cooldown = 1s, max_cooldown = 2s,
                             probes = 5, on = any)",
        );
        assert_eq!(layer.failure_rate().get(), Ratio::percent(7));
        assert_eq!(layer.window().get(), Window::Time(SECOND));
        assert_eq!(layer.min_calls().get(), 3);
        assert_eq!(layer.consecutive().get(), Some(4));
        assert_eq!(layer.slow_call().get(), Some(SECOND));
        assert_eq!(layer.slow_rate().get(), Ratio::percent(8));
        assert_eq!(layer.cooldown().get(), SECOND);
        assert_eq!(layer.max_cooldown().get(), 2 * SECOND);
        assert_eq!(layer.probes().get(), 5);
        assert_eq!(layer.on().get(), ClassSet::ANY);
    }

    #[test]
    fn every_parameter_of_a_bulkhead_arrives() {
        let layer: BulkheadLayer = configured("bulkhead(7, queue = 3, wait = 1s)");
        assert_eq!(layer.max_concurrency().get(), 7);
        assert_eq!(layer.queue().get(), 3);
        assert_eq!(layer.wait().get(), Some(SECOND));
    }

    #[test]
    fn every_parameter_of_a_hedge_arrives() {
        let layer: HedgeLayer = configured(
            "hedge(p50, initial = 1s, min_samples = 7, max_attempts = 3, budget = off, on = any)",
        );
        let median = Quantile::from_thousandths(50_000).unwrap();
        assert_eq!(layer.after().get(), Delay::Quantile(median));
        assert_eq!(layer.initial().get(), Some(SECOND));
        assert_eq!(layer.min_samples().get(), 7);
        assert_eq!(layer.max_attempts().get(), 3);
        assert_eq!(layer.budget().get(), None);
        assert_eq!(layer.on().get(), ClassSet::ANY);
    }
}
