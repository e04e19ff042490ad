//! Policies from text: the same nodes as `policy!` makes, put together at run time, and exchanged
//! while requests run.
//!
//! ```text
//! text ─> plan ─> bind ─> parts ─> build ─> one erased node ─> TextGuarded
//!                  ▲ layers by path, names      ▲ the service
//!                  Host                         layer(service)
//! ```
//!
//! The host program describes the calls it makes: for each kind its classifier, and what the text
//! may name with an `@`. A [`PolicyBook`] loads a text against that description, and gives a policy
//! for a kind of call as a `tower::Layer`. Everything that can be wrong is found when a text is
//! loaded or a policy is fetched; putting a policy around a service cannot fail.
//!
//! # Sharing
//! A layer of the text has one state (one breaker, one bulkhead), whichever service, clone, request
//! type or arm it is reached through.
//!
//! # Reload
//! [`PolicyBook::reload`] reads, checks and binds another text off to the side and swaps it in with
//! one store. A text with an error, or without a policy that is in use (one that a [`TextPolicy`] or
//! a service under it is still there for), is refused whole and changes nothing. One that says the
//! same as the text in force, layout apart, changes nothing either. The answer is a value,
//! [`Reloaded`]; [`PolicyBook::status`] says what is in force and why the last attempt failed.
//!
//! Guaranteed:
//! - A request finishes on the stack it was made under, parameters included, polled yet or not: it never
//!   sees a mixture of two texts, is not lost and not run twice. Every service, and every clone of it, runs
//!   the new text from its next call on, without being built again.
//! - State belongs to the path of a layer and goes on where path and kind are the same
//!   ([`diff::state`](ninelives_dsl::diff::state) has the rules): an open circuit stays open, a
//!   half-open one waits for the probes that are out, permits and the queue are counted across old
//!   and new stacks, budgets stay spent, latencies stay known.
//! - A bulkhead has one limit, and no permit is granted at or above the one in force, whichever text
//!   a request runs on, also where a text between the two had no such bulkhead. A circuit is judged by one set of parameters, and a budget has one size.
//! - A parameter that was set at run time keeps that value where the text does not change it, a value
//!   with parts (`backoff`, `budget`) part by part.
//! - Reloads are atomic and take turns: of two that were
//!   [based on the same text](PolicyBook::reload_if) one is told of the conflict. One that is asked for
//!   by a handler, or while a stack is built, waits for nothing.
//! - Of the stacks of a service that no request runs on, at most one is alive, the latest.
//!
//! Not guaranteed:
//! - Whoever waits in a bulkhead's queue waits by the `queue` and `wait` it came under.
//! - State does not survive the process, another name of the policy or another kind of layer; a name
//!   that is repeated under one parent (`retry`, `retry.2`) keeps it only while nothing but numbers
//!   change.
//! - A host layer is applied again, and begins with what its `layer` gives it.
//!
//! # Cost
//! To find the text in force a call compares one number: one acquire load and no locked operation. It
//! holds its stack by one reference count, which is the locked operation that any shared plan costs.
//! A clone of a service that was not called since a reload takes the stack that the first call built
//! for all, which is a load of a shared pointer more.
//!
//! The layers of a text are not known at compile time, so a stack has room for any of them, three
//! side by side. A request is boxed for each three further layers in a row, and for each `|`, `&`,
//! `hedge` and terminal that it comes to; the service and its future never are, except by a host
//! layer.
//!
//! # Examples
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use ninelives_runtime::dynamic::{Calls, Host, PolicyBook};
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! let host = Host::new().calls(
//!     Calls::<u32, String, std::io::Error>::new().handler("cached", |_, _| "cached".to_owned()),
//! );
//! let book = PolicyBook::from_text(
//!     "policy search = timeout(1s) + retry(3, backoff = fixed(1ms)) | fallback(@cached);",
//!     host,
//! )?;
//! let search = book.policy::<u32, String, std::io::Error>("search")?;
//! let down = service_fn(|_: u32| async { Err(std::io::Error::other("down")) });
//! let service = search.layer(down);
//! assert_eq!(service.clone().oneshot(1).await?, "cached");
//!
//! book.reload("policy search = timeout(2s);")?;
//! assert_eq!(service.oneshot(1).await.unwrap_err().to_string(), "down");
//!
//! let refused = book.reload("policy search = timeuot(2s);").unwrap_err();
//! assert_eq!(
//!     refused.to_string(),
//!     "<text>:1:17: error NL002 unknown-name: unknown policy `timeuot`\n  \
//!      help: did you mean `timeout`?"
//! );
//! assert_eq!(book.generation(), 2);
//! # Ok(())
//! # }
//! ```

mod arguments;
mod bind;
mod book;
mod build;
mod calls;
mod classifier;
mod configure;
mod current;
mod either;
mod erased;
mod estate;
mod findings;
mod frame;
mod generation;
mod guarded;
mod host;
mod layers;
mod live;
mod policy;
mod reloaded;
mod revision;
mod service;
mod shelf;
mod status;
mod succession;
#[cfg(feature = "watch")]
mod watch;

pub use book::PolicyBook;
pub use calls::Calls;
pub use findings::{FetchError, Findings, LoadError, Registration};
pub use guarded::{TextGuarded, TextRunning};
pub use host::Host;
pub use policy::TextPolicy;
pub use reloaded::Reloaded;
pub use revision::{InvalidRevision, Revision};
pub use service::BoxedService;
pub use status::{FailedReload, Status};
#[cfg(feature = "watch")]
pub use watch::{FileWatch, WatchConfig};
