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
mod ops;
mod probes;
mod refused;

use expand::Site;
use proc_macro::TokenStream;
use std::path::{Path, PathBuf};

/// (Documented where it is re-exported: the package `ninelives`.)
/// `ninelives`.
#[proc_macro]
pub fn policy(tokens: TokenStream) -> TokenStream {
    expand::policy(tokens.into(), &site()).into()
}

/// Compiles the policies of a file: `policies!("api.nl")`.
#[proc_macro]
pub fn policies(tokens: TokenStream) -> TokenStream {
    expand::policies(tokens.into(), &site()).into()
}

/// Makes a function usable as `@name` where a type is needed: in `policy!(<…>)` and in declared
/// policies.
///
/// The function becomes a unit struct of its name. Two parameters make it a fallback handler, one
/// makes it a service:
///
/// ```text
/// #[ninelives::host]
/// fn cached(request: Option<Request>, cause: Option<Result<Response, Error>>) -> Response
///
/// #[ninelives::host]
/// async fn us_east(request: Request) -> Result<Response, Error>
/// ```
///
/// `Error` in a handler is the policy's: `PolicyError<E>` around a service that fails with `E`. An
/// `async` handler is boxed when it runs, and so is the future of an `async` service, because
/// neither has a name.
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
    let directory = call
        .local_file()
        .as_deref()
        .and_then(Path::parent)
        .map_or_else(manifest, Path::to_owned);
    Site {
        call: call.into(),
        name: format!("{}:{}:{}", call.file(), call.line(), call.column()),
        directory,
    }
}

/// Where paths start when the call stands in no file (an editor's guess, a generated source).
fn manifest() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(PathBuf::new, PathBuf::from)
}
