//! `+` and `&` stand beside each other without parentheses.
//!
//! ## Why
//!
//! `&` binds tighter than `+`: `timeout(1s) + a & b` is `timeout(1s) + (a & b)`. Among Rust's own
//! operators, which compose the same layers, `+` binds tighter, and rustfmt spaces a macro's body
//! accordingly. Parentheses mean the same to everyone.
//!
//! ## Example
//!
//! ```nl
//! policy fetch = timeout(1s) + hedge & to(@other);
//! ```
//!
//! ## Use instead
//!
//! ```nl
//! policy fetch = timeout(1s) + (hedge & to(@other));
//! ```

use super::{Warnings, warning};
use crate::ast::{Expression, ExpressionKind};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// Looks at an expression and everything in it, as it was written: parentheses are not in the plan.
pub(super) fn check(expression: &Expression, warnings: &mut Warnings) {
    if let ExpressionKind::Sequence(parts) = &expression.kind {
        let bare = parts.iter().filter(|part| matches!(part.kind, ExpressionKind::ForkJoin(_)));
        bare.for_each(|part| warnings.push(mixed(part.span)));
    }
    expression.parts(|part| check(part, warnings));
}

fn mixed(arms: Span) -> Diagnostic {
    let message = "`&` binds tighter than `+` here, and looser among Rust's operators";
    warning(codes::MIXED_OPERATORS, arms, message)
        .with_help("write the parentheses")
        .with_fix(Span { end: arms.start, ..arms }, "(")
        .with_fix(Span { start: arms.end, ..arms }, ")")
}

#[cfg(test)]
mod tests {
    use crate::codes::MIXED_OPERATORS as CODE;
    use crate::lint::testing::{fixed, silent, warns};

    #[test]
    fn operators_side_by_side() {
        warns(CODE, "timeout(1s) + hedge & to(@b)", "hedge & to(@b)");
        silent("timeout(1s) + (hedge & to(@b))");
        silent("(timeout(1s) + hedge) & (timeout(1s) + to(@b))");
        silent("timeout(1s) + retry(3) | timeout(1s) & (timeout(1s) + hedge)");
        warns(CODE, "(timeout(2s) | timeout(1s) + hedge & to(@b))", "hedge & to(@b)");
        warns(CODE, "timeout(9s) & timeout(8s) + hedge", "timeout(9s) & timeout(8s)");
    }

    #[test]
    fn fix_keeps_the_meaning() {
        assert_eq!(
            fixed("policy p = timeout(1s) + #[deny(no-jitter)] a: hedge & b: to(@b);"),
            "policy p = timeout(1s) + (#[deny(no-jitter)] a: hedge & b: to(@b));"
        );
    }
}
