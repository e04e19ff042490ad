//! Every limit of the language, with its reason. A text that exceeds one is refused with an error
//! that names it.

/// Bytes in one file: more is a mistake (a log, a binary), not a policy.
pub const FILE_BYTES: usize = 16 * 1024 * 1024;
/// Policies in one load.
pub const POLICIES: usize = 100_000;
/// Nodes of one policy after expansion: templates and references could grow without bound.
pub const NODES_PER_POLICY: usize = 4_096;
/// Expanded nodes of a load per started 64 KiB of text: keeps the work in proportion to the input. One in
/// six bytes: as many layers as text spells out where it is nothing but `retry+`. Denser text than that
/// (`pass&`, or pairs of alternatives) is refused as templates and references are that come to more.
pub const NODES_PER_TEXT: usize = 11_000;
/// What [`NODES_PER_TEXT`] is counted against.
pub const TEXT_UNIT: usize = 64 * 1024;
/// Parameters of a template: nobody remembers more, and they are looked up one by one.
pub const PARAMETERS: usize = 64;
/// Depth of brackets. Parser, resolver, emitter and drop all recurse: this keeps them within half of
/// the 2 MiB that Rust gives a thread, even unoptimised.
pub const NESTING: usize = 64;
/// Parts of a policy inside one another, through `+`, `|`, `&` and references: a request goes down
/// through all of them on the stack of one thread, where a part may take some KiB.
pub const DEPTH: usize = 128;
/// Services of the host that one policy may call, through references too: the bounds of each of its
/// parts have a figure for each of them.
pub const SERVICES: usize = 64;
/// Depth of `use`.
pub const USE_DEPTH: usize = 8;
/// Paths through one policy of `policy!`: types double at every `(A | B) + C`.
pub const MACRO_PATHS: usize = 64;
/// Errors reported of one load: enough to work on, bounded for a hostile text.
pub const ERRORS: usize = 100;
