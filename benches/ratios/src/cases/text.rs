//! Ours, read from text.

use ninelives::{Calls, Host, PolicyBook};
use ninelives_measure::Case;
use ninelives_measure::request::{AtOnce, Down, Yielding};
use std::error::Error;
use tower::Layer;

const TEXT: &str = "
    policy r3 = timeout(1s) + retry(3) + bulkhead(64);
    policy r5 = bulkhead(64) + timeout(1s) + retry(3) + timeout(250ms)
        + circuit_breaker(consecutive = 5);
";

pub(super) fn cases() -> Result<[Case; 3], Box<dyn Error>> {
    let book = PolicyBook::from_text(TEXT, Host::new().calls(Calls::<u64, u64, Down>::new()))?;
    let r3 = book.policy::<u64, u64, Down>("r3")?;
    let r5 = book.policy::<u64, u64, Down>("r5")?;
    Ok([
        Case::service("text R3", r3.layer(AtOnce)),
        Case::service("text R3, one yield", r3.layer(Yielding)),
        Case::service("text R5", r5.layer(AtOnce)),
    ])
}
