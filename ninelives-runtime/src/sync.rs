//! What threads share memory by: the standard library's, or in our own tests that of a model checker,
//! which runs every interleaving (`--cfg ninelives_loom`) or random ones of whole stacks
//! (`--cfg ninelives_shuttle`). tokio reacts to a bare `loom`, so the names are ours.

#[cfg(all(test, ninelives_loom))]
pub(crate) use loom::sync::{Mutex, MutexGuard, atomic};
#[cfg(all(test, ninelives_shuttle))]
pub(crate) use shuttle::sync::{Mutex, MutexGuard, atomic};
#[cfg(not(all(test, any(ninelives_loom, ninelives_shuttle))))]
pub(crate) use std::sync::{Mutex, MutexGuard, atomic};
