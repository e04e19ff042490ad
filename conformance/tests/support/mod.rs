//! What the tests of this package share.

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::expect_used, clippy::panic, reason = "a failed check ends its test")]

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs one case; a failure says which case it was and how to see it again.
#[track_caller]
pub(crate) fn compare(name: &str, seed: u64, left: &[String], right: &[String]) {
    if left != right {
        let at = left.iter().zip(right).take_while(|(left, right)| left == right).count();
        panic!(
            "{name}\nseed {seed}: the traces part at line {at}\nleft:\n{}\nright:\n{}",
            left.join("\n"),
            right.join("\n"),
        );
    }
}

/// True when the check panics.
pub(crate) fn fails(check: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(check)).is_err()
}
