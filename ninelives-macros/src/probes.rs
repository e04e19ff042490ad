//! What makes editors understand the inside of a macro: hover, completion, go to definition.
//!
//! A language server maps the cursor to the token of the expansion that has its span, and looks at
//! what stands there. So each word of the text appears once more, with its own span, in a place
//! where it means what it means in the language: a policy as a struct, its parameters as fields. The
//! compiler never sees it: it stands under `cfg(rust_analyzer)`.
//!
//! The tree of the parser is enough, and there is one for a text that is still being written.

use crate::input::Input;
use ninelives_dsl::ast::{
    Argument, Arguments, Declaration, Expression, ExpressionKind, Name, Parameter,
};
use ninelives_dsl::catalogue;
use ninelives_dsl::parse::{parse_expression, parse_file};
use ninelives_dsl::source::FileId;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The probes of `policy!(…)`: a statement.
pub(crate) fn of_expression(input: &Input) -> Option<TokenStream> {
    if !cfg!(feature = "ide") {
        return None;
    }
    let (expression, _) = parse_expression(input.text(), FileId(0));
    let mut probes = Probes::new(input, &[]);
    probes.policy(&expression, &[]);
    let body = probes.written;
    (!body.is_empty()).then(|| {
        quote! {
            #[allow(unexpected_cfgs)]
            {
                #[cfg(rust_analyzer)]
                let _ = || {
                    use ::ninelives::rt::ops::{policies, values};
                    #(#body)*
                };
            }
        }
    })
}

/// The probes of `policy! { … }`: an item.
pub(crate) fn of_declarations(input: &Input) -> Option<TokenStream> {
    if !cfg!(feature = "ide") {
        return None;
    }
    let (file, _) = parse_file(input.text(), FileId(0));
    let mut probes = Probes::new(input, &file.declarations);
    for declaration in &file.declarations {
        match declaration {
            Declaration::Policy(policy) => {
                let parameters = policy.parameters.as_deref().unwrap_or_default();
                for default in parameters.iter().filter_map(|each| each.default.as_ref()) {
                    probes.value(default, parameters);
                }
                probes.policy(&policy.body, parameters);
            }
            Declaration::Let(binding) => probes.value(&binding.value, &[]),
            Declaration::Use(_) | Declaration::Broken { .. } => {}
        }
    }
    let (policies, values) = probes.declared();
    let body = probes.written;
    let nothing = policies.is_empty() && values.is_empty() && body.is_empty();
    (!nothing).then(|| {
        quote! {
            #[allow(unexpected_cfgs)]
            const _: () = {
                #[cfg(rust_analyzer)]
                let _ = || {
                    #[allow(non_camel_case_types)]
                    mod policies {
                        pub use ::ninelives::rt::ops::policies::*;
                        #policies
                    }
                    #[allow(non_camel_case_types)]
                    mod values {
                        pub use ::ninelives::rt::ops::values::*;
                        #values
                    }
                    #(#body)*
                };
            };
        }
    })
}

struct Probes<'a> {
    input: &'a Input,
    declarations: &'a [Declaration],
    written: Vec<TokenStream>,
}

impl<'a> Probes<'a> {
    fn new(input: &'a Input, declarations: &'a [Declaration]) -> Self {
        Self { input, declarations, written: Vec::new() }
    }

    /// An expression where a policy is expected. `parameters` are those of the template around it.
    fn policy(&mut self, expression: &Expression, parameters: &[Parameter]) {
        match &expression.kind {
            ExpressionKind::Sequence(parts)
            | ExpressionKind::Fallback(parts)
            | ExpressionKind::ForkJoin(parts) => {
                for part in parts {
                    self.policy(part, parameters);
                }
            }
            ExpressionKind::Group(inner) | ExpressionKind::Weighted { policy: inner, .. } => {
                self.policy(inner, parameters);
            }
            ExpressionKind::Call { name, arguments } => {
                self.call(&quote!(policies), name, arguments.as_ref(), parameters);
            }
            ExpressionKind::Host(name) => self.host(name),
            ExpressionKind::HostExpression
            | ExpressionKind::Literal(_)
            | ExpressionKind::Shadow { .. }
            | ExpressionKind::Poison => {}
        }
    }

