//! What is measured: ours and the peers', each around the same services.

#![allow(deprecated, reason = "layers alone and stacks as published: the checker warns of some")]

mod breakers;
mod bulkheads;
mod compiled;
mod events;
mod hedges;
pub mod known;
mod layers;
mod parameters;
mod plain;
mod request;
mod text;
mod timeouts;
mod tower_resilience;
mod tower_stack;

use request::{AtOnce, Service, Yielding};
use std::error::Error;

/// Runs so many requests one after another; how many of them were answered.
pub type Requests = Box<dyn FnMut(u64) -> u64 + Send>;

/// One thing to measure.
pub struct Case {
    /// What the rows call it.
    pub name: &'static str,
    /// The size of the future of a request, in bytes; `None` where there is none of its own.
    pub future: Option<usize>,
    answers: bool,
    handle: Box<dyn Fn() -> Requests>,
}

impl Case {
    /// Calls a function.
    fn function<F>(name: &'static str, function: F) -> Self
    where
        F: FnMut() -> bool + Clone + Send + 'static,
    {
        let handle = move || -> Requests {
            let mut function = function.clone();
            Box::new(move |requests| (0..requests).map(|_| u64::from(function())).sum())
        };
        Self { name, future: None, answers: true, handle: Box::new(handle) }
    }

    /// Sends requests through a service, as a caller of tower does.
    fn service<S: Service>(name: &'static str, mut service: S) -> Self {
        let function = move || request::send(&mut service);
        Self { future: Some(size_of::<S::Future>()), ..Self::function(name, function) }
    }

    /// The same, where every request is to be refused.
    fn refusing(self) -> Self {
        Self { answers: false, ..self }
    }

    /// A handle: all handles of a case share what clones of its service share.
    pub fn handle(&self) -> Requests {
        (self.handle)()
    }

    /// Fails when so many requests did not end as the case says: it would measure something else
    /// than its name.
    pub fn check(&self, requests: u64, answered: u64) -> Result<(), Box<dyn Error>> {
        if answered == if self.answers { requests } else { 0 } {
            return Ok(());
        }
        Err(format!("`{}` answered {answered} of {requests} requests", self.name).into())
    }
}

/// Every case. A runtime must be entered, because timers belong to one.
pub fn all() -> Result<Vec<Case>, Box<dyn Error>> {
    let mut cases = vec![
        Case::service("bare service", AtOnce),
        Case::service("bare service, one yield", Yielding),
    ];
    cases.extend(known::cases());
    cases.extend(tower_stack::cases());
    cases.extend(plain::cases());
    cases.extend(compiled::cases());
    cases.extend(text::cases()?);
    cases.extend(layers::cases());
    cases.extend(tower_resilience::cases()?);
    cases.extend(hedges::cases());
    cases.extend(timeouts::cases());
    cases.extend(breakers::cases());
    cases.extend(bulkheads::cases());
    cases.extend(parameters::cases());
    cases.extend(events::cases());
    Ok(cases)
}
