//! One file a verb.

pub(crate) mod check;
pub(crate) mod explain;