    /// An expression where a value is expected; it may still be a policy, given to a template.
    fn value(&mut self, expression: &Expression, parameters: &[Parameter]) {
        match &expression.kind {
            ExpressionKind::Call { name, .. } if self.is_policy(name) => {
                self.policy(expression, parameters);
            }
            ExpressionKind::Call { name, arguments } => {
                self.call(&quote!(values), name, arguments.as_ref(), parameters);
            }
            ExpressionKind::Fallback(parts) => {
                for part in parts {
                    self.value(part, parameters);
                }
            }
            ExpressionKind::Group(inner) => self.value(inner, parameters),
            ExpressionKind::Shadow { value, shadow } => {
                self.value(value, parameters);
                self.value(shadow, parameters);
            }
            _ => self.policy(expression, parameters),
        }
    }

    fn call(
        &mut self,
        module: &TokenStream,
        name: &Name,
        arguments: Option<&Arguments>,
        parameters: &[Parameter],
    ) {
        let Some(word) = self.ident(name) else {
            return;
        };
        if let Some(parameter) = parameters.iter().find(|each| each.name.text == name.text) {
            let declared = self.ident(&parameter.name);
            self.written.push(quote!({ let #declared = (); let _ = #word; }));
            return;
        }
        let items = arguments.map_or(&[][..], |arguments| &arguments.items);
        let mut fields = Vec::new();
        for argument in items {
            fields.extend(self.argument(argument, parameters));
        }
        self.written.push(quote! {
            let _ = #module::#word {
                #(#fields: ::core::default::Default::default(),)*
                ..::core::default::Default::default()
            };
        });
    }

    /// The field that an argument names. A bare word that is no value may be the beginning of one.
    fn argument(&mut self, argument: &Argument, parameters: &[Parameter]) -> Option<Ident> {
        if let Some(name) = &argument.name {
            self.value(&argument.value, parameters);
            return self.ident(name);
        }
        match &argument.value.kind {
            ExpressionKind::Call { name, arguments: None } if !self.is_known(name, parameters) => {
                self.ident(name)
            }
            _ => {
                self.value(&argument.value, parameters);
                None
            }
        }
    }

    /// `@name`: the Rust name itself.
    fn host(&mut self, name: &Name) {
        if let Some(name) = self.ident(name) {
            self.written.push(quote!(let _ = #name;));
        }
    }

    fn is_policy(&self, name: &Name) -> bool {
        catalogue::policy(&name.text).is_some()
            || self.declarations.iter().any(|declaration| {
                matches!(declaration, Declaration::Policy(policy) if policy.name.text == name.text)
            })
    }

    fn is_known(&self, name: &Name, parameters: &[Parameter]) -> bool {
        self.is_policy(name)
            || catalogue::WORDS.contains(&name.text.as_str())
            || parameters.iter().any(|each| each.name.text == name.text)
            || self.declarations.iter().any(|declaration| {
                matches!(declaration, Declaration::Let(binding) if binding.name.text == name.text)
            })
    }

    /// The declared names, where the probes look for them: policies and templates, and values.
    fn declared(&self) -> (TokenStream, TokenStream) {
        let (mut policies, mut values) = (TokenStream::new(), TokenStream::new());
        for declaration in self.declarations {
            match declaration {
                Declaration::Policy(policy) => {
                    let parameters = policy.parameters.iter().flatten();
                    let fields = parameters.filter_map(|parameter| self.ident(&parameter.name));
                    policies.extend(self.item(&policy.name, &policy.docs, fields));
                }
                Declaration::Let(binding) => {
                    values.extend(self.item(&binding.name, &binding.docs, []));
                }
                Declaration::Use(_) | Declaration::Broken { .. } => {}
            }
        }
        (policies, values)
    }

    fn item(
        &self,
        name: &Name,
        docs: &[String],
        fields: impl IntoIterator<Item = Ident>,
    ) -> Option<TokenStream> {
        let name = self.ident(name)?;
        let fields = fields.into_iter();
        Some(quote! {
            #(#[doc = #docs])*
            #[derive(Default)]
            pub struct #name { #(pub #fields: (),)* }
        })
    }

    fn ident(&self, name: &Name) -> Option<Ident> {
        let mut ident = syn::parse_str::<Ident>(&name.text).ok()?;
        ident.set_span(self.input.tokens(name.span).1);
        Some(ident)
    }
}
