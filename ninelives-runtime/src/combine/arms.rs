//! The arms of `&`: one flat list, as types when compiled ([`Arm`], [`End`]), as a `Vec` when built
//! from text. What is done with one arm stands in [`Slot`] and [`Verdict`] once.

use super::{And, Tail, share};
use crate::classify::{Class, Repeat};
use crate::node::{Node, Outcome, Shape, Then, begin};
use crate::scope::{Kept, Mark, Scope};
use crate::world::World;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What is known of a list of arms before any request.
pub trait List {
    /// True when `holds` is true of every arm.
    fn all(&self, holds: fn(&dyn Shape) -> bool) -> bool;

    /// Hands out the arms, left to right.
    fn each(&self, visit: &mut dyn FnMut(&dyn Shape));
}

/// A list of arms that can run in `W`.
pub trait Arms<W: World>: List {
    /// The runs of all arms; by default there are none.
    type Runs: Default;

    /// The runs before any arm is started.
    fn idle(&self) -> Self::Runs;

    /// Polls every arm that is not held in reserve once, left to right, until one wins. In the first
    /// pass each is started just before, with its copy of the request.
    fn poll(
        &self,
        runs: Pin<&mut Self::Runs>,
        verdict: &mut Verdict<W>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Progress<W>;

    /// Runs the arms held in reserve, one after another, left to right.
    fn poll_reserve(
        &self,
        runs: Pin<&mut Self::Runs>,
        verdict: &mut Verdict<W>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Progress<W>;

    /// Cancels every arm.
    fn cancel(&self, runs: Pin<&mut Self::Runs>);
}

/// How far the arms of a list are.
pub enum Progress<W: World> {
    /// An arm answered.
    Won(Outcome<W>),
    /// At least one arm is still running.
    Running,
    /// Every arm is over, and none won.
    Over,
}

/// What the arms of one request came to so far.
pub struct Verdict<W: World> {
    /// What the arms that are still to start get of the request.
    pub(super) request: Option<W::Request>,
    /// The first degraded success of an arm that is not always degraded.
    pub(super) degraded: Option<Outcome<W>>,
    /// The failure of the leftmost arm, one that could do something before one that could not.
    pub(super) failure: Option<Failure<W>>,
    /// Counts the arms within one pass.
    pub(super) position: usize,
}

/// How one arm failed.
pub struct Failure<W: World> {
    position: usize,
    pub(super) kept: Kept<Outcome<W>>,
}

impl<W: World> Verdict<W> {
    pub(super) fn new(request: Option<W::Request>) -> Self {
        Self { request, degraded: None, failure: None, position: 0 }
    }

    /// Drops what nobody will ask for any more: responses may hold connections.
    pub(super) fn clear(&mut self) {
        (self.request, self.degraded, self.failure) = (None, None, None);
    }

    fn failed(&mut self, kept: Kept<Outcome<W>>) {
        let new = Failure { position: self.position, kept };
        self.failure = Failure::better(self.failure.take(), Some(new));
    }
}

impl<W: World> Failure<W> {
    /// The one of two failures that speaks for the whole: of the leftmost arm that could do
    /// something.
    pub(super) fn better(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(if one.rank() < other.rank() { one } else { other }),
            (one, other) => one.or(other),
        }
    }

    fn rank(&self) -> (bool, bool, usize) {
        let mark = self.kept.mark();
        (mark == Mark::Empty, mark.is_neutral(), self.position)
    }
}

pin_project! {
    /// One arm of one request.
    #[allow(missing_docs, reason = "the macro takes no documentation on the fields of an enum")]
    #[derive(Default)]
    #[project = SlotProjection]
    pub enum Slot<R> {
        /// Not started yet.
        Idle,
        /// Held in reserve.
        Reserve,
        /// Running.
        Active {
            #[pin]
            run: R,
        },
        /// Over: its run is dropped.
        #[default]
        Over,
    }
}

impl<R: Default> Slot<R> {
    /// Starts the arm in its first pass, unless every answer of it would be degraded, and polls it.
    #[inline]
    pub(super) fn poll<W, N>(
        mut self: Pin<&mut Self>,
        node: &N,
        verdict: &mut Verdict<W>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Progress<W>
    where
        W: World<Classifier: Repeat<<W as World>::Request>>,
        N: Node<W, Run = R>,
    {
        if matches!(*self, Self::Idle) {
            if node.always_degraded() {
                self.set(Self::Reserve);
            } else {
                self.as_mut().start(node, verdict, scope);
            }
        }
        self.drive(node, verdict, scope, task)
    }

    /// Starts the arm if it is in reserve, and polls it.
    pub(super) fn poll_reserve<W, N>(
        mut self: Pin<&mut Self>,
        node: &N,
        verdict: &mut Verdict<W>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Progress<W>
    where
        W: World<Classifier: Repeat<<W as World>::Request>>,
        N: Node<W, Run = R>,
    {
        if matches!(*self, Self::Reserve) {
            self.as_mut().start(node, verdict, scope);
        }
        self.drive(node, verdict, scope, task)
    }

    #[inline]
    fn start<W, N>(
        mut self: Pin<&mut Self>,
        node: &N,
        verdict: &mut Verdict<W>,
        scope: &mut Scope<'_, W>,
    ) where
        W: World<Classifier: Repeat<<W as World>::Request>>,
        N: Node<W, Run = R>,
    {
        let given = share(node, &mut verdict.request, scope);
        self.set(Self::Active { run: R::default() });
        if let SlotProjection::Active { run } = self.project() {
            begin(node, run, given, scope);
        }
    }

    #[inline]
    fn drive<W: World, N: Node<W, Run = R>>(
        mut self: Pin<&mut Self>,
        node: &N,
        verdict: &mut Verdict<W>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Progress<W> {
        verdict.position += 1;
        let SlotProjection::Active { run } = self.as_mut().project() else {
            return Progress::Over;
        };
        let Poll::Ready(outcome) = node.poll(run, scope, task) else {
            return Progress::Running;
        };
        // Dropped before the next arm is polled: it may hold the capacity that arm waits for.
        self.set(Self::Over);
        if scope.class(&outcome) != Class::Success {
            verdict.failed(scope.keep(outcome));
            return Progress::Over;
        }
        if scope.mark() == Mark::Degraded && !node.always_degraded() {
            verdict.degraded.get_or_insert(outcome);
            return Progress::Over;
        }
        Progress::Won(outcome)
    }

    pub(super) fn cancel<W: World, N: Node<W, Run = R>>(mut self: Pin<&mut Self>, node: &N) {
        if let SlotProjection::Active { run } = self.as_mut().project() {
            node.cancel(run);
        }
        self.set(Self::Over);
    }
}

/// One arm and those to its right.
#[derive(Clone, Copy, Debug)]
pub struct Arm<A, R> {
    pub(super) arm: A,
    pub(super) rest: R,
}

impl<A, R> Arm<A, R> {
    /// `arm`, then `rest`.
    pub const fn new(arm: A, rest: R) -> Self {
        Self { arm, rest }
    }
}

/// The end of a list of arms.
#[derive(Clone, Copy, Debug)]
pub struct End;

pin_project! {
    /// The runs of an [`Arm`] list.
    #[derive(Default)]
    pub struct ArmRuns<R, Rest> {
        #[pin]
        slot: Slot<R>,
        #[pin]
        rest: Rest,
    }
}

impl List for End {
    fn all(&self, _: fn(&dyn Shape) -> bool) -> bool {
        true
    }

    fn each(&self, _: &mut dyn FnMut(&dyn Shape)) {}
}

impl<A: Shape, R: List> List for Arm<A, R> {
    fn all(&self, holds: fn(&dyn Shape) -> bool) -> bool {
        holds(&self.arm) && self.rest.all(holds)
    }

    fn each(&self, visit: &mut dyn FnMut(&dyn Shape)) {
        visit(&self.arm);
        self.rest.each(visit);
    }
}

impl<W: World> Arms<W> for End {
    type Runs = ();

    fn idle(&self) {}

    fn poll(
        &self,
        _: Pin<&mut ()>,
        _: &mut Verdict<W>,
        _: &mut Scope<'_, W>,
        _: &mut Context<'_>,
    ) -> Progress<W> {
        Progress::Over
    }

    fn poll_reserve(
        &self,
        _: Pin<&mut ()>,
        _: &mut Verdict<W>,
        _: &mut Scope<'_, W>,
        _: &mut Context<'_>,
    ) -> Progress<W> {
        Progress::Over
    }

    fn cancel(&self, _: Pin<&mut ()>) {}
}

impl<W, A, R> Arms<W> for Arm<A, R>
where
    W: World<Classifier: Repeat<<W as World>::Request>>,
    A: Node<W>,
    R: Arms<W>,
{
    type Runs = ArmRuns<A::Run, R::Runs>;

    #[inline]
    fn idle(&self) -> Self::Runs {
        ArmRuns { slot: Slot::Idle, rest: self.rest.idle() }
    }

    #[inline]
    fn poll(
        &self,
        runs: Pin<&mut Self::Runs>,
        verdict: &mut Verdict<W>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Progress<W> {
        let runs = runs.project();
        let first = runs.slot.poll(&self.arm, verdict, scope, task);
        if let Progress::Won(_) = first {
            return first;
        }
        match (first, self.rest.poll(runs.rest, verdict, scope, task)) {
            (Progress::Running, Progress::Over) => Progress::Running,
            (_, rest) => rest,
        }
    }

    fn poll_reserve(
        &self,
        runs: Pin<&mut Self::Runs>,
        verdict: &mut Verdict<W>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Progress<W> {
        let runs = runs.project();
        match runs.slot.poll_reserve(&self.arm, verdict, scope, task) {
            Progress::Over => self.rest.poll_reserve(runs.rest, verdict, scope, task),
            first => first,
        }
    }

    #[inline]
    fn cancel(&self, runs: Pin<&mut Self::Runs>) {
        let runs = runs.project();
        runs.slot.cancel(&self.arm);
        self.rest.cancel(runs.rest);
    }
}

/// A list built from text.
impl<N: Shape> List for Vec<N> {
    fn all(&self, holds: fn(&dyn Shape) -> bool) -> bool {
        self.iter().all(|arm| holds(arm))
    }

    fn each(&self, visit: &mut dyn FnMut(&dyn Shape)) {
        self.iter().for_each(|arm| visit(arm));
    }
}

impl<W, N> Arms<W> for Vec<N>
where
    W: World<Classifier: Repeat<<W as World>::Request>>,
    N: Node<W, Run: Unpin>,
{
    type Runs = Vec<Slot<N::Run>>;

    fn idle(&self) -> Self::Runs {
        self.iter().map(|_| Slot::Idle).collect()
    }

    fn poll(
        &self,
        mut runs: Pin<&mut Self::Runs>,
        verdict: &mut Verdict<W>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Progress<W> {
        let mut progress = Progress::Over;
        for (arm, slot) in self.iter().zip(runs.iter_mut()) {
            match Pin::new(slot).poll(arm, verdict, scope, task) {
                won @ Progress::Won(_) => return won,
                Progress::Running => progress = Progress::Running,
                Progress::Over => {}
            }
        }
        progress
    }

    fn poll_reserve(
        &self,
        mut runs: Pin<&mut Self::Runs>,
        verdict: &mut Verdict<W>,
        scope: &mut Scope<'_, W>,
        task: &mut Context<'_>,
    ) -> Progress<W> {
        for (arm, slot) in self.iter().zip(runs.iter_mut()) {
            let progress = Pin::new(slot).poll_reserve(arm, verdict, scope, task);
            if !matches!(progress, Progress::Over) {
                return progress;
            }
        }
        Progress::Over
    }

    fn cancel(&self, mut runs: Pin<&mut Self::Runs>) {
        for (arm, slot) in self.iter().zip(runs.iter_mut()) {
            Pin::new(slot).cancel(arm);
        }
    }
}

/// What an operand of `&` adds to the list: a list its arms, everything else itself. So grouping
/// with parentheses changes neither the type nor the meaning.
pub trait IntoArms {
    /// The arms.
    type Arms;

    /// Takes the operand apart.
    fn into_arms(self) -> Self::Arms;
}

/// Puts one list before another.
pub trait Join<R> {
    /// The joined list.
    type Out;

    /// Joins.
    fn join(self, right: R) -> Self::Out;
}

impl<R> Join<R> for End {
    type Out = R;

    fn join(self, right: R) -> R {
        right
    }
}

impl<A, L: Join<R>, R> Join<R> for Arm<A, L> {
    type Out = Arm<A, L::Out>;

    fn join(self, right: R) -> Self::Out {
        Arm { arm: self.arm, rest: self.rest.join(right) }
    }
}

impl<L> IntoArms for And<L> {
    type Arms = L;

    fn into_arms(self) -> L {
        self.arms
    }
}

/// `(A & B) + C`: every arm gets the one `C`.
pub trait ThenEach<C> {
    /// The composed list.
    type Out;

    /// Composes.
    fn then_each(self, next: Tail<C>) -> Self::Out;
}

impl<C> ThenEach<C> for End {
    type Out = Self;

    fn then_each(self, _: Tail<C>) -> Self {
        self
    }
}

impl<A: Then<Tail<C>>, R: ThenEach<C>, C> ThenEach<C> for Arm<A, R> {
    type Out = Arm<A::Out, R::Out>;

    fn then_each(self, next: Tail<C>) -> Self::Out {
        Arm { arm: self.arm.then(next.clone()), rest: self.rest.then_each(next) }
    }
}
