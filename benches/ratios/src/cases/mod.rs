//! What is measured: ours and the peers', each around the same services.

#![allow(deprecated, reason = "layers alone and stacks as published: the checker warns of some")]

mod breakers;
mod bulkheads;
mod compiled;
mod events;
mod hedges;
mod layers;
mod parameters;
mod plain;
mod text;
mod timeouts;
mod tower_resilience;

use crate::rows;
use ninelives_measure::request::{AtOnce, Yielding};
use ninelives_measure::{Case, tower_stack};
use std::error::Error;

/// Every case, with all that the rows ask of it. A runtime must be entered, because timers belong to
/// one.
pub fn all() -> Result<Vec<Case>, Box<dyn Error>> {
    let mut cases = vec![
        Case::service("bare service", AtOnce),
        Case::service("bare service, one yield", Yielding),
    ];
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
    for case in &mut cases {
        rows::of(case.name).for_each(|row| case.also(row.measure));
    }
    Ok(cases)
}
