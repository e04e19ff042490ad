//! What a call with errors expands to: the errors, and a stub that fits everything, so that one
//! mistake is one message.
//!
//! The compiler takes the type of a `compile_error!` expression, and of an array whose length is
//! one, for wrong beyond repair: it says nothing about what is done with them.

use crate::diagnostic::Report;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote};

/// What went wrong: our messages, or a literal the compiler has refused already.
pub(crate) struct Failure {
    reports: Vec<Report>,
    refused: Option<Literal>,
}

impl Failure {
    /// Our messages. `refused` is said nothing about, because the compiler has.
    pub(crate) fn new(reports: Vec<Report>, refused: Option<Literal>) -> Self {
        Self { reports, refused }
    }

    /// Where a policy is expected. One error stands alone: it may turn out that something else was
    /// expected there (`policy! {}`), and by itself it fits everywhere.
    pub(crate) fn value(&self) -> TokenStream {
        match self.reports.as_slice() {
            [] => self.refused.to_token_stream(),
            [report] => report.compile_error(),
            [reports @ .., last] => {
                let reports = reports.iter().map(Report::compile_error);
                let last = last.compile_error();
                quote!({ #(#reports)* #last })
            }
        }
    }

    /// Where a type is expected.
    pub(crate) fn ty(&self) -> TokenStream {
        let value = self.value();
        quote!([(); #value])
    }

    /// Where items are expected: the names that the text declares, so that their uses say nothing.
    pub(crate) fn items(&self, names: &[Ident]) -> TokenStream {
        let Some((first, rest)) = names.split_first() else {
            return self.reports.iter().map(Report::compile_error).collect();
        };
        let broken = self.ty();
        let stubs = names.iter().map(|name| {
            quote! {
                #[allow(dead_code, non_upper_case_globals)]
                pub static #name: #name = ::core::panic!();
            }
        });
        quote! {
            #[allow(dead_code, non_camel_case_types)]
            pub type #first = #broken;
            #(
                #[allow(dead_code, non_camel_case_types)]
                pub type #rest = #first;
            )*
            #(#stubs)*
        }
    }
}

impl From<Report> for Failure {
    fn from(report: Report) -> Self {
        Self::new(vec![report], None)
    }
}
