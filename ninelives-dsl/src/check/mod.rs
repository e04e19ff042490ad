//! Stop 6 of 9: findings over the plan, one rule a file, never stopping at the first. Each rule sees
//! the expanded tree of every policy that could be resolved.

mod depth;
mod host_layer;
mod paths;
mod queue_wait;
mod services;

use crate::findings::Findings;
use crate::load::Front;
use crate::resolve::Resolved;

/// The errors that only the expanded tree shows.
pub(crate) fn errors(resolved: &Resolved, front: Front, findings: &mut Findings) {
    let plan = &resolved.plan;
    depth::check(plan, findings);
    host_layer::check(plan, findings);
    services::check(plan, findings);
    queue_wait::check(plan, &resolved.roots, findings);
    if front != Front::Text {
        paths::check(plan, findings);
    }
}
