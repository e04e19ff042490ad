//! The calls that make values.

use super::Kind;

/// A call that makes a value, such as `exponential(50ms, max = 2s)`.
#[derive(Debug)]
pub struct ValueCall {
    /// Its word.
    pub name: &'static str,
    /// The kind of what it makes.
    pub gives: Kind,
    /// One line on what it makes.
    pub summary: &'static str,
    /// The first is required and may be given by position.
    pub parameters: &'static [ValueParameter],
}

/// One parameter of a value call.
#[derive(Debug)]
pub struct ValueParameter {
    /// Its word.
    pub name: &'static str,
    /// What is written for it.
    pub kind: Kind,
    /// One line on what it does.
    pub doc: &'static str,
}

const BASE: ValueParameter =
    ValueParameter { name: "base", kind: Kind::Duration, doc: "the first wait" };
const CEILING: ValueParameter = ValueParameter {
    name: "max",
    kind: Kind::Duration,
    doc: "the longest wait; 10s when not given",
};

/// The value calls of the language.
pub static VALUE_CALLS: [ValueCall; 4] = [
    ValueCall {
        name: "fixed",
        gives: Kind::Backoff,
        summary: "the same wait each time",
        parameters: &[BASE],
    },
    ValueCall {
        name: "linear",
        gives: Kind::Backoff,
        summary: "a wait that grows by the same each time",
        parameters: &[BASE, CEILING],
    },
    ValueCall {
        name: "exponential",
        gives: Kind::Backoff,
        summary: "a wait that is multiplied each time",
        parameters: &[
            BASE,
            ValueParameter {
                name: "factor",
                kind: Kind::Number,
                doc: "how many times the wait before; 2 when not given",
            },
            CEILING,
        ],
    },
    ValueCall {
        name: "budget",
        gives: Kind::Budget,
        summary: "what repetition may cost, over all clones",
        parameters: &[
            ValueParameter { name: "ratio", kind: Kind::Ratio, doc: "repetitions per first call" },
            ValueParameter {
                name: "min",
                kind: Kind::Rate,
                doc: "repetitions always allowed; the policy's own when not given",
            },
            ValueParameter {
                name: "window",
                kind: Kind::Duration,
                doc: "how far back first calls count; 10s when not given",
            },
        ],
    },
];

/// The value call of that name.
pub fn value_call(name: &str) -> Option<&'static ValueCall> {
    VALUE_CALLS.iter().find(|call| call.name == name)
}
