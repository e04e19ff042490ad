//! What the policies do about each fault, attempt by attempt.

#![expect(
    clippy::unwrap_used,
    reason = "a test may panic; clippy's own exception covers test functions only"
)]

mod breaker;
mod bulkhead;
mod classes;
mod hedge;
mod once;
mod retry;

use http::Method;
use ninelives_chaos::attempts::End;
use ninelives_chaos::client::{Ask, Failure, ask};
use ninelives_chaos::fault::Fault;
use ninelives_chaos::server::{Answer, Served};
use ninelives_chaos::world::{Outcome, World};
use std::time::Duration;

/// Longer than any machine takes for a request: only a clock that is moved gets there.
const LONG: Duration = Duration::from_secs(3_600);

async fn world<const N: usize>(policy: &str, faults: [Fault; N]) -> World {
    World::new(policy, faults, []).await.unwrap()
}

async fn world_that_answers<const N: usize>(policy: &str, statuses: [u16; N]) -> World {
    World::new(policy, [], statuses.map(Answer::from)).await.unwrap()
}

fn get() -> Ask {
    ask(Method::GET, "1")
}

fn post() -> Ask {
    ask(Method::POST, "1")
}

fn served(world: &World) -> Vec<Method> {
    world.server.served().into_iter().map(|Served { method, .. }| method).collect()
}

/// The status of an outcome, or the words of its error.
fn said(outcome: Outcome) -> Result<u16, String> {
    outcome.map(|answer| answer.status().as_u16()).map_err(|error| format!("{error:?}"))
}

const RESET: End = End::Failed(Failure::Reset);
const CUT_SHORT: End = End::Failed(Failure::CutShort);
const OK: End = End::Answered(200);
