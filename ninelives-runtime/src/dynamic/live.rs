//! How a service holds a policy that may be reloaded.

use super::build;
use super::current::{Made, Numbered};
use super::generation::Generation;
use super::shelf::Shelf;
use crate::edge::Handle;
use crate::node::Shape;
use crate::world::World;
use std::ops::Deref;
use std::sync::{Arc, Weak};

/// The handle of a service under a policy from text: always the text in force.
///
/// A call compares one number to know that its stack is still the one in force, and holds that
/// stack until it ends. The first call after a reload builds the new stack, for all clones.
///
/// INVARIANT(let-go): of the stacks of a service at most one is alive that no request runs on, the
/// latest. Its clones name theirs weakly, so a clone that idles through any number of reloads keeps
/// none of them.
///
/// # Clone
/// Two reference counts: a clone a request costs as much as the request's own hold of its stack.
pub(super) struct Live<W: World> {
    source: Arc<Source<W>>,
    stack: Weak<Stack<W>>,
    /// Those of `stack`.
    generation: u64,
    calls_service: bool,
}

/// What the clones of one service share.
struct Source<W: World> {
    shelf: Arc<Shelf>,
    build: Box<Build<W>>,
    stack: Made<Stack<W>>,
}

/// Builds the stack of a text around the service.
pub(super) type Build<W> = dyn Fn(&Generation) -> build::Stack<W> + Send + Sync;

/// The stack of one text.
struct Stack<W: World> {
    generation: u64,
    root: build::Stack<W>,
}

/// What one request holds: the stack it was made under.
pub(super) struct Hold<W: World>(Arc<Stack<W>>);

impl<W: World> Live<W> {
    pub(super) fn new(shelf: Arc<Shelf>, build: Box<Build<W>>) -> Self {
        let stack = Arc::new(Stack::build(&shelf.current(), &*build));
        let weak = Arc::downgrade(&stack);
        let (generation, calls_service) = (stack.generation, stack.root.calls_service());
        let source = Arc::new(Source { shelf, build, stack: Made::new(stack) });
        Self { source, stack: weak, generation, calls_service }
    }

    #[inline]
    fn is_current(&self) -> bool {
        self.generation >= self.source.shelf.generation()
    }

    #[cold]
    #[inline(never)]
    fn refresh(&mut self) -> Arc<Stack<W>> {
        let Source { shelf, build, stack } = &*self.source;
        let stack = stack.follow(shelf.text(), |text| Stack::build(text, &**build));
        self.stack = Arc::downgrade(&stack);
        self.generation = stack.generation;
        self.calls_service = stack.root.calls_service();
        stack
    }
}

impl<W: World> Stack<W> {
    fn build(generation: &Generation, build: &Build<W>) -> Self {
        Self { generation: generation.number, root: build(generation) }
    }
}

impl<W: World> Numbered for Stack<W> {
    fn number(&self) -> u64 {
        self.generation
    }
}

impl<W: World> Handle for Live<W> {
    type Plan = build::Stack<W>;
    type Hold = Hold<W>;

    #[inline]
    fn hold(&mut self) -> Hold<W> {
        // A stack that is gone was replaced by a clone's call, a moment after the comparison.
        let held = if self.is_current() { self.stack.upgrade() } else { None };
        Hold(held.unwrap_or_else(|| self.refresh()))
    }

    #[inline]
    fn calls_service(&mut self) -> bool {
        if !self.is_current() {
            self.refresh();
        }
        self.calls_service
    }
}

impl<W: World> Deref for Hold<W> {
    type Target = build::Stack<W>;

    #[inline]
    fn deref(&self) -> &build::Stack<W> {
        &self.0.root
    }
}

impl<W: World> Clone for Live<W> {
    fn clone(&self) -> Self {
        Self { source: self.source.clone(), stack: self.stack.clone(), ..*self }
    }
}
