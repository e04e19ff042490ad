//! The generated code, as it is.

use super::*;
use ninelives_dsl::load::{Front, load_bytes, load_expression};
use quote::quote;

fn emitted(tokens: TokenStream) -> (String, String) {
    let input = Input::new(tokens, Span::call_site());
    let load = load_expression("here", input.text(), Front::Macro);
    assert_eq!(load.diagnostics, []);
    let emitter = Emitter::new(&load.plan, Some(&input), Span::call_site());
    let policy = load.plan.policies.last().unwrap();
    let value = text(policy_value(&emitter, policy));
    (value, text(policy_type(&emitter, policy, false)))
}

/// Without white space, which depends on how the tokens were made.
fn text(tokens: TokenStream) -> String {
    tokens.to_string().replace(' ', "")
}

#[test]
fn a_policy_is_its_layers_joined_by_its_operators() {
    let (value, ty) =
        emitted(quote!(timeout(1s) + bulkhead({ n }, wait = 50ms) | to(@a) & fallback));
    let expected = quote! {
        ::ninelives::rt::Policy(::ninelives::rt::Or::new(
            ::ninelives::rt::Then::then(
                ::ninelives::rt::valid_at(
                    "here.timeout",
                    ::ninelives::rt::TimeoutConfig::new(::core::time::Duration::new(1u64, 0u32))
                        .path(::ninelives::rt::Path::Static(&"here.timeout")).build()
                ),
                ::ninelives::rt::valid_at(
                    "here.bulkhead",
                    ::ninelives::rt::BulkheadConfig::new({ n })
                        .queue(0u32)
                        .wait(::core::time::Duration::new(0u64, 50000000u32))
                        .path(::ninelives::rt::Path::Static(&"here.bulkhead")).build()
                )
            ),
            ::ninelives::rt::join(
                ::ninelives::rt::To::new(::core::clone::Clone::clone(&a)).with_path(::ninelives::rt::Path::Static(&"here.to")),
                <::ninelives::rt::Fallback as ::core::default::Default>::default().with_path(::ninelives::rt::Path::Static(&"here.fallback"))
            )
        ))
    };
    assert_eq!(value, text(expected));
    let expected = quote! {
        ::ninelives::rt::Policy<::ninelives::rt::Or<
            <::ninelives::rt::Timeout as ::ninelives::rt::Then<::ninelives::rt::Bulkhead>>::Out,
            ::ninelives::rt::Joined<::ninelives::rt::To<a>, ::ninelives::rt::Fallback>
        >>
    };
    assert_eq!(ty, text(expected));
}

#[test]
fn a_declared_policy_is_one_cell_and_a_handle_of_the_same_name() {
    let body = quote! {
        /// Docs.
        pub policy a = pass;
    };
    let input = Input::new(body, Span::call_site());
    let load = load_bytes("here", input.text().as_bytes(), None, Front::Macro);
    let emitter = Emitter::new(&load.plan, Some(&input), Span::call_site());
    let items = declarations(&emitter, Origin::Macro);
    let expected = quote! {
        #[doc = "Docs."]
        #[allow(dead_code, non_camel_case_types)]
        pub type a = ::ninelives::rt::Policy<::ninelives::rt::Static<::ninelives::rt::Call>>;
        #[doc = "Docs."]
        #[allow(non_upper_case_globals)]
        pub static a: a = {
            static __CELL: ::ninelives::rt::Cell<::ninelives::rt::Root<::ninelives::rt::Call>> =
                ::ninelives::rt::Cell::new(|| ::ninelives::rt::Root::new(::ninelives::rt::Path::Static(&"a"), ::ninelives::rt::Call));
            ::ninelives::rt::Policy(::ninelives::rt::Static::new(&__CELL))
        };
    };
    assert_eq!(text(items), text(expected));
}
