//! What tools ask of a text, one after another: what it costs is what a hostile text can make it cost.

use ninelives_dsl::explain::explain;
use ninelives_dsl::format::declarations;
use ninelives_dsl::lint::{Settings, warnings};
use ninelives_dsl::load::{Front, Load, load_bytes};
use std::hint::black_box;

/// One question.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The command of `nl` that asks it.
    pub name: &'static str,
    /// Answers it.
    pub ask: fn(&str),
}

/// All of them.
pub const QUESTIONS: [Question; 3] = [
    Question { name: "check", ask: |text| drop(black_box(check(text))) },
    Question { name: "format", ask: |text| drop(black_box(declarations(text, ""))) },
    Question { name: "explain", ask: explain_all },
];

fn check(text: &str) -> Load {
    let load = load_bytes("shape.nl", text.as_bytes(), None, Front::Text);
    black_box(warnings(&load, &Settings::default()));
    load
}

fn explain_all(text: &str) {
    let load = check(text);
    if !load.has_errors() {
        load.plan.policies.iter().for_each(|policy| drop(black_box(explain(&load, policy))));
    }
}
