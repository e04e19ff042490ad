//! The value of a policy: each layer built from its row of the catalogue, joined with the
//! functions behind the runtime's operators.

use super::literals::{literal, path};
use super::{Emitter, type_name};
use ninelives_dsl::catalogue::{Default, LayerKind};
use ninelives_dsl::plan::{Argument, Host, Layer, Node, NodeKind, Policy, Value};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// An anonymous policy: a new plan, with new state, at each evaluation.
pub(crate) fn policy_value(emitter: &Emitter<'_>, policy: &Policy) -> TokenStream {
    let plan = emitter.plan_value(policy);
    let policy_of = quote!(::ninelives::rt::Policy(#plan));
    match emitter.body(policy).host {
        None => policy_of,
        Some(host) => {
            let layer = emitter.host_value(host);
            quote!(#policy_of.over(#layer))
        }
    }
}

impl Emitter<'_> {
    /// A policy's plan, without its host layer.
    pub(super) fn plan_value(&self, policy: &Policy) -> TokenStream {
        self.sequence_value(&self.body(policy).parts)
    }

    fn node_value(&self, node: &Node) -> TokenStream {
        match &node.kind {
            NodeKind::Pass | NodeKind::HostLayer(_) => quote!(::ninelives::rt::Call),
            NodeKind::Fail => quote!(::ninelives::rt::Fail),
            NodeKind::Layer(layer) => self.layer_value(layer),
            NodeKind::Sequence(parts) => self.sequence_value(&parts.iter().collect::<Vec<_>>()),
            NodeKind::Fallback(arms) => {
                self.chain(arms, |left, right| quote!(::ninelives::rt::Or::new(#left, #right)))
            }
            NodeKind::ForkJoin(arms) => {
                self.chain(arms, |left, right| quote!(::ninelives::rt::join(#left, #right)))
            }
            NodeKind::Reference { policy } => {
                let Some(policy) = self.referenced(*policy) else {
                    return TokenStream::new();
                };
                let name = self.name(policy, node.span);
                quote!(::core::clone::Clone::clone(#name.plan()))
            }
        }
    }

    fn sequence_value(&self, parts: &[&Node]) -> TokenStream {
        parts
            .iter()
            .map(|part| self.node_value(part))
            .reduce(|outer, inner| quote!(::ninelives::rt::Then::then(#outer, #inner)))
            .unwrap_or_else(|| quote!(::ninelives::rt::Call))
    }

    fn chain(
        &self,
        arms: &[Node],
        join: impl Fn(TokenStream, TokenStream) -> TokenStream,
    ) -> TokenStream {
        arms.iter().map(|arm| self.node_value(arm)).reduce(join).unwrap_or_default()
    }

    fn layer_value(&self, layer: &Layer) -> TokenStream {
        let name = type_name(layer.kind.entry());
        let at = path(&layer.path);
        match layer.kind {
            LayerKind::Fallback => {
                let fallback = match self.value(layer.value("handler")) {
                    Some(handler) => quote!(::ninelives::rt::#name::new(#handler)),
                    None => quote!(<::ninelives::rt::#name as ::core::default::Default>::default()),
                };
                quote!(#fallback.with_path(#at))
            }
            LayerKind::To => {
                let service = match layer.value("service") {
                    // A name may be used again; a service can be cloned.
                    Value::Host(host @ Host::Name { .. }) => {
                        let service = self.host_value(host);
                        Some(quote!(::core::clone::Clone::clone(&#service)))
                    }
                    other => self.value(other),
                };
                quote!(::ninelives::rt::#name::new(#service).with_path(#at))
            }
            LayerKind::Timeout
            | LayerKind::Retry
            | LayerKind::CircuitBreaker
            | LayerKind::Bulkhead
            | LayerKind::Hedge => self.configured(layer),
        }
    }

    /// `XConfig::new(required, …).optional(…)….path(…).build()`: what was not written is passed
    /// as well, so that a policy means what it said when it was compiled.
    fn configured(&self, layer: &Layer) -> TokenStream {
        let config = format_ident!("{}Config", layer.kind.entry().type_name);
        let is_required =
            |argument: &&Argument| matches!(argument.parameter.default, Default::Required);
        let required = layer.arguments.iter().filter(is_required);
        let required = required.map(|argument| self.value(&argument.value));
        let setters = layer.arguments.iter().filter(|argument| !is_required(argument));
        let setters = setters.filter_map(|argument| {
            let name = format_ident!("{}", argument.parameter.name);
            let value = self.value(&argument.value)?;
            Some(quote!(.#name(#value)))
        });
        let (path, at) = (&layer.path, path(&layer.path));
        quote! {
            ::ninelives::rt::valid_at(
                #path,
                ::ninelives::rt::#config::new(#(#required),*) #(#setters)* .path(#at).build()
            )
        }
    }

    /// A parameter's value as Rust; `None` when it has none.
    fn value(&self, value: &Value) -> Option<TokenStream> {
        match value {
            Value::Host(host) => Some(self.host_value(host)),
            plain => literal(plain),
        }
    }

    pub(super) fn host_value(&self, host: &Host) -> TokenStream {
        match host {
            Host::Name { .. } => self.host_name(host),
            Host::Expression(span) => {
                let tokens = self.host_expression(*span);
                quote!({ #tokens })
            }
        }
    }
}
