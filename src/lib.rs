//! Nine Lives: one line says how a call survives.
//!
//! ```text
//! policy!(timeout(1s) + retry(3) | fallback)      a Policy: a tower::Layer, and a guard of closures
//! PolicyBook::from_file("policies.nl", host)      the same from text, reloaded while requests run
//!
//! request ─> Policy ─> your service ─> response, or PolicyError: its error, or one refusal of ours
//!               │
//!               ├─ Registry      every number, by its path, read and set while requests run
//!               └─ Telemetry     what layers did and what became of requests, as events
//! ```
//!
//! ```
//! use ninelives::policy;
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let policy = policy!(timeout(1s) + retry(3) | fallback);
//! let echo = service_fn(|text: String| async move { Ok::<_, std::io::Error>(text) });
//! assert_eq!(policy.layer(echo).oneshot("hello".to_owned()).await.unwrap(), "hello");
//! # }
//! ```
//!
//! | to | see |
//! |---|---|
//! | write policies in Rust | [`policy!`], [`policies!`], [`macro@host`] |
//! | load and reload them from text | [`PolicyBook`], [`Host`], [`Calls`] |
//! | say what a failure is | [`Classify`], [`Repeat`], [`Class`] |
//! | handle what comes out | [`PolicyError`], [`Rejected`], [`Reason`], [`Fault`] |
//! | compose layers in Rust | [`prelude`], and a module a layer: [`timeout`], [`retry`], [`circuit_breaker`], [`bulkhead`], [`hedge`], [`fallback`], [`to`]; `|` and `&` are in [`combine`] |
//! | read and set parameters | [`Registry`], [`adaptive`] |
//! | hear what happens | [`telemetry`] |
//! | test policies and layers | `testing` (a feature) |
//! | write a node | [`node`], [`scope`], [`world`] |
//!
//! This crate is the facade: re-exports only. Chapters on all of it, with what comes from where when one leaves
//! another library, are a book: `docs/` of the repository, which `cargo xtask book` builds into
//! `target/book/index.html`. Its first page is `docs/start.md`.

#[doc(hidden)]
pub mod rt;

