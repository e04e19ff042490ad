//! The border to tower: [`Guarded`] is the one `tower::Service` of a policy, [`Running`] its
//! future. Per request they carry one handle, one readied service, one timer and one context.

mod guarded;
mod handle;
mod running;

pub use guarded::Guarded;
pub use handle::{Declared, Handle, Plan, Reporting, Static};
pub use running::Running;
