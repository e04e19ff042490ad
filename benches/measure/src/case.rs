//! One thing to measure.

use crate::figures::Measure;
use crate::request::{self, AtOnce, Service, Yielding};
use std::error::Error;
use std::fmt;
use tower::Layer;

/// Runs requests of a case, one after another.
pub trait Requests: Send {
    /// Runs so many; how many of them were answered.
    fn run(&mut self, requests: u64) -> u64;

    /// Takes away what they left behind: between two runs, neither counted nor timed.
    fn rest(&mut self) {}
}

impl<F: FnMut(u64) -> u64 + Send> Requests for F {
    fn run(&mut self, requests: u64) -> u64 {
        self(requests)
    }
}

/// All handles of a case share what clones of its service share.
pub type Handle = Box<dyn Requests>;

/// What [`Case::both`] is for a layer, for whatever one puts around a service: no closure is generic. The
/// service is a name and no variable, so that what is around it has nothing to keep.
#[macro_export]
macro_rules! both {
    ($name:literal, |$service:ident| $around:expr) => {
        [
            $crate::Case::service($name, {
                use $crate::request::AtOnce as $service;
                $around
            }),
            $crate::Case::service(concat!($name, ", one yield"), {
                use $crate::request::Yielding as $service;
                $around
            }),
        ]
    };
}

/// One thing to measure.
pub struct Case {
    /// What the rows call it.
    pub name: String,
    /// The size of the future of a request, in bytes; `None` where there is none of its own.
    pub future: Option<usize>,
    /// The most requests of one run.
    pub most: u64,
    measures: Vec<Measure>,
    answers: bool,
    handle: Box<dyn Fn() -> Handle>,
}

impl Case {
    /// Whatever runs requests.
    pub fn new<R: Requests + 'static>(
        name: impl Into<String>,
        handle: impl Fn() -> R + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            future: None,
            most: u64::MAX,
            measures: Measure::OF_EVERY_CASE.to_vec(),
            answers: true,
            handle: Box::new(move || Box::new(handle())),
        }
    }

    /// Calls a function.
    pub fn function<F>(name: impl Into<String>, function: F) -> Self
    where
        F: FnMut() -> bool + Clone + Send + 'static,
    {
        Self::new(name, move || {
            let mut function = function.clone();
            move |requests| (0..requests).map(|_| u64::from(function())).sum()
        })
    }

    /// Sends requests through a service, as a caller of tower does.
    pub fn service<S: Service>(name: impl Into<String>, mut service: S) -> Self {
        let function = move || request::send(&mut service);
        Self { future: Some(size_of::<S::Future>()), ..Self::function(name, function) }
    }

    /// A layer around a service that answers at once, and around one that is pending once before. What is no
    /// layer goes through [`both!`](crate::both).
    pub fn both<L>(name: &str, layer: L) -> [Self; 2]
    where
        L: Layer<AtOnce, Service: Service> + Layer<Yielding, Service: Service>,
    {
        [
            Self::service(name, layer.layer(AtOnce)),
            Self::service(format!("{name}, one yield"), layer.layer(Yielding)),
        ]
    }

    /// The same, where every request is to be refused.
    #[must_use]
    pub fn refusing(self) -> Self {
        Self { answers: false, ..self }
    }

    /// The same, where so many requests at most find room in one run. Two threads take no
    /// [rest](Requests::rest), and so are not measured.
    #[must_use]
    pub fn at_most(mut self, most: u64) -> Self {
        self.measures.retain(|measure| *measure != Measure::Throughput);
        Self { most, ..self }
    }

    /// The same, of which only this is measured, and what [`also`](Self::also) adds.
    #[must_use]
    pub fn only(self, measures: &[Measure]) -> Self {
        Self { measures: measures.to_vec(), ..self }
    }

    /// Measures this as well.
    pub fn also(&mut self, measure: Measure) {
        self.measures.push(measure);
    }

    /// Whether one of these is measured.
    pub fn has(&self, measures: &[Measure]) -> bool {
        measures.iter().any(|measure| self.measures.contains(measure))
    }

    /// A handle.
    pub fn handle(&self) -> Handle {
        (self.handle)()
    }

    /// Fails when so many requests did not end as the case says: it would measure something else
    /// than its name.
    ///
    /// # Errors
    /// When any was answered that was to be refused, or the other way round.
    pub fn check(&self, requests: u64, answered: u64) -> Result<(), Box<dyn Error>> {
        if answered == if self.answers { requests } else { 0 } {
            return Ok(());
        }
        Err(format!("`{}` answered {answered} of {requests} requests", self.name).into())
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Case").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Case;
    use crate::Measure;

    #[test]
    fn a_stack_is_two_cases_whether_it_is_a_layer_or_not() {
        let names = |cases: [Case; 2]| cases.map(|case| case.name);
        let expected = ["it", "it, one yield"];
        assert_eq!(names(Case::both("it", ())), expected);
        assert_eq!(names(both!("it", |Inner| Inner)), expected);
        let [ready, slow] = both!("it", |Inner| Inner).map(|case| case.handle().run(3));
        assert_eq!([ready, slow], [3, 3]);
    }

    #[test]
    fn two_threads_are_measured_of_every_case_that_may_run_for_long() {
        let case = || Case::function("it", || true);
        assert!(case().has(&[Measure::Throughput]));
        assert!(!case().at_most(10_000).has(&[Measure::Throughput]));
        assert!(!case().only(&[Measure::Time]).has(&[Measure::Throughput]));
    }
}
