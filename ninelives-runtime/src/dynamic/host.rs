//! The host program, as a text sees it.

use super::bind::{self, Bound};
use super::calls::{Calls, Hosted, Provided, Registered};
use super::classifier::Classifier;
use super::layers::Making;
use crate::classify::{Classify, Repeat};
use crate::control::Visit;
use crate::error::Fault;
use crate::world::Mode;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::plan::Plan;
use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

/// What the host program provides: one [`Calls`] for each kind of request.
///
/// # Clone
/// Clones provide the same things: one service behind a name, whichever book asks for it.
#[derive(Clone, Default)]
#[must_use = "a host does nothing until a `PolicyBook` is loaded with it"]
pub struct Host {
    calls: Vec<Arc<dyn AnyBlock>>,
}

impl Host {
    /// A host that provides nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a kind of call; one of the same types before is replaced.
    pub fn calls<Req, Res, Err, M, C>(mut self, calls: Calls<Req, Res, Err, M, C>) -> Self
    where
        Req: Send + 'static,
        Res: Send + 'static,
        Err: 'static,
        M: Mode<Err, Error: Send + 'static> + 'static,
        C: Classify<Res, <M::Error as Fault>::Service> + Repeat<Req> + Send + Sync + 'static,
    {
        let block = Block::<Hosted<Req, Res, Err, M>> {
            classifier: Classifier::new(calls.classifier),
            provided: calls.provided,
        };
        self.calls.retain(|known| (&**known as &dyn Any).type_id() != block.type_id());
        self.calls.push(Arc::new(block));
        self
    }

    /// Binds a plan for every kind of call.
    pub(super) fn bind(&self, plan: &Plan, layers: &mut Making<'_>) -> Vec<Box<dyn AnyBinding>> {
        if self.calls.is_empty() {
            // Nothing can run, and still a name that is missing is missing.
            return Self::new().calls(Calls::<(), (), ()>::new()).bind(plan, layers);
        }
        self.calls.iter().map(|block| block.bind(plan, layers)).collect()
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Host").finish_non_exhaustive()
    }
}

/// What is registered for one kind of call.
struct Block<K: Registered> {
    classifier: K::Classifier,
    provided: Provided<K>,
}

trait AnyBlock: Any + Send + Sync {
    fn bind(&self, plan: &Plan, layers: &mut Making<'_>) -> Box<dyn AnyBinding>;
}

impl<K: Registered> AnyBlock for Block<K> {
    fn bind(&self, plan: &Plan, layers: &mut Making<'_>) -> Box<dyn AnyBinding> {
        Box::new(Binding {
            classifier: self.classifier.clone(),
            policies: bind::bind(plan, &self.provided, layers),
        })
    }
}

/// The policies of one text for one kind of call.
pub(super) struct Binding<K: Registered> {
    pub(super) classifier: K::Classifier,
    /// By index of the plan.
    pub(super) policies: Vec<Bound<K>>,
}

/// A [`Binding`] of any kind of call.
pub(super) trait AnyBinding: Any + Send + Sync {
    /// What is wrong with a policy for this kind of call.
    fn findings(&self, policy: usize) -> &[Diagnostic];

    /// The calls' request, response, and error of the service.
    fn types(&self) -> [TypeId; 3];

    /// Hands out the layers of a policy. One that can be reached in two ways is handed out twice.
    fn layers(&self, policy: usize, visit: Visit<'_>);
}

impl<K: Registered> AnyBinding for Binding<K> {
    fn findings(&self, policy: usize) -> &[Diagnostic] {
        match self.policies.get(policy) {
            Some(Err(findings)) => findings,
            _ => &[],
        }
    }

    fn types(&self) -> [TypeId; 3] {
        types::<K>()
    }

    fn layers(&self, policy: usize, visit: Visit<'_>) {
        if let Some(Ok(part)) = self.policies.get(policy) {
            part.layers(visit);
        }
    }
}

/// The types by which a host tells kinds of calls; whether their errors are flat comes on top.
pub(super) fn types<K: Registered>() -> [TypeId; 3] {
    [TypeId::of::<K::Request>(), TypeId::of::<K::Response>(), TypeId::of::<K::Raw>()]
}
