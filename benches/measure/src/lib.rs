//! What a request costs, counted and timed: what the programs that compare have in common.
//!
//! ```text
//! Case ─> count    instructions, locked operations, clock reads, allocations, under callgrind
//!      ─> time     nanoseconds, percentiles, and what two threads do
//!      ─> Figures  of each case, by the measure
//! ```

mod case;
pub mod count;
mod figures;
mod known;
pub mod request;
pub mod texts;
mod time;
pub mod tower_stack;

pub use case::{Case, Handle, Requests};
pub use figures::{Figures, Measure, Measured, all, from_text, to_text};
