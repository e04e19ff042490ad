//! What makes a degraded answer.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::pin::Pin;

/// A degraded answer: there now, or later.
pub enum Answer<Response> {
    /// There now: nothing is allocated.
    Now(Response),
    /// Later: boxed, because the type of an async function cannot be named on stable Rust, and only
    /// when the handler runs.
    Later(Pin<Box<dyn Future<Output = Response> + Send>>),
}

impl<Response> Answer<Response> {
    /// An answer that takes its time.
    pub fn later(answer: impl Future<Output = Response> + Send + 'static) -> Self {
        Self::Later(Box::pin(answer))
    }
}

impl<Response> From<Response> for Answer<Response> {
    fn from(response: Response) -> Self {
        Self::Now(response)
    }
}

/// Makes a degraded answer. Any `Fn(Option<Request>, Option<Result<Response, Error>>)` that returns
/// a response (or an [`Answer`]) is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no fallback handler for requests of type `{Request}` answered with `{Response}`",
    label = "expected `Fn(Option<{Request}>, Option<Result<{Response}, _>>) -> {Response}`",
    note = "a bare `fallback` needs `ninelives::DegradedResponse` for `{Response}`, or name a handler: `fallback(@handler)`"
)]
pub trait Handler<Request, Response, Error> {
    /// Answers. `request` is `None` where it could not be copied, `cause` where nothing failed
    /// before.
    fn handle(
        &self,
        request: Option<Request>,
        cause: Option<Result<Response, Error>>,
    ) -> Answer<Response>;
}

impl<F, A, Request, Response, Error> Handler<Request, Response, Error> for F
where
    F: Fn(Option<Request>, Option<Result<Response, Error>>) -> A,
    A: Into<Answer<Response>>,
{
    fn handle(
        &self,
        request: Option<Request>,
        cause: Option<Result<Response, Error>>,
    ) -> Answer<Response> {
        self(request, cause).into()
    }
}

/// A response type with an answer of its own for bad times: what a bare `fallback` gives.
///
/// HTTP responses are `503 Service Unavailable` (feature `http`), the standard library's types
/// their default. It is not `Default`, because the default of an HTTP response is `200 OK`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no degraded answer of its own",
    label = "a bare `fallback` answers with `DegradedResponse::degraded()`",
    note = "implement `ninelives::DegradedResponse` for `{Self}`, or name a handler: `fallback(@handler)`"
)]
pub trait DegradedResponse {
    /// The answer.
    fn degraded() -> Self;
}

/// The handler of a bare `fallback`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultAnswer;

impl<Request, Response: DegradedResponse, Error> Handler<Request, Response, Error>
    for DefaultAnswer
{
    fn handle(&self, _: Option<Request>, _: Option<Result<Response, Error>>) -> Answer<Response> {
        Answer::Now(Response::degraded())
    }
}

macro_rules! degraded_is_default {
    ($([$($generics:ident),*] $type:ty;)*) => {
        $(impl<$($generics),*> DegradedResponse for $type {
            fn degraded() -> Self {
                Self::default()
            }
        })*
    };
}

degraded_is_default! {
    [] (); [] bool; [] char; [] String;
    [] u8; [] u16; [] u32; [] u64; [] u128; [] usize;
    [] i8; [] i16; [] i32; [] i64; [] i128; [] isize; [] f32; [] f64;
    [T] Option<T>; [T] Vec<T>; [K, V] HashMap<K, V>; [K, V] BTreeMap<K, V>;
}

impl DegradedResponse for &str {
    fn degraded() -> Self {
        ""
    }
}
