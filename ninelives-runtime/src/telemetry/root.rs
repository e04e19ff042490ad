//! The outermost part of a policy that reports its requests: each that begins ends as one event.

use super::span::Span;
use super::{EventKind, Fact, Reporter, Telemetry};
use crate::classify::Class;
use crate::control::Control;
use crate::node::{Node, Outcome, Shape, Wraps};
use crate::path::Path;
use crate::scope::{Mark, Scope};
use crate::world::World;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::time::Instant;

/// Reports what becomes of the requests of a policy.
///
/// # Clone
/// Clones report into the same telemetries.
#[derive(Clone, Debug)]
pub struct Root<I> {
    reporter: Arc<Reporter>,
    inner: I,
}

impl<I> Root<I> {
    /// The root of the policy of that name.
    pub fn new(policy: impl Into<Path>, inner: I) -> Self {
        Self::reporting(Arc::new(Reporter::new(policy.into())), inner)
    }

    /// A root that reports where others of the same policy do.
    pub(crate) const fn reporting(reporter: Arc<Reporter>, inner: I) -> Self {
        Self { reporter, inner }
    }

    /// The policy.
    pub const fn inner(&self) -> &I {
        &self.inner
    }

    /// The policy, as a part of another one, which reports for both.
    pub fn into_inner(self) -> I {
        self.inner
    }
}

impl<I: Shape> Root<I> {
    /// Attaches a telemetry to the requests and to all layers.
    pub(crate) fn attach(&self, telemetry: &Telemetry) {
        self.reporter.attach(telemetry);
        attach(&self.inner, telemetry);
    }
}

/// Attaches a telemetry to all layers of a part.
pub(super) fn attach(part: &impl Shape, telemetry: &Telemetry) {
    part.layers(&mut |layer| layer.reporter().attach(telemetry));
}

/// The name of a policy whose layers were put together by hand: of the first one that has a policy in
/// its path, else `policy`.
pub(crate) fn name_of(part: &impl Shape) -> Path {
    let mut name = None;
    part.layers(&mut |layer| {
        let path = layer.path();
        if name.is_none() && path.policy() != path.as_str() {
            name = Some(path.policy().to_owned());
        }
    });
    name.map_or(Path::Static(&"policy"), Path::from)
}

pin_project! {
    /// One request under a [`Root`].
    #[derive(Default)]
    pub struct RootRun<R> {
        #[pin]
        inner: R,
        // Where somebody listened when the request began; gone once its end is reported.
        began: Option<Instant>,
        span: Span,
    }
}

impl<I: Shape> Wraps for Root<I> {
    type Inner = I;

    fn inner(&self) -> &I {
        &self.inner
    }

    fn control(&self) -> Option<Arc<dyn Control>> {
        None
    }
}

impl<W: World, I: Node<W>> Node<W> for Root<I> {
    type Run = RootRun<I::Run>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn start(
        &self,
        run: Pin<&mut Self::Run>,
        request: Option<W::Request>,
        scope: &mut Scope<'_, W>,
    ) {
        let run = run.project();
        if self.reporter.listens() {
            *run.began = Some(scope.instant_now());
        }
        *run.span = Span::request(&self.reporter);
        let _inside = run.span.enter();
        self.inner.start(run.inner, request, scope);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn poll(
        &self,
        run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        let run = run.project();
        let _inside = run.span.enter();
        let outcome = ready!(self.inner.poll(run.inner, scope, task));
        if run.began.is_some() {
            self.ended(&outcome, run.began.take(), scope);
        }
        Poll::Ready(outcome)
    }

    #[inline]
    fn cancel(&self, run: Pin<&mut Self::Run>) {
        let run = run.project();
        let began = run.began.take();
        let _inside = run.span.enter();
        if began.is_some() {
            let fact = Fact::new(EventKind::RequestCancelled).since(began);
            self.reporter.report(Instant::now(), fact);
        }
        self.inner.cancel(run.inner);
    }
}

impl<I> Root<I> {
    #[cold]
    #[inline(never)]
    fn ended<W: World>(
        &self,
        outcome: &Outcome<W>,
        began: Option<Instant>,
        scope: &mut Scope<'_, W>,
    ) {
        let kind = match scope.class(outcome) {
            Class::Success => {
                EventKind::RequestSucceeded { degraded: scope.mark() == Mark::Degraded }
            }
            class => EventKind::RequestFailed { class },
        };
        scope.report(&self.reporter, Fact::new(kind).since(began));
    }
}
