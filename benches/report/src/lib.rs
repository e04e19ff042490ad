//! How measured figures come onto a page of `docs/`: what the programs that measure have in common.

mod command;
mod others;
mod own;
mod page;
mod provenance;
mod table;

pub use command::output_of;
pub use others::Others;
pub use own::Own;
pub use page::{section_of, with_section};
pub use provenance::{provenance, versions};
pub use table::table;
