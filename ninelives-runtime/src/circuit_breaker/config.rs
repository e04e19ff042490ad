//! What a `circuit_breaker` is made of.

use super::node::{CircuitBreaker, CircuitBreakerLayer};
use super::sample::Sample;
use super::state::Circuit;
use super::window::Window;
use crate::adaptive::{Adaptive, Cell, Grouped, Valued, Word};
use crate::call::Call;
use crate::classify::ClassSet;
use crate::config::{InvalidConfig, Rule};
use crate::control::Parameter;
use crate::path::Path;
use crate::telemetry::Reporter;
use fastrand::Rng;
use ninelives_dsl::catalogue::CIRCUIT_BREAKER;
use ninelives_dsl::value::Ratio;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// The parameters of a [`CircuitBreakerLayer`]; each setter has the name and the range of the
/// catalogue's row.
#[derive(Clone, Debug)]
#[must_use = "a configuration does nothing until it is built"]
pub struct CircuitBreakerConfig {
    path: Path,
    seed: Option<u64>,
    failure_rate: Ratio,
    window: Window,
    min_calls: u32,
    consecutive: Option<u32>,
    slow_call: Option<Duration>,
    slow_rate: Ratio,
    cooldown: Duration,
    max_cooldown: Duration,
    probes: u32,
    on: ClassSet,
}

/// The parameters in force; see [`CircuitBreaker`] for what each is.
#[derive(Debug)]
pub(super) struct Parameters {
    pub(super) failure_rate: Adaptive<Ratio>,
    pub(super) window: Adaptive<Window, Grouped<Sample>>,
    pub(super) min_calls: Adaptive<u32, Grouped<Sample>>,
    pub(super) consecutive: Adaptive<Option<u32>>,
    pub(super) slow_call: Adaptive<Option<Duration>>,
    pub(super) slow_rate: Adaptive<Ratio>,
    pub(super) cooldown: Adaptive<Duration>,
    pub(super) max_cooldown: Adaptive<Duration>,
    pub(super) probes: Adaptive<u32>,
    pub(super) on: Adaptive<ClassSet>,
}

impl Parameters {
    /// What is judged, seen at one moment.
    #[inline]
    pub(super) fn sample(&self) -> Sample {
        self.window.cell().group().get()
    }

    /// Puts another sample in force, in one step.
    pub(super) fn set_sample(&self, new: Sample) -> Result<(), InvalidConfig> {
        self.window.rule().check(&new.window.value())?;
        self.min_calls.rule().check(&new.min_calls.value())?;
        self.resample(Some(new.window), Some(new.min_calls));
        self.window.tell();
        self.min_calls.tell();
        Ok(())
    }

    /// Puts what is given of a sample in force, in one step. It was checked.
    pub(super) fn resample(&self, window: Option<Window>, min_calls: Option<u32>) {
        let Ok(_) = Cell::update(self.window.cell().group(), |now: Sample| {
            let window = window.unwrap_or(now.window);
            let min_calls = min_calls.unwrap_or(now.min_calls);
            Ok::<_, Infallible>(Sample { window, min_calls })
        });
        if window.is_some() {
            self.window.count();
        }
        if min_calls.is_some() {
            self.min_calls.count();
        }
    }

    /// All of them, in the catalogue's order.
    pub(super) fn list(&self) -> Vec<&dyn Parameter> {
        vec![
            &self.failure_rate,
            &self.window,
            &self.min_calls,
            &self.consecutive,
            &self.slow_call,
            &self.slow_rate,
            &self.cooldown,
            &self.max_cooldown,
            &self.probes,
            &self.on,
        ]
    }
}

impl CircuitBreakerConfig {
    /// The defaults of the catalogue: opens when half of the last 100 calls failed (and at least
    /// 20 were made), for 5 s at first.
    pub fn new() -> Self {
        Self {
            path: Path::Static(&CIRCUIT_BREAKER.name),
            seed: None,
            failure_rate: Ratio::percent(50),
            window: Window::Calls(100),
            min_calls: 20,
            consecutive: None,
            slow_call: None,
            slow_rate: Ratio::ONE,
            cooldown: Duration::from_secs(5),
            max_cooldown: Duration::from_secs(300),
            probes: 1,
            on: ClassSet::DEFAULT,
        }
    }

    /// The share of failures in the window that opens the circuit; 50% unless given.
    pub fn failure_rate(mut self, failure_rate: Ratio) -> Self {
        self.failure_rate = failure_rate;
        self
    }

    /// What is judged: the last so many calls (`100`), or the calls of the last so long
    /// (`Duration::from_secs(30)`); 100 calls unless given. 100 calls of a quiet service can be
    /// hours old: give a duration there.
    pub fn window(mut self, window: impl Into<Window>) -> Self {
        self.window = window.into();
        self
    }

    /// How many calls the window must hold before it is judged; 20 unless given. A window of fewer
    /// calls is judged when it is full.
    pub fn min_calls(mut self, min_calls: u32) -> Self {
        self.min_calls = min_calls;
        self
    }

    /// Opens after so many failures in a row, whatever the rate; off unless given.
    pub fn consecutive(mut self, consecutive: impl Into<Option<u32>>) -> Self {
        self.consecutive = consecutive.into();
        self
    }

    /// A call that takes longer counts as slow; off unless given.
    pub fn slow_call(mut self, slow_call: impl Into<Option<Duration>>) -> Self {
        self.slow_call = slow_call.into();
        self
    }

