//! NL121: a repeated stateful layer without a label.
//!
//! `circuit_breaker + retry(3) + circuit_breaker`: the second is called `search.circuit_breaker.2`,
//! and a change of the text may hand it the state of another. Name each: `attempt: circuit_breaker`.

use super::{Place, Warnings, warning};
use crate::codes;

pub(super) fn check(place: &Place<'_>, warnings: &mut Warnings) {
    let entry = place.layer.kind.entry();
    let last = place.layer.path.rsplit('.').next().unwrap_or("");
    if entry.stateful && last.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = format!("`{}` keeps state under a number, not a name", place.layer.path);
        let found = warning(codes::REPEATED_WITHOUT_LABEL, place.span(), message)
            .with_help(format!("label it: `attempt: {}`", entry.name));
        warnings.push(found);
    }
}
