//! Keeps what a text expands to in proportion to the text: nodes of a policy, nodes of the load,
//! and the depth of what is expanded, all counted through templates and references.

use crate::limits;

/// A limit that was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exceeded {
    /// [`limits::NODES_PER_POLICY`]
    Policy,
    /// [`limits::NODES_PER_TEXT`]; nothing more is expanded in this load.
    Load,
    /// [`limits::NESTING`]
    Depth,
}

/// The counters of a load and of the policy being resolved.
#[derive(Debug)]
pub(super) struct Meter {
    left: usize,
    spent: bool,
    nodes: usize,
    depth: usize,
    deepest: usize,
    exceeded: Option<Exceeded>,
}

/// What one policy came to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    pub(super) nodes: usize,
    pub(super) depth: usize,
}

impl Meter {
    /// A meter for a load of so many bytes.
    pub(super) fn new(text_bytes: usize) -> Self {
        let units = text_bytes.div_ceil(limits::TEXT_UNIT).max(1);
        Self {
            left: units.saturating_mul(limits::NODES_PER_TEXT),
            spent: false,
            nodes: 0,
            depth: 0,
            deepest: 0,
            exceeded: None,
        }
    }

    /// True once the whole load is too large.
    pub(super) const fn is_spent(&self) -> bool {
        self.spent
    }

    /// Begins a policy.
    pub(super) fn begin(&mut self) {
        self.nodes = 0;
        self.depth = 0;
        self.deepest = 0;
        self.exceeded = None;
    }

    /// Ends a policy: its size, or the limit it passed.
    pub(super) const fn end(&self) -> Result<Size, Exceeded> {
        match self.exceeded {
            Some(exceeded) => Err(exceeded),
            None => Ok(Size { nodes: self.nodes, depth: self.deepest }),
        }
    }

    /// Counts what is about to be made; `None` when that is too much, now or before.
    pub(super) fn take(&mut self, size: Size) -> Option<()> {
        self.nodes = self.nodes.saturating_add(size.nodes);
        self.deepest = self.deepest.max(self.depth + size.depth);
        let exceeded = if size.nodes > self.left {
            Exceeded::Load
        } else if self.nodes > limits::NODES_PER_POLICY {
            Exceeded::Policy
        } else if self.deepest > limits::NESTING {
            Exceeded::Depth
        } else {
            self.left -= size.nodes;
            return self.exceeded.is_none().then_some(());
        };
        self.spent |= exceeded == Exceeded::Load;
        self.exceeded.get_or_insert(exceeded);
        None
    }

    /// Goes one level down.
    pub(super) const fn enter(&mut self) {
        self.depth += 1;
    }

    /// Comes back up.
    pub(super) const fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// True once a limit is passed: what is left of the policy is not worth looking at.
    pub(super) const fn is_exceeded(&self) -> bool {
        self.exceeded.is_some()
    }
}
