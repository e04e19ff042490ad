//! One thing to measure.

use crate::figures::Measure;
use crate::request::{self, Service};
use std::error::Error;
use std::fmt;

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

/// One thing to measure.
pub struct Case {
    /// What the rows call it.
    pub name: &'static str,
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
        name: &'static str,
        handle: impl Fn() -> R + 'static,
    ) -> Self {
        Self {
            name,
            future: None,
            most: u64::MAX,
            measures: Measure::OF_EVERY_CASE.to_vec(),
            answers: true,
            handle: Box::new(move || Box::new(handle())),
        }
    }

    /// Calls a function.
    pub fn function<F>(name: &'static str, function: F) -> Self
    where
        F: FnMut() -> bool + Clone + Send + 'static,
    {
        Self::new(name, move || {
            let mut function = function.clone();
            move |requests| (0..requests).map(|_| u64::from(function())).sum()
        })
    }

    /// Sends requests through a service, as a caller of tower does.
    pub fn service<S: Service>(name: &'static str, mut service: S) -> Self {
        let function = move || request::send(&mut service);
        Self { future: Some(size_of::<S::Future>()), ..Self::function(name, function) }
    }

    /// The same, where every request is to be refused.
    #[must_use]
    pub fn refusing(self) -> Self {
        Self { answers: false, ..self }
    }

    /// The same, where so many requests at most find room in one run.
    #[must_use]
    pub fn at_most(self, most: u64) -> Self {
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
