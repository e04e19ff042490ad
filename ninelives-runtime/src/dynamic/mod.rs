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
//! one store. Requests in flight finish on the stack they began on, and every service runs the new
//! text from its next call on. A text with an error, or without a policy that is in use (one that a
//! [`TextPolicy`] or a service under it is still there for), changes nothing. The layers of a new
//! text begin with new state.
//!
//! # Cost
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
//! assert_eq!(book.revision(), 2);
//! # Ok(())
//! # }
//! ```

mod arguments;
mod bind;
mod book;
mod build;
mod calls;
mod choice;
mod classifier;
mod configure;
mod erased;
mod findings;
mod generation;
mod guarded;
mod host;
mod layers;
mod live;
mod policy;
mod service;
#[cfg(feature = "watch")]
mod watch;

pub use book::{PolicyBook, Reloaded};
pub use calls::Calls;
pub use findings::{FetchError, Findings, LoadError, Registration};
pub use guarded::{TextGuarded, TextRunning};
pub use host::Host;
pub use policy::TextPolicy;
pub use service::BoxedService;
#[cfg(feature = "watch")]
pub use watch::{FileWatch, WatchConfig};
