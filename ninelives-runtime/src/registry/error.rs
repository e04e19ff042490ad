//! Why a path or a value was refused.

use ninelives_dsl::plan::Value;
use std::fmt;

/// A path or a value that was refused; nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// There is no such parameter.
    #[error("there is no parameter `{path}`{}", Proposals(near))]
    Unknown {
        /// What was asked for.
        path: String,
        /// Up to three paths that may have been meant, the nearest first.
        near: Vec<String>,
    },
    /// The value is of a kind that the parameter does not take.
    #[error("`{path}`: {problem}{}", Help(help))]
    WrongType {
        /// The parameter.
        path: String,
        /// What was expected and what was found.
        problem: String,
        /// What was probably meant.
        help: Option<String>,
    },
    /// The value is out of the parameter's range.
    #[error("`{path}`: {problem}")]
    OutOfRange {
        /// The parameter.
        path: String,
        /// What was found and what is allowed.
        problem: String,
    },
    /// The text is no value of the language.
    #[error("`{path}`: {problem}{}", Help(help))]
    NoValue {
        /// The parameter.
        path: String,
        /// What is wrong with the text.
        problem: String,
        /// What was probably meant.
        help: Option<String>,
    },
    /// The parameter's value has no such part now: a fixed backoff has no `factor`.
    #[error("there is no `{path}` while the whole is `{whole}`")]
    NoPart {
        /// The path of the part.
        path: String,
        /// The value in force.
        whole: Value,
    },
    /// The parameter cannot change while requests run: it is a thing of the host program.
    #[error("`{path}` cannot be set while requests run")]
    NotAdaptive {
        /// The parameter.
        path: String,
    },
    /// Two values of one call are for the same parameter, or one is for a part of it.
    #[error("`{path}` is given twice")]
    Twice {
        /// The second.
        path: String,
    },
    /// A layer was added whose path another one has.
    #[error("there is another layer `{path}`: give one of them a path of its own")]
    Taken {
        /// The path.
        path: String,
    },
}

struct Help<'h>(&'h Option<String>);

impl fmt::Display for Help<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |help| write!(out, "; {help}"))
    }
}

struct Proposals<'n>(&'n [String]);

impl fmt::Display for Proposals<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, path) in self.0.iter().enumerate() {
            let before = match index {
                0 => "; did you mean ",
                _ if index + 1 == self.0.len() => " or ",
                _ => ", ",
            };
            write!(out, "{before}`{path}`")?;
        }
        out.write_str(if self.0.is_empty() { "" } else { "?" })
    }
}
