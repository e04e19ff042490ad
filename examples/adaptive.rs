//! A service under load, and an operator who turns its policy while it runs: a bulkhead that is too
//! wide for the service, a queue that is too long, and values that are refused.
//!
//! `cargo run --example adaptive`. Exits 1 if what it shows is not so.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use ninelives::control::LayerState;
use ninelives::{Calls, Host, PolicyBook, Registry};
use std::convert::Infallible;
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tower::{Layer, ServiceExt, service_fn};

const POLICY: &str =
    "pub policy search = timeout(500ms) + bulkhead(40, queue = 200) + circuit_breaker;";

/// A service that is good for four calls at once, and the slower the more there are above.
#[derive(Clone, Default)]
struct Pool(Arc<AtomicU32>);

impl Pool {
    async fn answer(self, request: u32) -> Result<u32, Infallible> {
        let at_once = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        let _leaves = Leaves(self);
        let crowd = u64::from(at_once.max(4));
        tokio::time::sleep(Duration::from_millis(crowd * crowd / 2)).await;
        Ok(request)
    }
}

/// A call that ends, also one that is dropped by its deadline.
struct Leaves(Pool);

impl Drop for Leaves {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What came of a hundred requests at once.
#[derive(Debug, Default)]
struct Seen {
    answered: u32,
    refused: u32,
    most_at_once: u64,
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let host = Host::new().calls(Calls::<u32, u32, Infallible>::new());
    let book = PolicyBook::from_text(POLICY, host)?;
    let registry = book.registry();
    let pool = Pool::default();
    let search = book
        .policy::<u32, u32, Infallible>("search")?
        .layer(service_fn(move |request| pool.clone().answer(request)));
    let load = |what| {
        let (search, registry) = (search.clone(), registry.clone());
        async move {
            let mut seen = Seen::default();
            let calls = (0..100).map(|request| search.clone().oneshot(request));
            let mut calls: tokio::task::JoinSet<_> = calls.collect();
            tokio::time::sleep(Duration::from_millis(2)).await;
            loop {
                seen.most_at_once = seen.most_at_once.max(in_use(&registry));
                match calls.join_next().await {
                    Some(Ok(Ok(_))) => seen.answered += 1,
                    Some(_) => seen.refused += 1,
                    None => break,
                }
            }
            println!(
                "{what:16} {:3} answered, {:3} refused, {:2} at once",
                seen.answered, seen.refused, seen.most_at_once
            );
            seen
        }
    };

    for policy in registry.policies() {
        println!("{policy}\n");
    }
    let mut limit = registry.watch("search.bulkhead.max_concurrency")?;

    let wide = load("as it is written").await;
    registry.set("search.bulkhead.max_concurrency", 4)?;
    println!("\nthe limit is {} now", limit.changed().await.ok_or("it is still there")?);
    let narrow = load("four at once").await;

    registry.set_all([
        ("search.timeout.duration", "50ms"),
        ("search.bulkhead.max_concurrency", "8"),
        ("search.bulkhead.queue", "0"),
    ])?;
    let impatient = load("eight, no queue").await;

    let mut refused = Vec::new();
    for (path, value) in [
        ("search.bulkhead.max_concurrency", "0"),
        ("search.bulkhead.max_concurrency", "2s"),
        ("search.bulkhead.max_concurency", "2"),
    ] {
        match registry.set(path, value) {
            Ok(()) => return Ok(ExitCode::FAILURE),
            Err(error) => {
                println!("{path} = {value}\n  refused: {error}");
                refused.push(error);
            }
        }
    }
    println!("\n{}", registry.parameter("search.bulkhead.max_concurrency")?);

    let as_promised = wide.most_at_once > 8
        && narrow.most_at_once <= 4
        && narrow.answered > wide.answered
        && impatient.most_at_once <= 8
        && impatient.refused > narrow.refused
        && registry.get("search.bulkhead.max_concurrency")?.to_string() == "8";
    Ok(if as_promised { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How many permits of the bulkhead are taken.
fn in_use(registry: &Registry) -> u64 {
    let states = registry.layers().into_iter().filter_map(|layer| layer.state);
    let mut taken = states.filter_map(|state| match state {
        LayerState::Bulkhead { in_use, .. } => Some(in_use),
        _ => None,
    });
    taken.next().unwrap_or_default()
}
