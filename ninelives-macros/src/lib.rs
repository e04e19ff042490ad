//! `policy!`, `policies!` and `#[host]`: the front of Nine Lives that compiles. Use them through the
//! package `ninelives`, which has what they expand to.
//!
//! ```text
//! tokens ─> text and the way back (input) ─> ninelives-dsl ─> plan ─> emit ─> tokens
//!                                                          └> findings ─> diagnostic, fallback
//! ```
//!
//! | stop | does |
//! |---|---|
//! | `input` | writes the tokens out as text, and keeps which token each byte came from |
//! | `ninelives-dsl` | the same load as a file gets: plan, bounds, findings |
//! | `emit` | one exhaustive match over the plan: an expression, a type, or statics |
//! | `diagnostic` | errors as `compile_error!` at the token, warnings as uses of something deprecated |
//! | `fallback` | what a text with errors expands to, so that one mistake gives one message |
//! | `probes` | names that hover and completion find, and rustc drops |
//! | `loaded` | `policies!("file.nl")`, which compiles again when the file changes |
//! | `host` | `#[host]`: a function as a type of its name |
//!
//! What is emitted are calls of the constructors that everybody else calls, so compiled policies and those from text
//! are made of the same layers.

mod diagnostic;
mod emit;
mod expand;
mod fallback;
mod host;
mod input;
mod loaded;
mod ops;
mod probes;
mod refused;

use expand::Site;
use proc_macro::TokenStream;
use std::path::{Path, PathBuf};

#[expect(missing_docs, reason = "documented where it is re-exported")]
#[proc_macro]
pub fn policy(tokens: TokenStream) -> TokenStream {
    expand::policy(tokens.into(), &site()).into()
}

#[expect(missing_docs, reason = "documented where it is re-exported")]
#[proc_macro]
pub fn policies(tokens: TokenStream) -> TokenStream {
    expand::policies(tokens.into(), &site()).into()
}

#[expect(missing_docs, reason = "documented where it is re-exported")]
#[proc_macro_attribute]
pub fn host(arguments: TokenStream, item: TokenStream) -> TokenStream {
    host::host(arguments.into(), item.into()).into()
}

/// The policies of the catalogue as items that editors can show; for the package `ninelives` alone.
#[doc(hidden)]
#[proc_macro]
pub fn catalogue_policies(_: TokenStream) -> TokenStream {
    ops::policies().into()
}

/// The values of the language as items that editors can show; for the package `ninelives` alone.
#[doc(hidden)]
#[proc_macro]
pub fn catalogue_values(_: TokenStream) -> TokenStream {
    ops::values().into()
}

fn site() -> Site {
    let call = proc_macro::Span::call_site();
    let directory =
        call.local_file().as_deref().and_then(Path::parent).map_or_else(sources, Path::to_owned);
    Site {
        call: call.into(),
        name: format!("{}:{}:{}", call.file(), call.line(), call.column()),
        directory,
    }
}

/// Where paths start when it is not known where the call stands: some language servers do not tell.
fn sources() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(PathBuf::new, PathBuf::from).join("src")
}