    /// The share of slow calls in the window that opens the circuit; 100% unless given.
    pub fn slow_rate(mut self, slow_rate: Ratio) -> Self {
        self.slow_rate = slow_rate;
        self
    }

    /// How long the circuit stays open the first time: between half of this and the whole of it;
    /// 5 s unless given. Doubles each time the circuit opens again without having closed.
    pub fn cooldown(mut self, cooldown: Duration) -> Self {
        self.cooldown = cooldown;
        self
    }

    /// The ceiling of the doubled cooldown; 5 min unless given.
    pub fn max_cooldown(mut self, max_cooldown: Duration) -> Self {
        self.max_cooldown = max_cooldown;
        self
    }

    /// How many calls a half-open circuit admits, at once and in all; one unless given. All must
    /// succeed to close it.
    pub fn probes(mut self, probes: u32) -> Self {
        self.probes = probes;
        self
    }

    /// The classes that count as failures; `timeout | overloaded | transient` unless given.
    pub fn on(mut self, on: impl Into<ClassSet>) -> Self {
        self.on = on.into();
        self
    }

    /// The layer's path in errors and telemetry; `circuit_breaker` unless given.
    pub fn path(mut self, path: impl Into<Path>) -> Self {
        self.path = path.into();
        self
    }

    /// Makes the jitter of the cooldowns repeatable.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Makes the layer.
    ///
    /// # Errors
    /// When a parameter is outside its range.
    pub fn build(self) -> Result<CircuitBreakerLayer, InvalidConfig> {
        let random = self.seed.map_or_else(Rng::new, Rng::with_seed);
        let reporter = Reporter::new(self.path.clone());
        let circuit = Circuit::new(reporter, self.parameters()?, random);
        Ok(CircuitBreaker::assemble(circuit, Call))
    }

    pub(super) fn parameters(self) -> Result<Parameters, InvalidConfig> {
        let row = &CIRCUIT_BREAKER;
        Rule::of(row, "window")?.check(&self.window.value())?;
        Rule::of(row, "min_calls")?.check(&self.min_calls.value())?;
        let sample = Sample { window: self.window, min_calls: self.min_calls };
        let sample = Arc::new(AtomicU64::new(sample.pack()));
        Ok(Parameters {
            failure_rate: Adaptive::new(row, "failure_rate", self.failure_rate)?,
            window: Adaptive::within(row, "window", Grouped::new(sample.clone()))?,
            min_calls: Adaptive::within(row, "min_calls", Grouped::new(sample))?,
            consecutive: Adaptive::new(row, "consecutive", self.consecutive)?,
            slow_call: Adaptive::new(row, "slow_call", self.slow_call)?,
            slow_rate: Adaptive::new(row, "slow_rate", self.slow_rate)?,
            cooldown: Adaptive::new(row, "cooldown", self.cooldown)?,
            max_cooldown: Adaptive::new(row, "max_cooldown", self.max_cooldown)?,
            probes: Adaptive::new(row, "probes", self.probes)?,
            on: Adaptive::new(row, "on", self.on)?,
        })
    }
}

impl Default for CircuitBreakerConfig {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninelives_dsl::catalogue::Default as Row;
    use ninelives_dsl::plan::Value;

    #[test]
    fn defaults_are_those_of_the_catalogue() {
        fn of<T: Valued>(parameter: &Adaptive<T, impl Cell<T>>) -> Value {
            parameter.get().value()
        }
        let ours = CircuitBreakerConfig::new().parameters().unwrap();
        let ours = [
            ("failure_rate", of(&ours.failure_rate)),
            ("window", of(&ours.window)),
            ("min_calls", of(&ours.min_calls)),
            ("consecutive", of(&ours.consecutive)),
            ("slow_call", of(&ours.slow_call)),
            ("slow_rate", of(&ours.slow_rate)),
            ("cooldown", of(&ours.cooldown)),
            ("max_cooldown", of(&ours.max_cooldown)),
            ("probes", of(&ours.probes)),
            ("on", of(&ours.on)),
        ];
        for (row, (name, value)) in CIRCUIT_BREAKER.parameters.iter().zip(&ours) {
            assert_eq!(row.name, *name);
            assert!(
                matches!(&row.default, Row::Is(default) if default == value),
                "{name}: {:?} in the catalogue, {value:?} here",
                row.default
            );
        }
        assert_eq!(CIRCUIT_BREAKER.parameters.len(), ours.len());
    }

    #[test]
    fn value_out_of_range_is_refused_when_built() {
        let message = |config: CircuitBreakerConfig| config.build().unwrap_err().to_string();
        let new = CircuitBreakerConfig::new;
        assert_eq!(
            message(new().failure_rate(Ratio::percent(150))),
            "`circuit_breaker(failure_rate)`: `150%` must be between 0.0001% and 100%"
        );
        assert_eq!(
            message(new().window(0)),
            "`circuit_breaker(window)`: `0` must be between 1 and 100000"
        );
        assert_eq!(
            message(new().window(Duration::from_millis(9))),
            "`circuit_breaker(window)`: `9ms` must be between 10ms and 1d"
        );
        assert_eq!(
            message(new().cooldown(Duration::ZERO)),
            "`circuit_breaker(cooldown)`: `0s` must be between 1ms and 30d"
        );
        assert_eq!(
            message(new().probes(0)),
            "`circuit_breaker(probes)`: `0` must be between 1 and 1000"
        );
        assert_eq!(
            message(new().on(ClassSet::EMPTY)),
            "`circuit_breaker(on)`: must name at least one class"
        );
    }
}
