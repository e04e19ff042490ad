//! A text that was loaded, with the way back to its tokens: emits it, or says what is wrong with it.

use crate::diagnostic::Report;
use crate::emit::{Emitter, Origin, declarations, policy_type, policy_value};
use crate::fallback::Failure;
use crate::input::Input;
use ninelives_dsl::ast::Declaration;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::lint::{self, Settings};
use ninelives_dsl::load::Load;
use ninelives_dsl::parse::parse_file;
use ninelives_dsl::plan::Policy;
use ninelives_dsl::source::{FileId, SourceFile};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

pub(crate) struct Loaded<'i> {
    load: Load,
    /// What is worth a second look, or denied, where the text can be used.
    warnings: Vec<Diagnostic>,
    /// The macro's own text; `None` when all comes from files.
    input: Option<&'i Input>,
    /// Where to point when there is no token.
    call: Span,
}

impl<'i> Loaded<'i> {
    /// The body of a macro: the first file of the load is `input`.
    pub(crate) fn from_macro(load: Load, input: &'i Input, call: Span) -> Self {
        Self::new(load, Some(input), call)
    }

    pub(crate) fn from_files(load: Load, call: Span) -> Self {
        Self::new(load, None, call)
    }

    fn new(load: Load, input: Option<&'i Input>, call: Span) -> Self {
        let warnings = lint::warnings(&load, &Settings::default());
        Self { load, warnings, input, call }
    }

    /// The value of the one policy of an expression.
    pub(crate) fn value(&self) -> Result<TokenStream, Failure> {
        let policy = self.anonymous()?;
        let value = policy_value(&self.emitter(), policy);
        Ok(match self.warnings.as_slice() {
            [] => value,
            warnings => {
                let warnings = self.said(warnings);
                quote!({ #warnings #value })
            }
        })
    }

    /// The type of the one policy of an expression. Where a type stands nothing can warn: what makes
    /// the value does.
    pub(crate) fn ty(&self) -> Result<TokenStream, Failure> {
        let policy = self.anonymous()?;
        let emitter = self.emitter();
        self.check(&emitter.unnameable(policy))?;
        Ok(policy_type(&emitter, policy, false))
    }

    /// The items of all policies, or their stubs.
    pub(crate) fn items(&self) -> TokenStream {
        let items = self.declarations().unwrap_or_else(|failure| failure.items(&self.declared()));
        let imports = self.recompile_with_files();
        quote!(#imports #items)
    }

    fn declarations(&self) -> Result<TokenStream, Failure> {
        self.check_all()?;
        let emitter = self.emitter();
        let policies = self.load.plan.policies.iter();
        let unnameable: Vec<_> = policies.flat_map(|policy| emitter.unnameable(policy)).collect();
        self.check(&unnameable)?;
        let origin = self.input.map_or(Origin::File, |_| Origin::Macro);
        let (warnings, items) = (self.said(&self.warnings), declarations(&emitter, origin));
        Ok(quote!(#warnings #items))
    }

    fn anonymous(&self) -> Result<&Policy, Failure> {
        self.check_all()?;
        let nothing = || Report::new(self.call, "expected a policy").into();
        self.load.plan.policies.last().ok_or_else(nothing)
    }

    fn emitter(&self) -> Emitter<'_> {
        Emitter::new(&self.load.plan, self.input, self.call)
    }

    fn report(&self, finding: &Diagnostic) -> Report {
        Report::of(finding, self.input, &self.load.files, self.call)
    }

    fn said(&self, warnings: &[Diagnostic]) -> TokenStream {
        warnings.iter().map(|warning| self.report(warning).warning(warning.code)).collect()
    }

    /// Fails when the text cannot be used, or has what it denies.
    fn check_all(&self) -> Result<(), Failure> {
        self.check(&self.load.diagnostics)?;
        self.check(&self.warnings)
    }

    /// Fails when there is an error among the findings.
    fn check(&self, findings: &[Diagnostic]) -> Result<(), Failure> {
        let mut reports = Vec::new();
        let mut refused = None;
        for finding in findings.iter().filter(|finding| finding.is_error()) {
            match self.input.and_then(|input| input.refused(finding.span)) {
                Some(literal) => refused = Some(literal.clone()),
                None => reports.push(self.report(finding)),
            }
        }
        if reports.is_empty() && refused.is_none() {
            return Ok(());
        }
        Err(Failure::new(reports, refused))
    }

    /// The policies that the text declares, those that failed to parse included.
    fn declared(&self) -> Vec<Ident> {
        let text = self.load.files.first().map_or("", SourceFile::text);
        let (file, _) = parse_file(text, FileId(0));
        let mut names: Vec<Ident> = Vec::new();
        for declaration in &file.declarations {
            let name = match declaration {
                Declaration::Policy(policy) if policy.parameters.is_none() => &policy.name,
                Declaration::Broken { name: Some(name) } => name,
                _ => continue,
            };
            let known = names.iter().any(|known| *known == name.text);
            if let (false, Ok(mut ident)) = (known, syn::parse_str::<Ident>(&name.text)) {
                ident.set_span(self.input.map_or(self.call, |input| input.span(name.span)));
                names.push(ident);
            }
        }
        names
    }

    /// Makes the compiler read the files again when they change.
    fn recompile_with_files(&self) -> TokenStream {
        // The macro's own text is the first file.
        let own = usize::from(self.input.is_some());
        let paths = self.load.files.iter().skip(own).filter_map(|file| {
            let path = std::path::absolute(file.name()).ok()?;
            path.to_str().map(str::to_owned)
        });
        paths
            .map(|path| {
                quote! {
                    const _: &[u8] = ::core::include_bytes!(#path);
                }
            })
            .collect()
    }
}
