//! The register of findings: one row a code. A code is never reused. `NL0xx` are errors, `NL1xx`
//! warnings, whose names attributes may give whether this version looks for them or not. The page of a
//! warning is the header of its rule.

mod page;

pub use page::Page;

use std::fmt;

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It is not said.
    Allow,
    /// It is said.
    Warn,
    /// It is an error.
    Deny,
}

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

    /// What it is, why it is wrong, an example and what to use instead.
    pub fn page(&self) -> Page {
        let files = ERROR_PAGES.iter().chain(WARNING_PAGES);
        let file = all().zip(files).find(|(code, _)| *code == self).map_or("", |(_, file)| *file);
        Page::cut(file)
    }

    /// What becomes of it where nobody says otherwise. What is allowed is sound as often as not:
    /// `nl explain` notes it beside the policy.
    pub fn level(&self) -> Level {
        match *self {
            LIMIT_INSIDE_RETRY | NO_ATTEMPT_TIMEOUT | ATTEMPTS_DO_NOT_FIT => Level::Allow,
            code if WARNINGS.contains(&code) => Level::Warn,
            _ => Level::Deny,
        }
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
    (
        $(#[$doc:meta])* $all:ident, $pages:ident:
        $($constant:ident = $code:literal $name:literal in $file:literal: $summary:literal;)*
    ) => {
        $(#[doc = $summary] pub const $constant: Code = Code::new($code, $name, $summary);)*
        $(#[$doc])*
        pub const $all: &[Code] = &[$($constant),*];
        /// The files that hold their pages.
        const $pages: &[&str] = &[$(include_str!($file)),*];
    };
}

/// Every code, in order.
pub fn all() -> impl Iterator<Item = &'static Code> + Clone {
    ERRORS.iter().chain(WARNINGS)
}

/// The code that is spelled so, in any case, or has that name.
pub fn find(text: &str) -> Option<Code> {
    all().find(|code| code.code().eq_ignore_ascii_case(text) || code.name() == text).copied()
}

codes! {
    /// The errors, in order.
    ERRORS, ERROR_PAGES:
    SYNTAX = "NL001" "syntax" in "codes/syntax.md":
        "The text is not spelled as the grammar wants it.";
    UNKNOWN_NAME = "NL002" "unknown-name" in "codes/unknown_name.md":
        "A policy, parameter, value or word that does not exist.";
    WRONG_TYPE = "NL003" "wrong-type" in "codes/wrong_type.md":
        "A value of one kind stands where another is expected.";
    OUT_OF_RANGE = "NL004" "out-of-range" in "codes/out_of_range.md":
        "A value lies outside the range of its parameter.";
    DUPLICATE = "NL005" "duplicate" in "codes/duplicate.md":
        "A name or an argument is given twice.";
    MISSING = "NL006" "missing" in "codes/missing.md":
        "A required argument, handler or setting is not there.";
    CYCLE = "NL007" "cycle" in "codes/cycle.md":
        "Declarations or imports refer to themselves.";
    UNREACHABLE = "NL008" "unreachable" in "codes/unreachable.md":
        "Something stands to the right of a terminal and can never run.";
    HOST_EXPRESSION = "NL009" "host-expression" in "codes/host_expression.md":
        "A Rust expression stands where only text or a name can.";
    LIMIT = "NL010" "limit" in "codes/limit.md":
        "The text exceeds a limit of the language.";
    NOT_YET = "NL011" "not-yet" in "codes/not_yet.md":
        "A reserved construct that this version cannot run.";
    ENCODING = "NL012" "encoding" in "codes/encoding.md":
        "The bytes are not text that a policy may hold.";
    HOST_LAYER = "NL013" "host-layer" in "codes/host_layer.md":
        "A host layer stands where none can be applied.";
    IMPORT = "NL014" "import" in "codes/import.md":
        "An imported file cannot be read or lies outside the load.";
    PATHS = "NL015" "too-many-paths" in "codes/too_many_paths.md":
        "More than 64 paths lead through one policy of `policy!`.";
    RESERVED = "NL016" "reserved-word" in "codes/reserved_word.md":
        "A reserved word is declared as a name.";
    MISPLACED = "NL017" "misplaced" in "codes/misplaced.md":
        "A label, attribute, doc comment or argument stands where it has no meaning.";
    HOST_NAME = "NL018" "unknown-host-name" in "codes/unknown_host_name.md":
        "The host program does not provide what `@name` asks for.";
}

codes! {
    /// The warnings, in order.
    WARNINGS, WARNING_PAGES:
    ATTEMPT_AFTER_DEADLINE = "NL101" "attempt-after-deadline" in "lint/attempt_after_deadline.rs":
        "An attempt of a retry can never start before the enclosing deadline.";
    LOAD_AMPLIFICATION = "NL102" "load-amplification" in "lint/load_amplification.rs":
        "Nested repetition multiplies the calls on one target.";
    RETRIES_REJECTED = "NL103" "retries-rejected" in "lint/retries_rejected.rs":
        "A retry that acts on `rejected` around a breaker hammers an open circuit.";
    NO_JITTER = "NL104" "no-jitter" in "lint/no_jitter.rs":
        "A backoff without jitter makes clients retry in step.";
    DEAD_ARM = "NL105" "dead-arm" in "lint/dead_arm.rs":
        "An arm can never run, because nothing left of it can fail so.";
    DEADLINE_NOT_SHORTER = "NL106" "deadline-not-shorter" in "lint/deadline_not_shorter.rs":
        "An inner deadline is not shorter than one around it and can never fire.";
    QUEUE_WAIT_NOT_SHORTER = "NL107" "queue-wait-not-shorter" in "lint/queue_wait_not_shorter.rs":
        "A wait in a queue is not shorter than the deadline around it.";
    UNBOUNDED_LATENCY = "NL108" "unbounded-latency" in "lint/unbounded_latency.rs":
        "Nothing bounds how long the policy may take.";
    NO_EFFECT = "NL109" "no-effect" in "lint/no_effect.rs":
        "A policy does nothing as it is configured.";
    NEVER_ACTS = "NL110" "never-acts" in "lint/never_acts.rs":
        "A layer acts on classes of which its inside gives none.";
    UNUSED = "NL111" "unused" in "lint/unused.rs":
        "Nothing uses a `let`, a template, a parameter or an import.";
    LIMIT_INSIDE_RETRY = "NL112" "limit-inside-retry" in "lint/limit_inside_retry.rs":
        "A bulkhead or rate limit inside a retry is paid again by each attempt.";
    MIXED_OPERATORS = "NL113" "mixed-operators" in "lint/mixed_operators.rs":
        "`+` and `&` stand beside each other without parentheses; Rust's operators bind differently.";
    MIXED_TERMINALS = "NL114" "mixed-terminals" in "lint/mixed_terminals.rs":
        "Before `+`, some arms of `&` are terminal and others are not.";
    ENTERED_TWICE = "NL115" "entered-twice" in "lint/entered_twice.rs":
        "One path enters the same stateful policy twice.";
    NO_ATTEMPT_TIMEOUT = "NL116" "no-attempt-timeout" in "lint/no_attempt_timeout.rs":
        "No deadline bounds a single attempt of a retry.";
    RESERVE_WAITS_UNBOUNDED = "NL117" "reserve-waits-unbounded" in "lint/reserve_waits_unbounded.rs":
        "A degraded arm waits for another that may never end.";
    BREAKER_CANNOT_TRIP = "NL118" "breaker-cannot-trip" in "lint/breaker_cannot_trip.rs":
        "A circuit breaker can never open as it is configured.";
    HEDGE_NEVER_FIRES = "NL119" "hedge-never-fires" in "lint/hedge_never_fires.rs":
        "A hedge can never start its second attempt.";
    UNCAPPED_WAIT = "NL120" "uncapped-wait" in "lint/uncapped_wait.rs":
        "A wait is longer than anyone waits, and no deadline ends it.";
    REPEATED_WITHOUT_LABEL = "NL121" "repeated-without-label" in "lint/repeated_without_label.rs":
        "A repeated stateful layer has no label to keep its state by.";
    NESTED_RETRY = "NL122" "nested-retry" in "lint/nested_retry.rs":
        "A retry stands inside another.";
    IMPOSSIBLE_CLASS = "NL123" "impossible-class" in "lint/impossible_class.rs":
        "A class is named that can never occur there.";
    UNUSED_ALLOW = "NL124" "unused-allow" in "lint/unused_allow.rs":
        "An `allow` that silences nothing.";
    CACHE_INSIDE_RETRY = "NL125" "cache-inside-retry" in "codes/cache_inside_retry.md":
        "A cache inside a retry is asked again by each attempt.";
    RESERVE_INSIDE_DEADLINE = "NL126" "reserve-inside-deadline" in "lint/reserve_inside_deadline.rs":
        "A degraded arm inside a deadline may have no time left.";
    ATTEMPTS_DO_NOT_FIT = "NL127" "attempts-do-not-fit" in "lint/attempts_do_not_fit.rs":
        "Attempts that time out leave no time for the last ones.";
    BREAKER_MISSES_HANGS = "NL128" "breaker-misses-hangs" in "lint/breaker_misses_hangs.rs":
        "A deadline around a breaker drops the calls that hang, and it never counts them.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_code_and_no_name_is_given_twice() {
        let number = |(at, code): (usize, &Code)| (at, code.code().to_owned());
        for (first, codes) in [(1, ERRORS), (101, WARNINGS)] {
            for (at, code) in codes.iter().enumerate().map(number) {
                assert_eq!(code, format!("NL{:03}", first + at));
            }
        }
        let names: BTreeSet<&str> = all().map(Code::name).collect();
        assert_eq!(names.len(), all().count());
    }

    #[test]
    fn code_is_found_by_its_number_and_by_its_name() {
        assert_eq!(find("nl104"), Some(NO_JITTER));
        assert_eq!(find("no-jitter"), Some(NO_JITTER));
        assert_eq!(find("no-jitters"), None);
    }

    #[test]
    fn errors_are_denied_and_three_warnings_are_for_those_who_ask() {
        assert!(ERRORS.iter().all(|code| code.level() == Level::Deny));
        let allowed = WARNINGS.iter().filter(|code| code.level() == Level::Allow);
        assert_eq!(
            allowed.collect::<Vec<_>>(),
            [&LIMIT_INSIDE_RETRY, &NO_ATTEMPT_TIMEOUT, &ATTEMPTS_DO_NOT_FIT]
        );
    }
}
