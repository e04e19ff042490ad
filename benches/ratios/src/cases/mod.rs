//! What is measured: ours and the peers', each around the same services.

#![allow(deprecated, reason = "layers alone and stacks as published: the checker warns of some")]

mod boxed;
mod breakers;
mod bulkheads;
mod compiled;
mod events;
mod hedges;
mod http;
mod layers;
mod limiters;
mod parameters;
mod plain;
mod races;
mod reloads;
mod retries;
mod seatbelt;
mod text;
mod texts;
mod timeouts;
mod tower_resilience;
mod within;

use crate::rows;
use ninelives_measure::{Case, both, tower_stack};
use std::error::Error;

/// Every case, with all that the rows ask of it. A runtime must be entered, because timers belong to
/// one.
pub fn all() -> Result<Vec<Case>, Box<dyn Error>> {
    let mut cases = Vec::from(both!("bare service", |Inner| Inner));
    cases.extend(tower_stack::cases());
    cases.extend(boxed::cases());
    cases.extend(plain::cases());
    cases.extend(compiled::cases());
    cases.extend(text::cases()?);
    cases.extend(within::cases()?);
    cases.extend(layers::cases());
    cases.extend(races::cases());
    cases.extend(retries::cases());
    cases.extend(tower_resilience::cases()?);
    cases.extend(seatbelt::cases());
    cases.extend(hedges::cases());
    cases.extend(timeouts::cases());
    cases.extend(breakers::cases());
    cases.extend(bulkheads::cases());
    cases.extend(limiters::cases());
    cases.extend(parameters::cases()?);
    cases.extend(events::cases()?);
    cases.extend(reloads::cases()?);
    cases.extend(http::cases()?);
    cases.extend(texts::cases());
    for case in &mut cases {
        let asked: Vec<_> = rows::of(&case.name).map(|row| row.measure).collect();
        asked.into_iter().for_each(|measure| case.also(measure));
    }
    Ok(cases)
}
