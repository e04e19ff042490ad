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
        let seen = *seen;
        let mut path = String::with_capacity(self.path.len() + name.len() + ORDINAL);
        path.extend([&self.path, ".", name]);
        if seen > 1 {
            path.push('.');
            push_number(&mut path, seen);
        }
        path
    }

    /// A child that has children itself: a labelled group or a template call.
    pub(super) fn enter(&mut self, name: &'a str) -> Self {
        Self { path: self.child(name), children: BTreeMap::new() }
    }
}

/// Room for a dot, the ordinal's dot, and most ordinals.
const ORDINAL: usize = 8;

/// Every layer of what a template expands to passes here, where formatting takes longer than all else.
fn push_number(text: &mut String, number: u32) {
    if number > 9 {
        push_number(text, number / 10);
    }
    text.extend(char::from_digit(number % 10, 10));
}

#[cfg(test)]
mod tests {
    use super::Parent;

    #[test]
    fn children_of_one_name_are_told_apart_by_their_number() {
        let mut parent = Parent::policy("search");
        let paths: Vec<_> = (0..1_205).map(|_| parent.child("retry")).collect();
        let expected = (1..=1_205).map(|number| match number {
            1 => "search.retry".to_owned(),
            number => format!("search.retry.{number}"),
        });
        assert!(paths.iter().cloned().eq(expected), "{paths:?}");
        assert_eq!(parent.enter("attempt").child("retry"), "search.attempt.retry");
    }
}
