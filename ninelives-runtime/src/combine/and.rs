//! `A & B`: runs all arms at once; the first success wins, the rest are dropped.
//!
//! # Behaviour
//! Arms start left to right in the first poll, each polled before the next one starts: one that
//! answers at once spares the others. They share the one instance of the service, so over a service
//! with room for one call they take turns and never deadlock. An arm whose every answer is degraded
//! (`fallback`) is held in reserve: it starts when all others have failed, with the outcome that
//! led to it. A degraded success of another arm is kept, and returned when no arm does better. When
//! all fail the outcome is that of the leftmost arm that is not `fail`.
//!
//! # Cancellation
//! Losers are dropped before the winner's response is returned; dropping the future drops all arms.

use super::Tail;
use super::arms::{Arms, Failure, IntoArms, Join, List, Progress, ThenEach, Verdict};
use crate::classify::Repeat;
use crate::control::Visit;
use crate::error::Reason;
use crate::node::{Node, Outcome, Shape, Then};
use crate::path::Path;
use crate::scope::{Mark, Scope};
use crate::world::World;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

/// `A & B & …`; see the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct And<L> {
    pub(super) arms: L,
}

impl<L> And<L> {
    /// The arms of `&`: an [`Arm`](super::Arm) list, or a `Vec`.
    pub const fn new(arms: L) -> Self {
        Self { arms }
    }
}

/// `A & B`, as one flat list: what [`join`] makes.
pub type Joined<A, B> = And<<<A as IntoArms>::Arms as Join<<B as IntoArms>::Arms>>::Out>;

/// `left & right`, as one flat list.
pub fn join<A, B>(left: A, right: B) -> Joined<A, B>
where
    A: IntoArms<Arms: Join<B::Arms>>,
    B: IntoArms,
{
    And { arms: left.into_arms().join(right.into_arms()) }
}

pin_project! {
    /// One request through an [`And`].
    pub struct AndRun<W, R>
    where
        W: World,
    {
        #[pin]
        runs: R,
        verdict: Verdict<W>,
        stage: Stage<W>,
    }
}

impl<W: World, R: Default> Default for AndRun<W, R> {
    fn default() -> Self {
        Self { runs: R::default(), verdict: Verdict::new(None), stage: Stage::Done }
    }
}

enum Stage<W: World> {
    Racing,
    /// What the race came to; nothing when no arm was in it.
    Reserve(Option<Failure<W>>),
    Done,
}

impl<L: List> Shape for And<L> {
    fn always_degraded(&self) -> bool {
        self.arms.all(|arm| arm.always_degraded() || arm.always_fails()) && !self.always_fails()
    }

    fn calls_service(&self) -> bool {
        !self.arms.all(|arm| !arm.calls_service())
    }

    fn always_fails(&self) -> bool {
        self.arms.all(|arm| arm.always_fails())
    }

    fn layers(&self, visit: Visit<'_>) {
        self.arms.each(&mut |arm| arm.layers(visit));
    }
}

impl<W, L> Node<W> for And<L>
where
    W: World<Classifier: Repeat<<W as World>::Request>>,
    L: Arms<W>,
{
    type Run = AndRun<W, L::Runs>;

    #[inline]
    fn start(&self, run: Pin<&mut Self::Run>, request: Option<W::Request>, _: &mut Scope<'_, W>) {
        // The arms start in the first poll: when one of them panics then, this run is cancelled, and
        // the arms that started before it give back what they hold.
        let mut run = run.project();
        run.runs.set(self.arms.idle());
        run.verdict.request = request;
        *run.stage = Stage::Racing;
    }

    #[inline]
    fn poll(
        &self,
        run: Pin<&mut Self::Run>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Poll<Outcome<W>> {
        let mut run = run.project();
        run.verdict.position = 0;
        if let Stage::Racing = run.stage {
            match self.arms.poll(run.runs.as_mut(), run.verdict, scope, task) {
                Progress::Running => return Poll::Pending,
                Progress::Won(outcome) => {
                    self.arms.cancel(run.runs);
                    *run.stage = Stage::Done;
                    run.verdict.clear();
                    return Poll::Ready(outcome);
                }
                Progress::Over => {}
            }
            if let Some(degraded) = run.verdict.degraded.take() {
                *run.stage = Stage::Done;
                run.verdict.clear();
                scope.set_mark(Mark::Degraded);
                return Poll::Ready(degraded);
            }
            *run.stage = Stage::Reserve(run.verdict.failure.take());
            run.verdict.position = 0;
        }
        let Stage::Reserve(raced) = run.stage else {
            return Poll::Pending;
        };
        let verdict = run.verdict;
        let mut reserve = |scope: &mut Scope<'_, W>| {
            self.arms.poll_reserve(run.runs.as_mut(), verdict, scope, task)
        };
        let progress = match raced {
            Some(raced) => scope.following(&mut raced.kept, reserve),
            None => reserve(scope),
        };
        let outcome = match progress {
            Progress::Running => return Poll::Pending,
            Progress::Won(outcome) => outcome,
            Progress::Over => {
                let raced = raced.take().filter(|raced| !raced.kept.was_taken());
                settle(Failure::better(raced, verdict.failure.take()), scope)
            }
        };
        verdict.clear();
        *run.stage = Stage::Done;
        Poll::Ready(outcome)
    }

    #[inline]
    fn cancel(&self, run: Pin<&mut Self::Run>) {
        let run = run.project();
        self.arms.cancel(run.runs);
        *run.stage = Stage::Done;
        run.verdict.clear();
    }
}

/// What all arms came to, none having answered.
#[cold]
fn settle<W: World>(failure: Option<Failure<W>>, scope: &mut Scope<'_, W>) -> Outcome<W> {
    let path = Path::Static(&"&");
    match failure {
        Some(failure) => scope.give(failure.kept, &path),
        None => scope.hand_on(&path, Reason::Failed),
    }
}

impl<L: ThenEach<C>, C> Then<C> for And<L> {
    type Out = And<L::Out>;

    fn then(self, next: C) -> Self::Out {
        And { arms: self.arms.then_each(Tail::new(next)) }
    }
}
