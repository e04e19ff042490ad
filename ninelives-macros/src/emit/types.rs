//! The type of a policy, composed as the runtime's operators compose it.

use super::{Emitter, type_name};
use ninelives_dsl::catalogue::LayerKind;
use ninelives_dsl::plan::{Layer, Node, NodeKind, Policy, Value};
use proc_macro2::TokenStream;
use quote::quote;

/// The type of the `Policy` itself. `declared` policies hold a handle to the one cell of the
/// process, anonymous ones their plan.
pub(crate) fn policy_type(emitter: &Emitter<'_>, policy: &Policy, declared: bool) -> TokenStream {
    let plan = emitter.plan_type(policy);
    let plan = if declared { quote!(::ninelives::rt::Static<#plan>) } else { plan };
    match emitter.body(policy).host {
        None => quote!(::ninelives::rt::Policy<#plan>),
        Some(host) => {
            let layer = emitter.host_name(host);
            quote!(::ninelives::rt::Policy<
                #plan,
                ::ninelives::rt::Plain,
                ::ninelives::rt::Lifted,
                #layer
            >)
        }
    }
}

impl Emitter<'_> {
    /// The type of a policy's plan, without its host layer.
    pub(super) fn plan_type(&self, policy: &Policy) -> TokenStream {
        self.sequence_type(&self.body(policy).parts)
    }

    fn node_type(&self, node: &Node) -> TokenStream {
        match &node.kind {
            NodeKind::Pass | NodeKind::HostLayer(_) => quote!(::ninelives::rt::Call),
            NodeKind::Fail => quote!(::ninelives::rt::Fail),
            NodeKind::Layer(layer) => self.layer_type(layer),
            NodeKind::Sequence(parts) => self.sequence_type(&parts.iter().collect::<Vec<_>>()),
            NodeKind::Fallback(arms) => {
                self.fold(arms, |left, right| quote!(::ninelives::rt::Or<#left, #right>))
            }
            NodeKind::ForkJoin(arms) => {
                self.fold(arms, |left, right| quote!(::ninelives::rt::Joined<#left, #right>))
            }
            NodeKind::Reference { policy } => self
                .referenced(*policy)
                .map_or_else(TokenStream::new, |policy| self.plan_type(policy)),
        }
    }

    fn sequence_type(&self, parts: &[&Node]) -> TokenStream {
        parts
            .iter()
            .map(|part| self.node_type(part))
            .reduce(|outer, inner| quote!(<#outer as ::ninelives::rt::Then<#inner>>::Out))
            .unwrap_or_else(|| quote!(::ninelives::rt::Call))
    }

    fn fold(
        &self,
        arms: &[Node],
        join: impl Fn(TokenStream, TokenStream) -> TokenStream,
    ) -> TokenStream {
        arms.iter().map(|arm| self.node_type(arm)).reduce(join).unwrap_or_default()
    }

    fn layer_type(&self, layer: &Layer) -> TokenStream {
        let name = type_name(layer.kind.entry());
        let host = match layer.kind {
            LayerKind::Fallback => self.host_type(layer.value("handler")),
            LayerKind::To => self.host_type(layer.value("service")),
            LayerKind::Timeout
            | LayerKind::Retry
            | LayerKind::CircuitBreaker
            | LayerKind::Bulkhead
            | LayerKind::Hedge => None,
        };
        match host {
            Some(host) => quote!(::ninelives::rt::#name<#host>),
            None => quote!(::ninelives::rt::#name),
        }
    }

    fn host_type(&self, value: &Value) -> Option<TokenStream> {
        match value {
            Value::Host(host) => Some(self.host_name(host)),
            _ => None,
        }
    }
}
