//! Code for editors.

use crate::input::Input;
use proc_macro2::TokenStream;

pub(crate) fn of_expression(_: &Input) -> Option<TokenStream> {
    None
}

pub(crate) fn of_declarations(_: &Input) -> Option<TokenStream> {
    None
}
