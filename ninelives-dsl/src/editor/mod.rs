//! What an editor asks of a text: what is declared and where it is mentioned, what stands at a place
//! and what may be written there. It answers for texts that are being written: nothing here needs a text
//! to parse, and nothing knows of the protocol through which it is asked.
//!
//! ```text
//! text ─> tokens ─> cursor: what may stand here ─┬─> roles: what each token is for
//!                                                ├─> standing: what does stand here
//! load ─> symbols: declarations and mentions ─┬──┴─> fitting: what can be written here
//!                                             └────> sound: what has bounds beside errors
//! ```

mod cursor;
mod fitting;
mod roles;
mod soundness;
mod standing;
mod symbols;
#[cfg(test)]
mod tests;
mod tokens;

pub use cursor::{Call, Cursor, Slot};
pub use fitting::{Candidate, CandidateKind, fitting};
pub use roles::{Role, roles};
pub use soundness::sound;
pub use standing::{Bound, Standing, standing};
pub use symbols::{Symbol, SymbolKind, Symbols};
pub use tokens::{Token, TokenKind, tokens};
