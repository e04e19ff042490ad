//! How a service holds a policy that may be reloaded.

use super::book::Shelf;
use super::build;
use super::generation::Generation;
use crate::edge::Handle;
use crate::node::Shape;
use crate::swap::Swap;
use crate::world::World;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

/// The handle of a service under a policy from text: always the text in force.
///
/// A call compares one number to know that its stack is still the one in force, and holds that
/// stack until it ends. The first call after a reload builds the new stack, for all clones.
///
/// # Clone
/// Two reference counts: a clone a request costs as much as the request's own hold of its stack.
pub(super) struct Live<W: World> {
    source: Arc<Source<W>>,
    stack: Arc<Stack<W>>,
}

/// What the clones of one service share.
struct Source<W: World> {
    shelf: Arc<Shelf>,
    build: Box<Build<W>>,
    latest: Swap<Stack<W>>,
    /// Held while a stack is built, so that each text is built once.
    building: Mutex<()>,
}

/// Builds the stack of a text around the service.
pub(super) type Build<W> = dyn Fn(&Generation) -> build::Stack<W> + Send + Sync;

/// The stack of one text.
struct Stack<W: World> {
    revision: u64,
    root: build::Stack<W>,
}

/// What one request holds: the stack it began on.
pub(super) struct Hold<W: World>(Arc<Stack<W>>);

impl<W: World> Live<W> {
    pub(super) fn new(shelf: Arc<Shelf>, build: Box<Build<W>>) -> Self {
        let stack = Arc::new(Stack::build(&shelf, &*build));
        let source =
            Source { shelf, build, latest: Swap::new(stack.clone()), building: Mutex::default() };
        Self { source: Arc::new(source), stack }
    }

    /// The stack of the text in force.
    #[inline]
    fn current(&mut self) -> &Arc<Stack<W>> {
        if self.stack.revision < self.source.shelf.revision() {
            self.stack = self.source.refresh();
        }
        &self.stack
    }
}

impl<W: World> Source<W> {
    #[cold]
    #[inline(never)]
    fn refresh(&self) -> Arc<Stack<W>> {
        if let Some(built) = self.built() {
            return built;
        }
        let _building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(built) = self.built() {
            return built;
        }
        let stack = Arc::new(Stack::build(&self.shelf, &*self.build));
        self.latest.store(stack.clone());
        stack
    }

    /// The stack in force, when a clone has built it.
    fn built(&self) -> Option<Arc<Stack<W>>> {
        let latest = self.latest.load();
        (latest.revision >= self.shelf.revision()).then_some(latest)
    }
}

impl<W: World> Stack<W> {
    fn build(shelf: &Shelf, build: &Build<W>) -> Self {
        let generation = shelf.current();
        Self { revision: generation.revision, root: build(&generation) }
    }
}

impl<W: World> Handle for Live<W> {
    type Plan = build::Stack<W>;
    type Hold = Hold<W>;

    #[inline]
    fn hold(&mut self) -> Hold<W> {
        Hold(self.current().clone())
    }

    #[inline]
    fn calls_service(&mut self) -> bool {
        self.current().root.calls_service()
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
        Self { source: self.source.clone(), stack: self.stack.clone() }
    }
}
