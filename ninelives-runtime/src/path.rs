//! The name of a layer in a running policy: `search.timeout`.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A layer's path; cloning it never allocates. A layer made by its Rust constructor has its own
/// name (`timeout`) as path.
///
/// One word either way, so that a refusal is small: behind a reference to what is known at compile
/// time, as `policy!` writes it, and in a shared `String` otherwise.
#[derive(Clone)]
pub enum Path {
    /// Known at compile time: `Path::Static(&"search.timeout")`.
    Static(&'static &'static str),
    /// Made at run time, as of a text.
    Shared(Arc<String>),
}

impl Path {
    /// The text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Static(path) => path,
            Self::Shared(path) => path,
        }
    }

    /// The policy: `search` of `search.retry.attempt`. The name of an anonymous policy is the place
    /// where it stands, `src/main.rs:4:14` of `src/main.rs:4:14.retry`.
    pub fn policy(&self) -> &str {
        let path = self.as_str();
        let place = path.rfind(':').unwrap_or(0);
        let end = path.get(place..).and_then(|rest| rest.find('.')).map(|dot| place + dot);
        end.and_then(|end| path.get(..end)).unwrap_or(path)
    }
}

impl From<&str> for Path {
    fn from(path: &str) -> Self {
        Self::from(path.to_owned())
    }
}

impl From<String> for Path {
    fn from(path: String) -> Self {
        Self::Shared(Arc::new(path))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_is_what_stands_before_the_first_layer() {
        for (path, policy) in [
            ("search.retry.attempt", "search"),
            ("search", "search"),
            ("timeout", "timeout"),
            ("src/main.rs:4:14.retry.2", "src/main.rs:4:14"),
            ("src/main.rs:4:14", "src/main.rs:4:14"),
        ] {
            assert_eq!(Path::from(path).policy(), policy);
        }
    }
}
