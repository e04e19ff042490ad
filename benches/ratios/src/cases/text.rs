//! Ours, read from text.

use ninelives::{Calls, Host, PolicyBook, TextPolicy};
use ninelives_measure::Case;
use ninelives_measure::request::Down;
use std::error::Error;

const TEXT: &str = "
    policy r3 = timeout(1s) + retry(3) + bulkhead(64);
    policy r5 = bulkhead(64) + timeout(1s) + retry(3) + timeout(250ms)
        + circuit_breaker(consecutive = 5);
";

/// One of them, from a book of its own.
pub(super) fn policy(name: &str) -> Result<TextPolicy<u64, u64, Down>, Box<dyn Error>> {
    let book = PolicyBook::from_text(TEXT, Host::new().calls(Calls::<u64, u64, Down>::new()))?;
    Ok(book.policy(name)?)
}

pub(super) fn cases() -> Result<impl Iterator<Item = Case>, Box<dyn Error>> {
    let cases = [Case::both("text R3", policy("r3")?), Case::both("text R5", policy("r5")?)];
    Ok(cases.into_iter().flatten())
}