/// Compiles a policy: its value, its type, or shared declarations.
///
/// What is wrong with the text is said at the exact token, with the code and the words that
/// `nl check` has for it.
///
/// # A value: `policy!(…)`
///
/// A [`Policy`](struct@Policy) with state of its own: a `tower::Layer` for any service, and a guard for any async
/// closure.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use ninelives::policy;
///
/// let policy = policy!(timeout(1s) + retry(3) | fallback & (timeout(1s) + hedge));
/// let answer = policy.run(|| async { Ok::<u8, String>(7) }).await;
/// assert_eq!(answer, Ok(7));
/// # }
/// ```
///
/// Each evaluation makes a policy anew, closed breakers and full budgets included. What must be
/// shared is declared (below), or made once and kept.
///
/// # A type: `policy!(<…>)`
///
/// In angle brackets it is the type of that value, for a field, a return type, an alias. Numbers
/// and other plain values are not part of a type.
///
/// ```
/// use ninelives::policy;
/// use tower::{Layer, Service};
///
/// struct Search<S> {
///     service: <policy!(<timeout(1s) + retry(3) | fallback & hedge>) as Layer<S>>::Service,
/// }
///
/// impl<S> Search<S> {
///     fn new(service: S) -> Self {
///         let policy = policy!(timeout(1s) + retry(3) | fallback & hedge);
///         Self { service: policy.layer(service) }
///     }
/// }
/// # let _ = Search::new(());
/// ```
///
/// With a classifier or with flat errors it is [`Classified`] or [`Flattened`]:
///
/// ```
/// # #[cfg(feature = "http")] {
/// use ninelives::{Classified, Http, policy};
///
/// struct Client {
///     policy: Classified<policy!(<timeout(1s) + retry(3)>), Http>,
/// }
///
/// let client = Client { policy: policy!(timeout(1s) + retry(3)).classify(Http) };
/// # let _ = client.policy;
/// # }
/// ```
///
/// # Declarations: `policy! { pub policy name = …; }`
///
/// Each declared policy is a static of its name, one for the process, and a type of the same name.
/// It is `Copy`: use it where it is needed. `let`, templates and `use "file.nl";` work as in a `.nl`
/// file, and one policy may refer to another, whose state it shares then.
///
/// Put the block into a module of its own. A static cannot be shadowed: beside a
/// `policy search = …;` the line `let search = …;` is an error (E0530).
///
/// `pub` is Rust's here: without it a policy is private to that module. (In a `.nl` file, where no
/// policy has `pub`, all of them are public.)
///
/// A declared policy composes with the Rust operators, too, and shares its state there:
/// `timeout(Duration::from_secs(1)) + policies::search`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// mod policies {
///     ninelives::policy! {
///         let patience = 250ms;
///
///         /// Guards the search.
///         pub policy search = circuit_breaker + timeout(patience) + retry(3);
///     }
/// }
///
/// struct Client {
///     guard: policies::search,
/// }
///
/// let client = Client { guard: policies::search };
/// assert_eq!(client.guard.run(|| async { Ok::<_, String>(1) }).await, Ok(1));
/// # }
/// ```
///
/// # What the host provides
///
/// In a value, `@name` is the Rust value of that name, and `{ … }` any Rust expression: a handler, a
/// service, a tower layer at the end, or a plain value such as `retry({ attempts })`. In a type and
/// in a declaration a handler, service or layer must be an `@name` that is a type, as
/// [`#[host]`](macro@host) makes of a function.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use ninelives::{PolicyError, host, policy};
///
/// /// The last good answer.
/// #[host]
/// fn cached(_: Option<()>, _: Option<Result<String, PolicyError<String>>>) -> String {
///     "from the cache".to_owned()
/// }
///
/// struct Client {
///     guard: policy!(<timeout(250ms) | fallback(@cached)>),
/// }
///
/// let client = Client { guard: policy!(timeout(250ms) | fallback(@cached)) };
/// let answer = client.guard.run(|| async { Err("down".to_owned()) }).await;
/// assert_eq!(answer.unwrap(), "from the cache");
/// # }
/// ```
///
/// # Warnings
///
/// What `nl check` warns of, the compiler warns of, at the token: as the use of something deprecated,
/// since a macro has no other way. `#[allow(no-jitter)]` inside the policy silences one finding, of
/// the part it stands before, and `#[deny(no-jitter)]` makes it an error; `#[allow(deprecated)]`
/// before the Rust item silences all. In the place of a type nothing can warn: the value does.
///
/// ```compile_fail
/// #![deny(deprecated)]
/// # fn main() {
/// // warning NL108 unbounded-latency: nothing ends a call that hangs in the hedge
/// let policy = ninelives::policy!(timeout(1s) + retry(3) | fallback & hedge);
/// # }
/// ```
///
/// # Panics
///
/// Where a `{ … }` gives a parameter a value out of its range. `policy!(…)` panics when it is
/// evaluated, a declared policy at each use of it:
///
/// ```should_panic
/// # use ninelives::policy;
/// let attempts = 0;
/// // `src/main.rs:4:14.retry` cannot be made: `retry(max_attempts)`: `0` must be between 1 and 100
/// let policy = policy!(retry({ attempts }));
/// ```
pub use ninelives_macros::policy;

/// Compiles the policies of a `.nl` file, as if they were declared in [`policy!`].
///
/// `policies!("api.nl")` looks beside the calling file, and compiles again when that file, or one
/// that it uses, changes. The file's entries are public: those with `pub`, or all where none has it.
///
/// ```text
/// mod policies {
///     ninelives::policies!("api.nl");
/// }
/// ```
pub use ninelives_macros::policies;

