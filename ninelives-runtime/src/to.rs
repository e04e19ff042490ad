//! `to(@service)`: calls another service of the host program instead of the wrapped one.
//!
//! # Behaviour
//! The service takes the requests of the wrapped one, and answers and fails with the same types. A
//! request that may be sent once, and was sent before, is not sent again.
//!
//! # Readiness
//! Each run clones the service and polls that clone ready before it calls it. The wrapped service is
//! not asked.
//!
//! # Cancellation
//! The clone and its future are dropped.
//!
//! # Clone
//! What clones of the service share, all runs share.
//!
//! # Ordering in a stack
//! A terminal: what guards it stands to its left, and nothing to its right.
//!
//! # Errors
//! Those of the service; [`Reason::AlreadySent`] for a request that it may not send.
//!
//! # Examples
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use ninelives_runtime::policy::{pass, to};
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! let down = service_fn(|_: u8| async { Err::<&str, _>("down") });
//! let replica = service_fn(|_: u8| async { Ok::<_, &str>("from the replica") });
//! let service = (pass() | to(replica)).layer(down);
//! assert_eq!(service.oneshot(7).await, Ok("from the replica"));
//! # }
//! ```

use crate::control::{Control, Fixed, Visit};
use crate::error::Reason;
use crate::node::{Node, Outcome, Shape, Then};
use crate::path::Path;
use crate::scope::{Mark, Scope};
use crate::world::World;
use ninelives_dsl::catalogue::{LayerKind, TO};
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tower_service::Service;

/// Calls `S`; a terminal. See the [module](self).
#[derive(Clone, Debug)]
pub struct To<S> {
    /// None for what is no layer of its own.
    layer: Option<Arc<Fixed>>,
    service: S,
}

impl<S> To<S> {
    /// Calls `service`, which answers and fails with the same types as the wrapped one.
    pub fn new(service: S) -> Self {
        Self::unlisted(service).with_path(Path::Static(&TO.name))
    }

    /// The same service under another path; `to` unless given.
    #[must_use]
    pub fn with_path(self, path: impl Into<Path>) -> Self {
        Self { layer: Some(Fixed::at(LayerKind::To, path)), service: self.service }
    }

    /// Calls `service`, and is no layer that an operator knows of.
    pub(crate) const fn unlisted(service: S) -> Self {
        Self { layer: None, service }
    }

    /// The layer's path.
    pub fn path(&self) -> &Path {
        static UNLISTED: Path = Path::Static(&TO.name);
        self.layer.as_ref().map_or(&UNLISTED, |layer| layer.path())
    }
}

pin_project! {
    /// One call of another service.
    #[allow(missing_docs, reason = "the macro takes no documentation on the fields of an enum")]
    #[derive(Default)]
    #[project = ToProjection]
    #[project_replace = ToReplaced]
    pub enum ToRun<S, Request, F> {
        /// The clone is not ready yet.
        Waiting {
            service: S,
            request: Request,
        },
        /// The service is at work.
        Calling {
            #[pin]
            future: F,
        },
        /// The request may not be sent again.
        Spent,
        /// Over.
        #[default]
        Done,
    }
}

impl<S> Shape for To<S> {
    fn calls_service(&self) -> bool {
        false
    }

    fn layers(&self, visit: Visit<'_>) {
        if let Some(layer) = &self.layer {
            visit(layer.clone());
        }
    }
}

impl<W, S> Node<W> for To<S>
where
    W: World,
    S: Service<W::Request, Response = W::Response, Error = W::Raw> + Clone,
{
    type Run = ToRun<S, W::Request, S::Future>;

    fn start(
        &self,
        mut run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        run.set(match request.filter(|_| !scope.spent()) {
            Some(request) => ToRun::Waiting { service: self.service.clone(), request },
            None => ToRun::Spent,
        });
    }

    fn poll(
        &self,
        mut run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        if let ToProjection::Waiting { service, .. } = run.as_mut().project() {
            if scope.spent() {
                run.set(ToRun::Spent);
            } else if let Err(error) = ready!(service.poll_ready(task)) {
                run.set(ToRun::Done);
                scope.set_mark(Mark::Plain);
                return Poll::Ready(Err(W::lift(error)));
            } else if let ToReplaced::Waiting { mut service, request } =
                run.as_mut().project_replace(ToRun::Done)
            {
                scope.exchange.note_sent();
                run.set(ToRun::Calling { future: service.call(request) });
            }
        }
        match run.as_mut().project() {
            ToProjection::Calling { future } => {
                let outcome = ready!(future.poll(task));
                run.set(ToRun::Done);
                scope.set_mark(Mark::Plain);
                Poll::Ready(outcome.map_err(W::lift))
            }
            ToProjection::Spent => {
                run.set(ToRun::Done);
                Poll::Ready(scope.hand_on(self.path(), Reason::AlreadySent))
            }
            ToProjection::Waiting { .. } | ToProjection::Done => Poll::Pending,
        }
    }

    fn cancel(&self, mut run: Pin<&mut Self::Run>) {
        run.set(ToRun::Done);
    }
}

impl<S, B> Then<B> for To<S> {
    type Out = Self;

    fn then(self, _: B) -> Self {
        self
    }
}
