//! The name of a layer in a running policy: `search.timeout`.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A layer's path; cloning it never allocates. A layer made by its Rust constructor has its own
/// name (`timeout`) as path.
#[derive(Clone)]
pub enum Path {
    /// Known at compile time, as `policy!` writes it.
    Static(&'static str),
    /// Read from a text.
    Shared(Arc<str>),
}

impl Path {
    /// The text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Static(path) => path,
            Self::Shared(path) => path,
        }
    }
}

impl From<&'static str> for Path {
    fn from(path: &'static str) -> Self {
        Self::Static(path)
    }
}

impl From<String> for Path {
    fn from(path: String) -> Self {
        Self::Shared(path.into())
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Path {}

impl Hash for Path {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Borrow<str> for Path {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), out)
    }
}
