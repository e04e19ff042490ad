//! One file a verb.

pub(crate) mod check;
pub(crate) mod diff;
pub(crate) mod explain;
