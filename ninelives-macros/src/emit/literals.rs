//! The values of the language as Rust.

use ninelives_dsl::plan::Value;
use ninelives_dsl::value::{Backoff, Budget, Jitter, Number, Rate, Ratio};
use proc_macro2::TokenStream;
use quote::quote;
use std::time::Duration;

/// A value that needs nothing of the host; `None` when there is none.
pub(super) fn literal(value: &Value) -> Option<TokenStream> {
    Some(match value {
        Value::Duration(value) => duration(*value),
        Value::Count(count) => {
            // The ranges of the catalogue end far below.
            let count = u32::try_from(*count).unwrap_or(u32::MAX);
            quote!(#count)
        }
        Value::Number(value) => number(*value),
        Value::Ratio(value) => ratio(*value),
        Value::Rate(value) => rate(*value),
        Value::Size(bytes) => quote!(#bytes),
        Value::Range(from, to) => {
            let (from, to) = (duration(*from), duration(*to));
            quote!((#from..=#to))
        }
        Value::Quantile(value) => {
            let thousandths = value.thousandths();
            quote!(::core::option::Option::unwrap(
                ::ninelives::rt::Quantile::from_thousandths(#thousandths)
            ))
        }
        Value::Bool(value) => quote!(#value),
        Value::Classes(classes) => {
            let bits = classes.bits();
            quote!(::ninelives::rt::ClassSet::from_bits(#bits))
        }
        Value::Backoff(value) => backoff(*value),
        Value::Jitter(value) => jitter(*value),
        Value::Budget(value) => budget(*value),
        Value::Text(text) => quote!(#text),
        Value::Off => quote!(::ninelives::rt::Off),
        Value::Unset | Value::Host(_) => return None,
    })
}

/// A layer's path, which no request counts.
pub(super) fn path(path: &str) -> TokenStream {
    quote!(::ninelives::rt::Path::Static(&#path))
}

fn duration(value: Duration) -> TokenStream {
    let (seconds, nanoseconds) = (value.as_secs(), value.subsec_nanos());
    quote!(::core::time::Duration::new(#seconds, #nanoseconds))
}

fn number(value: Number) -> TokenStream {
    let millionths = value.millionths();
    quote!(::ninelives::rt::Number::from_millionths(#millionths))
}

fn ratio(value: Ratio) -> TokenStream {
    let millionths = value.millionths();
    quote!(::ninelives::rt::Ratio::from_millionths(#millionths))
}

fn rate(value: Rate) -> TokenStream {
    let (count, period) = (value.count(), duration(value.period()));
    quote!(::ninelives::rt::Rate::new(#count, #period))
}

fn backoff(value: Backoff) -> TokenStream {
    match value {
        Backoff::Fixed { delay } => {
            let delay = duration(delay);
            quote!(::ninelives::rt::Backoff::Fixed { delay: #delay })
        }
        Backoff::Linear { delay, max } => {
            let (delay, max) = (duration(delay), duration(max));
            quote!(::ninelives::rt::Backoff::Linear { delay: #delay, max: #max })
        }
        Backoff::Exponential { delay, factor, max } => {
            let (delay, factor, max) = (duration(delay), number(factor), duration(max));
            quote!(::ninelives::rt::Backoff::Exponential {
                delay: #delay,
                factor: #factor,
                max: #max,
            })
        }
    }
}

fn jitter(value: Jitter) -> TokenStream {
    match value {
        Jitter::None => quote!(::ninelives::rt::Jitter::None),
        Jitter::Full => quote!(::ninelives::rt::Jitter::Full),
        Jitter::Equal => quote!(::ninelives::rt::Jitter::Equal),
        Jitter::Decorrelated => quote!(::ninelives::rt::Jitter::Decorrelated),
    }
}

fn budget(value: Budget) -> TokenStream {
    let (ratio, min, window) = (ratio(value.ratio), rate(value.min), duration(value.window));
    quote!(::ninelives::rt::Budget { ratio: #ratio, min: #min, window: #window })
}
