//! Declared policies: one cell of the process each, a `Copy` handle to it, and the handle's type
//! under the same name.

use super::literals::path;
use super::{Emitter, policy_type};
use ninelives_dsl::plan::Policy;
use proc_macro2::TokenStream;
use quote::quote;

/// Where the declarations stand.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Origin {
    /// In the macro: `pub` is the item's, and one that nothing uses is warned of.
    Macro,
    /// In a file, which other programs may share: its entries are public.
    File,
}

/// The items of every policy of the plan.
pub(crate) fn declarations(emitter: &Emitter<'_>, origin: Origin) -> TokenStream {
    let policies = emitter.plan.policies.iter();
    policies.map(|policy| declaration(emitter, policy, origin)).collect()
}

fn declaration(emitter: &Emitter<'_>, policy: &Policy, origin: Origin) -> TokenStream {
    let name = emitter.name(policy, policy.span);
    let path = path(&policy.name);
    let docs = &policy.docs;
    let summary =
        docs.is_empty().then(|| format!("The type of the policy [`{name}`](static@{name})."));
    let summary = summary.iter();
    let plan = emitter.plan_type(policy);
    let ty = policy_type(emitter, policy, true);
    let value = emitter.plan_value(policy);
    let handle = quote!(::ninelives::rt::Static::new(&__CELL));
    let handle = match emitter.body(policy).host {
        None => quote!(::ninelives::rt::Policy(#handle)),
        Some(host) => {
            let layer = emitter.host_value(host);
            quote!(::ninelives::rt::Policy::around(#handle, #layer))
        }
    };
    let in_macro = origin == Origin::Macro && policy.span.file.0 == 0;
    let visibility = (policy.public || (!in_macro && policy.entry)).then(|| quote!(pub));
    let unused = (!in_macro).then(|| quote!(dead_code,));
    quote! {
        #(#[doc = #docs])*
        #(#[doc = #summary])*
        #[allow(dead_code, non_camel_case_types)]
        #visibility type #name = #ty;
        #(#[doc = #docs])*
        #[allow(#unused non_upper_case_globals)]
        #visibility static #name: #name = {
            static __CELL: ::ninelives::rt::Cell<::ninelives::rt::Root<#plan>> =
                ::ninelives::rt::Cell::new(|| ::ninelives::rt::Root::new(#path, #value));
            #handle
        };
    }
}
