//! What a policy of ninelives 0.2 costs, and tower's own stack beside it: the same code that `ratios`
//! measures, by which the two processes are compared. Prints the figures for `ratios`.

use ninelives::prelude::{
    Backoff, BulkheadLayer, CircuitBreakerConfig, CircuitBreakerLayer, Policy, RetryPolicy,
    TimeoutLayer,
};
use ninelives_measure::request::{AtOnce, Yielding};
use ninelives_measure::{Case, count, tower_stack};
use std::error::Error;
use std::time::Duration;
use tokio::runtime::Builder;
use tower::Layer;

const COOLDOWN: Duration = Duration::from_secs(5);

/// The whole stacks, as its README puts them together, with our numbers and its defaults.
fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    // Macros: the types of the errors of the layers nest, and have no common name.
    macro_rules! retry {
        () => {
            Policy(
                RetryPolicy::builder()
                    .max_attempts(3)
                    .backoff(Backoff::exponential(Duration::from_millis(100)))
                    .build()?
                    .into_layer(),
            )
        };
    }
    macro_rules! timeout {
        ($after:expr) => {
            Policy(TimeoutLayer::new($after)?)
        };
    }
    macro_rules! r3 {
        ($service:expr) => {
            (timeout!(Duration::from_secs(1)) + retry!() + Policy(BulkheadLayer::new(64)?))
                .layer($service)
        };
    }
    macro_rules! r5 {
        ($service:expr) => {
            (Policy(BulkheadLayer::new(64)?)
                + timeout!(Duration::from_secs(1))
                + retry!()
                + timeout!(Duration::from_millis(250))
                + Policy(CircuitBreakerLayer::new(CircuitBreakerConfig::new(5, COOLDOWN, 1)?)?))
            .layer($service)
        };
    }
    let mut cases = vec![
        Case::service("ninelives 0.2 R3", r3!(AtOnce)),
        Case::service("ninelives 0.2 R3, one yield", r3!(Yielding)),
        Case::service("ninelives 0.2 R5", r5!(AtOnce)),
        Case::service("ninelives 0.2 R5, one yield", r5!(Yielding)),
    ];
    cases.extend(tower_stack::cases());
    Ok(cases)
}

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let _inside = runtime.enter();
    let cases = cases()?;
    if std::env::args().nth(1).as_deref() == Some(count::COLLECT) {
        return count::run(&cases);
    }
    print!("{}", ninelives_measure::to_text(&ninelives_measure::all(&cases)?));
    Ok(())
}
