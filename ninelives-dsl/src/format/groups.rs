//! Groups that hold nothing but a group: `((a))` is `(a)`.

use super::tokens::Token;

/// Takes the inner brackets of doubled groups away; their comments stay before what follows.
pub(super) fn undoubled(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let doubled = doubled(&tokens);
    let mut kept: Vec<Token<'_>> = Vec::with_capacity(tokens.len());
    let mut carried = Vec::new();
    for (mut token, doubled) in tokens.into_iter().zip(doubled) {
        carried.append(&mut token.before);
        if !doubled {
            token.before = std::mem::take(&mut carried);
            kept.push(token);
        }
    }
    kept
}

/// For each token, whether it is such a bracket.
fn doubled(tokens: &[Token<'_>]) -> Vec<bool> {
    let mut doubled = vec![false; tokens.len()];
    let mut open: Vec<(usize, bool)> = Vec::new();
    // Where the group that was closed last began and ended.
    let mut closed = None;
    let mut is_call = false;
    for (at, token) in tokens.iter().enumerate() {
        match &*token.text {
            "(" => open.push((at, !is_call)),
            ")" => {
                let Some((begin, is_group)) = open.pop() else {
                    continue;
                };
                if let Some((first, last)) = closed
                    && is_group
                    && (begin + 1, at) == (first, last + 1)
                    && let Ok([first, last]) = doubled.get_disjoint_mut([first, last])
                {
                    (*first, *last) = (true, true);
                }
                closed = is_group.then_some((begin, at));
            }
            _ => {}
        }
        is_call = token.text.ends_with(|last: char| last.is_alphanumeric() || last == '_');
    }
    doubled
}
