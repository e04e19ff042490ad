//! The one cell of a declared policy.

use std::fmt;
use std::sync::OnceLock;

/// A plan made at its first use. Where making it panics, the next use makes it again and says the
/// same; a `LazyLock` would only say that it is poisoned.
pub struct Cell<P> {
    made: OnceLock<P>,
    make: fn() -> P,
}

impl<P> Cell<P> {
    /// A cell that is still empty.
    pub const fn new(make: fn() -> P) -> Self {
        Self { made: OnceLock::new(), make }
    }

    /// The plan, made at the first use.
    #[inline]
    pub fn get(&self) -> &P {
        self.made.get_or_init(self.make)
    }
}

impl<P> fmt::Debug for Cell<P> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Cell").finish_non_exhaustive()
    }
}
