//! The catalogue as Rust items, for editors: what the probes name, with the catalogue's words as
//! documentation.

use ninelives_dsl::catalogue::{self, Default, Kind, ParameterEntry, PolicyEntry, ValueCall};
use ninelives_dsl::value::{Class, Jitter};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// One struct a policy, one field a parameter.
pub(crate) fn policies() -> TokenStream {
    let policies = catalogue::POLICIES.into_iter().map(policy);
    let pass = item("pass", "calls the service as it is: the identity of `+`", &[]);
    let fail = item("fail", "fails at once: the identity of `|` and `&`", &[]);
    quote!(#(#policies)* #pass #fail)
}

/// One struct for each value that has a name.
pub(crate) fn values() -> TokenStream {
    let jitters = [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Decorrelated];
    let jitters = jitters.map(|jitter| item(jitter.word(), "a jitter: how waits are spread", &[]));
    let classes = Class::FAILURES.map(|class| item(class.word(), "an outcome class", &[]));
    let any = item("any", "every outcome class but success", &[]);
    let off = item("off", "switches a parameter off", &[]);
    let calls = catalogue::VALUE_CALLS.iter().map(call);
    quote!(#(#calls)* #(#jitters)* #(#classes)* #any #off)
}

fn call(call: &ValueCall) -> TokenStream {
    let fields = call.parameters.iter().map(|parameter| {
        let doc = format!("{}\n\n{}", parameter.doc, parameter.kind.phrase());
        field(parameter.name, &doc)
    });
    item(call.name, call.summary, &fields.collect::<Vec<_>>())
}

fn policy(entry: &PolicyEntry) -> TokenStream {
    let fields: Vec<_> = entry.parameters.iter().map(parameter).collect();
    item(entry.name, entry.summary, &fields)
}

fn parameter(entry: &ParameterEntry) -> TokenStream {
    let kinds = Kind::phrases(entry.accepts);
    let default = match &entry.default {
        Default::Required => "must be given".to_owned(),
        Default::Is(value) => match value.to_string() {
            none if none.is_empty() => format!("when not given: {}", entry.unset),
            value => format!("`{value}` when not given"),
        },
    };
    let doc = format!("{}\n\n{kinds}; {default}", entry.doc);
    field(entry.name, &doc)
}

fn field(name: &str, doc: &str) -> TokenStream {
    let name = format_ident!("{name}");
    quote!(#[doc = #doc] pub #name: Argument,)
}

fn item(name: &str, doc: &str, fields: &[TokenStream]) -> TokenStream {
    let name = format_ident!("{name}");
    quote! {
        #[doc = #doc]
        #[allow(non_camel_case_types)]
        #[derive(Default)]
        pub struct #name { #(#fields)* }
    }
}
