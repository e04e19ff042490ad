//! `#[host]`: makes a function a type, so that `@name` can stand in types and statics.
//!
//! The type of a function has no name on stable Rust. A unit struct of the function's name has one,
//! and is at the same time the value that `@name` means.

use crate::diagnostic::Report;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{FnArg, GenericArgument, ItemFn, PathArguments, ReturnType, Type};

const HANDLER: &str = "a handler: `fn name(request: Option<Request>, \
                       cause: Option<Result<Response, Error>>) -> Response`";
const SERVICE: &str = "a service: `async fn name(request: Request) -> Result<Response, Error>`";

/// `#[host]`
pub(crate) fn host(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand(arguments, item.clone()).unwrap_or_else(|report| {
        let error = report.compile_error();
        quote!(#error #item)
    })
}

fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream, Report> {
    if let Some(argument) = arguments.into_iter().next() {
        return Err(Report::new(argument.span(), "`#[host]` takes no arguments"));
    }
    let function: ItemFn = syn::parse2(item)
        .map_err(|error| Report::new(error.span(), "`#[host]` stands before a function"))?;
    let mut parameters = Vec::new();
    for parameter in &function.sig.inputs {
        match parameter {
            FnArg::Typed(typed) => parameters.push(&*typed.ty),
            FnArg::Receiver(receiver) => return Err(unfit(receiver.span())),
        }
    }
    let inner = Inner::of(&function);
    match parameters.as_slice() {
        [request, cause] => handler(&inner, request, cause),
        [request] => service(&inner, request),
        _ => Err(unfit(function.sig.paren_token.span.join())),
    }
}

/// The function as it was written, to stand inside the method that calls it, and the struct.
struct Inner<'f> {
    function: &'f ItemFn,
    /// The struct, and what every item of the expansion begins with.
    structure: TokenStream,
    conditions: TokenStream,
    /// The function without what moved to the struct.
    body: TokenStream,
}

impl<'f> Inner<'f> {
    fn of(function: &'f ItemFn) -> Self {
        let select = |names: &'static [&'static str], wanted: bool| {
            function.attrs.iter().filter(move |attribute| {
                names.iter().any(|name| attribute.path().is_ident(name)) == wanted
            })
        };
        let outside = select(&["doc", "cfg", "deprecated"], true);
        let inside = select(&["doc", "cfg", "deprecated"], false);
        let conditions = select(&["cfg"], true);
        let (visibility, name) = (&function.vis, &function.sig.ident);
        let (signature, block) = (&function.sig, &function.block);
        Self {
            function,
            structure: quote! {
                #(#outside)*
                #[allow(non_camel_case_types)]
                #[derive(Clone, Copy, Debug, Default)]
                #visibility struct #name;
            },
            conditions: quote!(#(#conditions)*),
            body: quote!(#(#inside)* #signature #block),
        }
    }
}

/// A function of two parameters: a fallback handler.
fn handler(inner: &Inner<'_>, request: &Type, cause: &Type) -> Result<TokenStream, Report> {
    let request = option(request).ok_or_else(|| unfit(request.span()))?;
    let (response, error) = option(cause).and_then(result).ok_or_else(|| unfit(cause.span()))?;
    let Inner { function, structure, conditions, body } = inner;
    let name = &function.sig.ident;
    let (parameters, _, bounds) = function.sig.generics.split_for_impl();
    let (given, before) = (local("request"), local("cause"));
    let answer = if function.sig.asyncness.is_some() {
        quote!(::ninelives::rt::Answer::later(#name(#given, #before)))
    } else {
        quote!(::core::convert::Into::into(#name(#given, #before)))
    };
    Ok(quote! {
        #structure
        #conditions
        impl #parameters ::ninelives::rt::Handler<#request, #response, #error> for #name #bounds {
            fn handle(
                &self,
                #given: ::core::option::Option<#request>,
                #before: ::core::option::Option<::core::result::Result<#response, #error>>,
            ) -> ::ninelives::rt::Answer<#response> {
                #body
                #answer
            }
        }
    })
}

/// A function of one parameter: a service.
fn service(inner: &Inner<'_>, request: &Type) -> Result<TokenStream, Report> {
    let Inner { function, structure, conditions, body } = inner;
    let outcome = match &function.sig.output {
        ReturnType::Type(_, outcome) => outcome,
        ReturnType::Default => return Err(unfit(function.sig.span())),
    };
    let (response, error) = result(outcome).ok_or_else(|| unfit(outcome.span()))?;
    let name = &function.sig.ident;
    let (parameters, _, bounds) = function.sig.generics.split_for_impl();
    let given = local("request");
    let (future, call) = if function.sig.asyncness.is_some() {
        (
            quote!(::core::pin::Pin<::std::boxed::Box<
                dyn ::core::future::Future<Output = #outcome> + ::core::marker::Send
            >>),
            quote!(::std::boxed::Box::pin(#name(#given))),
        )
    } else {
        (quote!(::core::future::Ready<#outcome>), quote!(::core::future::ready(#name(#given))))
    };
    Ok(quote! {
        #structure
        #conditions
        impl #parameters ::ninelives::rt::Service<#request> for #name #bounds {
            type Response = #response;
            type Error = #error;
            type Future = #future;

            fn poll_ready(
                &mut self,
                _: &mut ::core::task::Context<'_>,
            ) -> ::core::task::Poll<::core::result::Result<(), #error>> {
                ::core::task::Poll::Ready(::core::result::Result::Ok(()))
            }

            fn call(&mut self, #given: #request) -> Self::Future {
                #body
                #call
            }
        }
    })
}

/// A variable of the expansion. A unit struct of its name would stand in its place, hygiene or not,
/// so it has one that no function has.
fn local(name: &str) -> Ident {
    format_ident!("__{name}", span = Span::mixed_site())
}

/// The `T` of `Option<T>`.
fn option(ty: &Type) -> Option<&Type> {
    match generic(ty, "Option")?.as_slice() {
        [value] => Some(value),
        _ => None,
    }
}

/// The types of `Result<Response, Error>`. An alias hides the error, which an implementation has to
/// name.
fn result(ty: &Type) -> Option<(&Type, &Type)> {
    match generic(ty, "Result")?.as_slice() {
        [response, error] => Some((response, error)),
        _ => None,
    }
}

fn generic<'t>(ty: &'t Type, name: &str) -> Option<Vec<&'t Type>> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last().filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let types = arguments.args.iter().map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

fn unfit(span: Span) -> Report {
    Report::new(
        span,
        format!(
            "`#[host]` stands before a handler or a service\n\nhelp: {HANDLER}\nhelp: {SERVICE}"
        ),
    )
}
