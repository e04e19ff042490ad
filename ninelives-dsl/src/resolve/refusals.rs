//! What stands where it has no meaning, in the same words wherever it stands.

use super::template::Frame;
use super::{Resolver, kind};
use crate::ast::Expression;
use crate::codes::{self, Code};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// An error in what is written at `at`. Within a template, whose own text is sound, the call is to
/// blame for what it hands in.
pub(super) fn blame(code: Code, at: Span, message: &str, frame: &Frame<'_, '_>) -> Diagnostic {
    match frame.call {
        None => Diagnostic::error(code, at, message),
        Some(call) => Diagnostic::error(code, call, message).with_label(at, "here in the template"),
    }
}

impl Resolver<'_, '_> {
    /// Labels and attributes belong to policies.
    pub(super) fn check_bare(&mut self, expression: &Expression) -> Option<()> {
        let (span, what) = match (&expression.label, expression.attributes.first()) {
            (Some(label), _) => (label.span, "a label"),
            (None, Some(attribute)) => (attribute.span, "an attribute"),
            (None, None) => return Some(()),
        };
        self.report(
            Diagnostic::error(
                codes::MISPLACED,
                span,
                format!("{what} stands before a policy, not before a value"),
            )
            .with_help("leave it out; an argument's name is followed by `=`"),
        );
        None
    }

    pub(super) fn refuse_host_expression(&mut self, span: Span) {
        let (message, help) = if self.front.holds_rust(span.file) {
            (
                "a Rust expression stands only as the whole argument of a policy",
                "write it directly there, such as `retry({ attempts })`",
            )
        } else {
            (
                "a Rust expression is possible in `policy!` only",
                "give the thing a name in the host program and write `@name`",
            )
        };
        self.report(Diagnostic::error(codes::HOST_EXPRESSION, span, message).with_help(help));
    }

    pub(super) fn refuse_arithmetic(&mut self, span: Span) {
        self.report(
            Diagnostic::error(
                codes::WRONG_TYPE,
                span,
                "`+` and `&` join policies, and this is a value",
            )
            .with_help("there is no arithmetic: write the result"),
        );
    }

    pub(super) fn refuse_shadow(&mut self, span: Span) {
        self.report(
            Diagnostic::error(codes::NOT_YET, span, "shadow values cannot be run yet")
                .with_help("leave out `~` and what stands to its right"),
        );
    }

    pub(super) fn refuse_weight(&mut self, span: Span) {
        self.report(
            Diagnostic::error(
                codes::MISPLACED,
                span,
                "a weight stands only before an arm of `split`",
            )
            .with_help("leave the weight out"),
        );
    }

    pub(super) fn refuse_arguments(&mut self, name: &str, what: &str, span: Span) {
        self.report(
            Diagnostic::error(
                codes::MISPLACED,
                span,
                format!("`{name}` is {what} and takes no arguments"),
            )
            .with_help("leave the parentheses out"),
        );
    }

    pub(super) fn refuse_success(&mut self, span: Span) {
        self.report(
            Diagnostic::error(codes::OUT_OF_RANGE, span, "`success` is not a class of failure")
                .with_help(format!("the classes are {}", kind::failures())),
        );
    }

    pub(super) fn refuse_empty_range(&mut self, span: Span) {
        self.report(
            Diagnostic::error(codes::OUT_OF_RANGE, span, "the range ends before it begins")
                .with_help("write the smaller duration first"),
        );
    }

    pub(super) fn refuse_range(&mut self, span: Span) {
        self.report(
            Diagnostic::error(
                codes::WRONG_TYPE,
                span,
                "a range goes from a duration to a duration",
            )
            .with_help("for example `100ms..2s`"),
        );
    }
}
