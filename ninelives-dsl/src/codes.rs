//! The register of findings: one row a code. A code is never reused.

use std::fmt;

/// A stable finding code with its name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code {
    code: &'static str,
    name: &'static str,
    summary: &'static str,
}

impl Code {
    const fn new(code: &'static str, name: &'static str, summary: &'static str) -> Self {
        Self { code, name, summary }
    }

    /// `NL001` and so on.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The name used in `#[allow(name)]`, such as `unknown-name`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// One sentence on what the finding is.
    pub const fn summary(&self) -> &'static str {
        self.summary
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.code, self.name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code)
    }
}

macro_rules! codes {
    ($($constant:ident = $code:literal $name:literal $summary:literal;)*) => {
        $(#[doc = $summary] pub const $constant: Code = Code::new($code, $name, $summary);)*
        /// Every code, in order.
        pub const ALL: &[Code] = &[$($constant),*];
    };
}

codes! {
    SYNTAX = "NL001" "syntax" "The text is not spelled as the grammar wants it.";
    UNKNOWN_NAME = "NL002" "unknown-name" "A policy, parameter, value or word that does not exist.";
    WRONG_TYPE = "NL003" "wrong-type" "A value of one kind stands where another is expected.";
    OUT_OF_RANGE = "NL004" "out-of-range" "A value lies outside the range of its parameter.";
    DUPLICATE = "NL005" "duplicate" "A name or an argument is given twice.";
    MISSING = "NL006" "missing" "A required argument, handler or setting is not there.";
    CYCLE = "NL007" "cycle" "Declarations or imports refer to themselves.";
    UNREACHABLE = "NL008" "unreachable" "Something stands to the right of a terminal and can never run.";
    HOST_EXPRESSION = "NL009" "host-expression" "A Rust expression stands where only text or a name can.";
    LIMIT = "NL010" "limit" "The text exceeds a limit of the language.";
    NOT_YET = "NL011" "not-yet" "A reserved construct that this version cannot run.";
    ENCODING = "NL012" "encoding" "The bytes are not text that a policy may hold.";
    HOST_LAYER = "NL013" "host-layer" "A host layer stands where none can be applied.";
    IMPORT = "NL014" "import" "An imported file cannot be read or lies outside the load.";
    PATHS = "NL015" "too-many-paths" "More than 64 paths lead through one policy of `policy!`.";
    RESERVED = "NL016" "reserved-word" "A reserved word is declared as a name.";
    MISPLACED = "NL017" "misplaced" "A label, attribute, doc comment or argument stands where it has no meaning.";
    HOST_NAME = "NL018" "unknown-host-name" "The host program does not provide what `@name` asks for.";
}
