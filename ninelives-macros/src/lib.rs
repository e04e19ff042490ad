//! `policy!`, `policies!` and `#[host]`: the front of Nine Lives that compiles. Use them through the
//! package `ninelives`, which has what they expand to.
//!
//! ```text
//! tokens ─> text and the way back (input) ─> ninelives-dsl ─> plan ─> emit ─> tokens
//!                                                          └> findings ─> diagnostic, fallback
//! ```

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
