//! Nothing uses a `let`, a template, a parameter of a template, a file that is imported, or, where some
//! policies are `pub`, one that is not.
//!
//! Declarations of a file that holds no policy are for the files that use it, and so is everything `pub`.
//!
//! ## Why
//!
//! Most often a name was changed in one place only, and what was meant to be in force is not.
//!
//! ## Example
//!
//! ```nl
//! let patient = exponential(50ms, max = 2s);
//! policy search = timeout(1s) + retry(3);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! let patient = exponential(50ms, max = 2s);
//! policy search = timeout(1s) + retry(3, backoff = patient);
//! ```

use super::{Warnings, warning};
use crate::codes;
use crate::resolve::{Unused, UnusedKind};

pub(super) fn check(unused: &[Unused], warnings: &mut Warnings) {
    for Unused { kind, name, span } in unused {
        let (message, help) = match kind {
            UnusedKind::Let => (format!("nothing uses `{name}`"), "use it, or leave it out"),
            UnusedKind::Parameter => (
                format!("the template does not use its parameter `{name}`"),
                "use it, or leave it out",
            ),
            UnusedKind::Template => (
                format!("nothing calls `{name}`"),
                "call it, leave it out, or write `pub` where other files do",
            ),
            UnusedKind::Policy => (
                format!("nothing uses `{name}`, and it is not `pub` as others are"),
                "write `pub` where the program runs it, or leave it out",
            ),
            UnusedKind::Import => {
                (format!("nothing of `{name}` is used here"), "leave the `use` out")
            }
        };
        warnings.push(warning(codes::UNUSED, *span, message).with_help(help));
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::found;

    #[track_caller]
    fn unused(text: &str, at: &[&str]) {
        let at: Vec<_> = at.iter().map(|at| format!("NL111 warning {at}")).collect();
        assert_eq!(found(text), at, "{text}");
    }

    #[test]
    fn value_that_nothing_uses() {
        unused("let a = 1s; policy p = timeout(2s);", &["a"]);
        unused("let a = 1s; policy p = timeout(a);", &[]);
        unused("let a = 1s; let b = a; policy p = timeout(2s);", &["b"]);
        unused("#[allow(unused)] let a = 1s; policy p = timeout(2s);", &[]);
    }

    #[test]
    fn template_that_nothing_calls() {
        unused("policy t() = timeout(1s); policy p = timeout(2s);", &["t"]);
        unused("policy t() = timeout(1s); policy p = t();", &[]);
        unused("pub policy t() = timeout(1s); pub policy p = timeout(2s);", &[]);
        // A file of templates is for others.
        unused("let a = 1s; policy t() = timeout(2s);", &[]);
    }

    #[test]
    fn parameter_that_its_template_does_not_use() {
        unused("policy t(a: duration) = timeout(1s); policy p = t(2s);", &["a"]);
        unused("policy t(a: duration) = timeout(a); policy p = t(2s);", &[]);
        unused("let a = 1s; policy t(a1: duration) = timeout(a); policy p = t(2s);", &["a1"]);
    }

    #[test]
    fn private_policy_beside_public_ones() {
        unused("policy a = timeout(1s); pub policy b = timeout(1s);", &["a"]);
        unused("policy a = timeout(1s); pub policy b = retry(2) + a;", &[]);
        unused("policy a = timeout(1s); policy b = timeout(1s);", &[]);
    }
}
