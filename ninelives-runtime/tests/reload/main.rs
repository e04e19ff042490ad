//! Another text while requests run: swapped as a whole or not at all, state kept, and not one request
//! is lost.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic; clippy's own exception covers test functions only"
)]

mod answer;
mod flight;
mod memory;
mod permits;
mod state;
mod swap;
mod within;

use ninelives_runtime::dynamic::{Calls, Host, PolicyBook, TextPolicy};
use ninelives_runtime::testing::{AsSaid, Failure};
use ninelives_runtime::world::Lifted;

type Answer = &'static str;
type Text = TextPolicy<(), Answer, Failure>;

fn calls() -> Calls<(), Answer, Failure, Lifted, AsSaid> {
    Calls::new().classify(AsSaid).degraded(|| "degraded")
}

fn load(text: &str) -> PolicyBook {
    PolicyBook::from_text(text, Host::new().calls(calls())).unwrap()
}