/// Makes a function usable as `@name` where a type is needed: in `policy!(<…>)` and in declared
/// policies. The type of a function has no name in Rust; a unit struct has one.
///
/// The function becomes a unit struct of its name, so beside it no variable can have that name
/// (E0530). Two parameters make it a fallback handler, one makes it a service:
///
/// ```
/// use ninelives::{PolicyError, host};
/// use std::io;
///
/// /// What is answered when nothing else answers, and what to make of it.
/// #[host]
/// fn cached(
///     request: Option<u32>,
///     cause: Option<Result<String, PolicyError<io::Error>>>,
/// ) -> String {
///     format!("cached {request:?}")
/// }
///
/// #[host]
/// async fn us_east(request: u32) -> Result<String, io::Error> {
///     Err(io::Error::other(format!("no answer to {request}")))
/// }
///
/// mod policies {
///     use super::{cached, us_east};
///
///     ninelives::policy! {
///         pub policy lookup = to(@us_east) | fallback(@cached);
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use tower::{Layer, ServiceExt};
///
/// let service = policies::lookup.layer(us_east);
/// assert_eq!(service.oneshot(7).await.unwrap(), "cached Some(7)");
/// # }
/// ```
///
/// The error that a handler sees is the policy's: `PolicyError<E>` around a service that fails with
/// `E`. A handler may have type parameters, and may be `async`: it is boxed then, when it runs. So
/// is the future of an `async` service, at each call.
pub use ninelives_macros::host;
#[cfg(feature = "http")]
pub use ninelives_runtime::classify::Http;
pub use ninelives_runtime::classify::{Class, ClassSet, Classify, Plain, Repeat};
pub use ninelives_runtime::config::{InvalidConfig, Off};
pub use ninelives_runtime::dsl::diff;
pub use ninelives_runtime::dsl::plan::Value;
pub use ninelives_runtime::dsl::value::{Backoff, Budget, Jitter, Number, Quantile, Rate, Ratio};
pub use ninelives_runtime::dynamic::{
    BoxedService, Calls, FailedReload, FetchError, Findings, Host, InvalidRevision, LoadError,
    PolicyBook, Registration, Reloaded, Revision, Status, TextGuarded, TextPolicy, TextRunning,
};
#[cfg(feature = "watch")]
pub use ninelives_runtime::dynamic::{FileWatch, WatchConfig};
pub use ninelives_runtime::edge::{Guarded, Running};
pub use ninelives_runtime::error::{Fault, PolicyError, Reason, Rejected};
pub use ninelives_runtime::fallback::{Answer, DegradedResponse, Handler};
pub use ninelives_runtime::policy::{Classified, Flattened, Policy, Reported};
pub use ninelives_runtime::registry::{Registry, RegistryError, Setting};
#[cfg(feature = "tracing")]
pub use ninelives_runtime::telemetry::LogSink;
pub use ninelives_runtime::telemetry::{
    EventKind, FallbackSink, MemorySink, MulticastSink, NullSink, PolicyEvent, Sink, StreamingSink,
    Telemetry, TelemetrySink,
};
#[cfg(feature = "testing")]
pub use ninelives_runtime::testing;
pub use ninelives_runtime::world::{Flat, Lifted};
// The layers by themselves, and what a node of one's own needs.
pub use ninelives_runtime::{
    adaptive, bulkhead, circuit_breaker, combine, control, fallback, hedge, node, registry, retry,
    scope, telemetry, timeout, to, world,
};

/// What a file that composes policies in Rust imports: the constructors and the traits behind
/// `policy.layer(service)`.
pub mod prelude {
    pub use crate::bulkhead::BulkheadLayer;
    pub use crate::circuit_breaker::CircuitBreakerLayer;
    pub use crate::fallback::FallbackLayer;
    pub use crate::hedge::HedgeLayer;
    pub use crate::retry::RetryLayer;
    pub use crate::telemetry::WithSink;
    pub use crate::timeout::TimeoutLayer;
    pub use crate::{
        Backoff, Class, Jitter, Policy, PolicyError, Quantile, Ratio, policies, policy,
    };
    pub use ninelives_runtime::policy::{
        bulkhead, circuit_breaker, fail, fallback, fallback_with, hedge, pass, retry, timeout, to,
    };
}

/// The blocks of Rust on the pages are tests: a type for each page that has some.
#[cfg(all(doctest, feature = "http", feature = "testing", feature = "watch"))]
mod pages {
    macro_rules! tested {
        ($($page:ident $path:literal)*) => {
            $(
                #[doc = include_str!(concat!("../docs/", $path))]
                struct $page;
            )*
        };
    }

    tested! {
        Readme "../README.md"
        Adaptive "adaptive.md"
        Algebra "algebra.md"
        Bulkhead "layers/bulkhead.md"
        CircuitBreaker "layers/circuit_breaker.md"
        Fallback "layers/fallback.md"
        FromTower "from/tower.md"
        Hedge "layers/hedge.md"
        Nodes "nodes.md"
        Operators "layers/operators.md"
        Reload "reload.md"
        Retry "layers/retry.md"
        Start "start.md"
        Telemetry "telemetry.md"
        Testing "testing.md"
        Timeout "layers/timeout.md"
        To "layers/to.md"
    }
}
