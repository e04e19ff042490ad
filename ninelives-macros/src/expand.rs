//! From a macro call to what it expands to: which form it has, and what is loaded for it.

use crate::diagnostic::Report;
use crate::fallback::Failure;
use crate::input::Input;
use crate::loaded::Loaded;
use crate::probes;
use ninelives_dsl::load::{Front, load_bytes, load_expression, load_path};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use std::path::PathBuf;
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
        let ty = expression(&input, site).ty();
        return ty.unwrap_or_else(|failure| failure.ty());
    }
    let block = declares(&tokens);
    let input = Input::new(tokens, site.call);
    if block {
        return declarations(&input, site);
    }
    let value = expression(&input, site).value();
    let value = value.unwrap_or_else(|failure| failure.value());
    match probes::of_expression(&input) {
        None => value,
        Some(probes) => quote!({ #probes #value }),
    }
}

/// `policies!`
pub(crate) fn policies(tokens: TokenStream, site: &Site) -> TokenStream {
    file(tokens, site).unwrap_or_else(|failure| failure.items(&[]))
}

fn expression<'i>(input: &'i Input, site: &Site) -> Loaded<'i> {
    let load = load_expression(&site.name, input.text(), Front::Macro);
    Loaded::from_macro(load, input, site.call)
}

fn declarations(input: &Input, site: &Site) -> TokenStream {
    let text = input.text().as_bytes();
    let load = load_bytes(&site.name, text, Some(&site.directory), Front::Macro);
    let items = Loaded::from_macro(load, input, site.call).items();
    // First: a language server takes the first token that has the span of the word at the cursor,
    // and an error has it as well.
    let probes = probes::of_declarations(input);
    quote!(#probes #items)
}

fn file(tokens: TokenStream, site: &Site) -> Result<TokenStream, Failure> {
    const USE: &str = "expected the path of a file: `policies!(\"api.nl\")`";
    let path: LitStr = syn::parse2(tokens).map_err(|_| Report::new(site.call, USE))?;
    let call = path.span();
    let path = site.directory.join(path.value());
    let load = load_path(&path, Front::File).map_err(|error| {
        let message = format!("`{}` cannot be read: {error}", path.display());
        Report::new(call, message)
    })?;
    Ok(Loaded::from_files(load, call).items())
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
    first.is_some_and(|first| ["policy", "let", "use", "pub"].iter().any(|word| first == word))
}
