//! From a macro call to what it expands to: which form it has, load, then emit, or say what is
//! wrong.

use crate::diagnostic::Report;
use crate::emit::{Emitter, Origin, declarations, policy_type, policy_value};
use crate::fallback::Failure;
use crate::input::Input;
use crate::probes;
use ninelives_dsl::ast::Declaration;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::load::{Front, Load, load_bytes, load_expression, load_path};
use ninelives_dsl::parse::parse_file;
use ninelives_dsl::plan::Policy;
use ninelives_dsl::source::{FileId, SourceFile};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use std::path::{Path, PathBuf};
use syn::LitStr;

/// The macro call, as far as the compiler tells.
pub(crate) struct Site {
    /// Its tokens, for what has no token of its own.
    pub(crate) call: Span,
    /// `file:line:column`: the name of a policy that has none.
    pub(crate) name: String,
    /// Where the calling file lies: paths in it start there.
    pub(crate) directory: PathBuf,
}

/// `policy!`
pub(crate) fn policy(tokens: TokenStream, site: &Site) -> TokenStream {
    if let Some(body) = in_angle_brackets(&tokens) {
        let input = Input::new(body, site.call);
        return ty(&input, site).unwrap_or_else(|failure| failure.ty());
    }
    if declares(&tokens) {
        let input = Input::new(tokens, site.call);
        return block(&input, site);
    }
    let input = Input::new(tokens, site.call);
    let probes = probes::of_expression(&input);
    let value = value(&input, site).unwrap_or_else(|failure| failure.value());
    match probes {
        None => value,
        Some(probes) => quote!({ #probes #value }),
    }
}

/// `policies!`
pub(crate) fn policies(tokens: TokenStream, site: &Site) -> TokenStream {
    file(tokens, site).unwrap_or_else(|failure| failure.items(&[]))
}

fn value(input: &Input, site: &Site) -> Result<TokenStream, Failure> {
    let load = load_expression(&site.name, input.text(), Front::Macro);
    let policy = anonymous(&load, input, site)?;
    let emitter = Emitter::new(&load.plan, Some(input), site.call);
    Ok(policy_value(&emitter, policy))
}

fn ty(input: &Input, site: &Site) -> Result<TokenStream, Failure> {
    let load = load_expression(&site.name, input.text(), Front::Macro);
    let policy = anonymous(&load, input, site)?;
    let emitter = Emitter::new(&load.plan, Some(input), site.call);
    check(&emitter.unnameable(policy), &load.files, Some(input), site)?;
    Ok(policy_type(&emitter, policy, false))
}

fn anonymous<'l>(load: &'l Load, input: &Input, site: &Site) -> Result<&'l Policy, Failure> {
    check(&load.diagnostics, &load.files, Some(input), site)?;
    let nothing = || Report::new(site.call, "expected a policy").into();
    load.plan.policies.last().ok_or_else(nothing)
}

fn block(input: &Input, site: &Site) -> TokenStream {
    let text = input.text();
    let load = load_bytes(
        &site.name,
        text.as_bytes(),
        Some(&site.directory),
        Front::Macro,
    );
    let probes = probes::of_declarations(input);
    let items = items(&load, Some(input), site).unwrap_or_else(|failure| {
        let first = load.files.first().map_or("", SourceFile::text);
        failure.items(&declared(first, Some(input), site))
    });
    // The first file is the macro's own text.
    let imports = recompile_with(load.files.iter().skip(1));
    quote!(#probes #imports #items)
}

fn file(tokens: TokenStream, site: &Site) -> Result<TokenStream, Failure> {
    let wrong = |_| {
        Report::new(
            site.call,
            "expected the path of a file: `policies!(\"api.nl\")`",
        )
    };
    let path: LitStr = syn::parse2(tokens).map_err(wrong)?;
    let call = Site {
        call: path.span(),
        name: site.name.clone(),
        directory: site.directory.clone(),
    };
    let path = site.directory.join(path.value());
    let load = load_path(&path, Front::File).map_err(|error| {
        Report::new(
            call.call,
            format!("`{}` cannot be read: {error}", path.display()),
        )
    })?;
    let items = items(&load, None, &call).unwrap_or_else(|failure| {
        let first = load.files.first().map_or("", SourceFile::text);
        failure.items(&declared(first, None, &call))
    });
    let files = recompile_with(&load.files);
    Ok(quote!(#files #items))
}

fn items(load: &Load, input: Option<&Input>, site: &Site) -> Result<TokenStream, Failure> {
    check(&load.diagnostics, &load.files, input, site)?;
    let emitter = Emitter::new(&load.plan, input, site.call);
    let policies = load.plan.policies.iter();
    let unnameable: Vec<_> = policies
        .flat_map(|policy| emitter.unnameable(policy))
        .collect();
    check(&unnameable, &load.files, input, site)?;
    let origin = input.map_or(Origin::File, |_| Origin::Macro);
    Ok(declarations(&emitter, origin))
}

/// Fails when there is an error among the findings.
fn check(
    findings: &[Diagnostic],
    files: &[SourceFile],
    input: Option<&Input>,
    site: &Site,
) -> Result<(), Failure> {
    let mut reports = Vec::new();
    let mut refused = None;
    for finding in findings.iter().filter(|finding| finding.is_error()) {
        match input.and_then(|input| input.refused(finding.span)) {
            Some(literal) => refused = Some(literal.clone()),
            None => reports.push(Report::of(finding, input, files, site.call)),
        }
    }
    if reports.is_empty() && refused.is_none() {
        return Ok(());
    }
    Err(Failure::new(reports, refused))
}

/// The policies that a text declares, those that failed to parse included.
fn declared(text: &str, input: Option<&Input>, site: &Site) -> Vec<Ident> {
    let (file, _) = parse_file(text, FileId(0));
    let mut names: Vec<Ident> = Vec::new();
    for declaration in &file.declarations {
        let name = match declaration {
            Declaration::Policy(policy) if policy.parameters.is_none() => &policy.name,
            Declaration::Broken { name: Some(name) } => name,
            _ => continue,
        };
        let span = input.map_or(site.call, |input| input.span(name.span));
        if !names.iter().any(|known| *known == name.text)
            && syn::parse_str::<Ident>(&name.text).is_ok()
        {
            names.push(Ident::new(&name.text, span));
        }
    }
    names
}

/// Makes the compiler read the files again when they change.
fn recompile_with<'f>(files: impl IntoIterator<Item = &'f SourceFile>) -> TokenStream {
    let files = files.into_iter().filter_map(|file| {
        let path = std::path::absolute(Path::new(file.name())).ok()?;
        path.to_str().map(str::to_owned)
    });
    files
        .map(|path| {
            quote!(
                const _: &[u8] = ::core::include_bytes!(#path);
            )
        })
        .collect()
}

/// The body of `policy!(<…>)`.
fn in_angle_brackets(tokens: &TokenStream) -> Option<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Punct(open), body @ .., TokenTree::Punct(close)]
            if open.as_char() == '<' && close.as_char() == '>' =>
        {
            Some(body.iter().cloned().collect())
        }
        _ => None,
    }
}

/// True for the block form: it begins with a declaration, or has a `;` (a declaration with a
/// mistake in its first word).
fn declares(tokens: &TokenStream) -> bool {
    let mut first = None;
    for token in tokens.clone() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ';' => return true,
            TokenTree::Ident(word) if first.is_none() => first = Some(word),
            _ => {}
        }
    }
    first.is_some_and(|first| {
        ["policy", "let", "use", "pub"]
            .iter()
            .any(|word| first == word)
    })
}
