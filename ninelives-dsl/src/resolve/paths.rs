//! Identity: where a layer stands within its policy. A path is the policy, the label of each
//! enclosing labelled group and template call (default: the template's name), then the layer's own
//! label (default: its policy's name), with `.2`, `.3` for repetitions within one parent.

use std::collections::BTreeMap;

/// One parent in the tree of paths.
#[derive(Debug)]
pub(super) struct Parent<'a> {
    path: String,
    children: BTreeMap<&'a str, u32>,
}

impl<'a> Parent<'a> {
    /// The root: a policy.
    pub(super) fn policy(name: &str) -> Self {
        Self { path: name.to_owned(), children: BTreeMap::new() }
    }

    /// The path of the next child of that name.
    pub(super) fn child(&mut self, name: &'a str) -> String {
        let seen = self.children.entry(name).or_default();
        *seen += 1;
        let ordinal = match *seen {
            1 => String::new(),
            seen => format!(".{seen}"),
        };
        // Every layer passes here: no formatting for the many that are first of their name.
        [&self.path, ".", name, &ordinal].concat()
    }

    /// A child that has children itself: a labelled group or a template call.
    pub(super) fn enter(&mut self, name: &'a str) -> Self {
        Self { path: self.child(name), children: BTreeMap::new() }
    }
}
