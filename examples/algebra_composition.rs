//! The Rust operators: the same types that `policy!` makes.
//!
//! Rust binds `+` tighter than `&`; the language binds `&` tighter than `+`. The parentheses below
//! mean the same in both (and clippy asks for those around `+` beside `|`).

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use ninelives::prelude::*;
use std::time::Duration;

fn same_type<T>(_: &T, _: &T) {}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let limit = Duration::from_secs(1);
    let by_hand =
        (timeout(limit) + retry(3)) | fallback() & (timeout(limit) + hedge(Quantile::P95));
    let compiled = ninelives::policy!(timeout(1s) + retry(3) | fallback & (timeout(1s) + hedge));
    same_type(&by_hand, &compiled);

    for policy in [by_hand, compiled] {
        let mut attempts = 0;
        let answer = policy
            .run(|| {
                attempts += 1;
                let attempt = attempts;
                async move { if attempt < 3 { Err("not yet") } else { Ok(attempt) } }
            })
            .await;
        println!("answered {answer:?} at attempt {attempts}");
        assert_eq!(answer, Ok(3));
    }

    // The identities: `pass` of `+`, `fail` of `|` and `&`; a terminal keeps itself.
    let policy = ((pass() + timeout(limit)) | fail()) & fail();
    assert_eq!(policy.run(|| async { Ok::<_, &str>(1) }).await, Ok(1));
    let terminal = fail() + timeout(limit);
    assert!(terminal.run(|| async { Ok::<_, &str>(1) }).await.is_err());
}
