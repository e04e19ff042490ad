//! Which declarations of a load with errors are right all the same: those that no error touches. The rest
//! of a text has errors for as long as someone writes in it.

use super::symbols::{Symbol, SymbolKind, Symbols};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::load::Load;
use crate::source::Span;
use std::collections::{BTreeMap, HashSet};

/// The names of the policies of a load, by their places, that are what they would be without the errors
/// of the load: none stands in them, nor in anything that they mention.
pub fn sound(load: &Load, symbols: &Symbols) -> HashSet<Span> {
    // A rule that is denied finds what is wrong with a policy that can be run.
    let is_error = |it: &&Diagnostic| it.is_error() && !codes::WARNINGS.contains(&it.code);
    let errors: Vec<&Diagnostic> = load.diagnostics.iter().filter(is_error).collect();
    if errors.len() > limits::ERRORS {
        // There are others, nobody knows where.
        return HashSet::new();
    }
    let regions = Regions::of(symbols);
    let mut touched: Vec<usize> = regions.broken.clone();
    for error in errors {
        let syntax = error.code == codes::SYNTAX;
        touched.extend(regions.around(error.span, syntax));
        // Of two that have one name, each may be meant. Other labels stand in what is right.
        let labels = error.labels.iter().filter(|_| error.code == codes::DUPLICATE);
        touched.extend(labels.filter_map(|label| regions.around(label.span, syntax)));
    }
    let mentioned_by = regions.mentioned_by(symbols);
    let mut unsound = HashSet::new();
    while let Some(item) = touched.pop() {
        if unsound.insert(item) {
            touched.extend(mentioned_by.get(&item).into_iter().flatten());
        }
    }
    let right = regions.items.values().filter(|item| !unsound.contains(item));
    right.filter_map(|item| Some(symbols.get(*item)?.span)).collect()
}

/// The declarations by their places. The text up to the next belongs to each: what stands there may be the
/// rest of it.
struct Regions {
    items: BTreeMap<Span, usize>,
    broken: Vec<usize>,
}

impl Regions {
    fn of(symbols: &Symbols) -> Self {
        let items = (0..).map_while(|id| Some((id, symbols.get(id)?)));
        let items = items.filter(|(_, symbol)| symbol.is_item());
        let broken = |(_, symbol): &(usize, &Symbol)| symbol.kind == SymbolKind::Broken;
        Self {
            broken: items.clone().filter(broken).map(|(id, _)| id).collect(),
            items: items.map(|(id, symbol)| (symbol.whole, id)).collect(),
        }
    }

    /// The declaration around a place. What is met where one begins was not expected behind the one before.
    fn around(&self, span: Span, syntax: bool) -> Option<usize> {
        let end = if syntax { 0 } else { u32::MAX };
        let upto = self.items.range(..=Span { end, ..span });
        upto.rev().find(|(whole, _)| whole.file == span.file).map(|(_, item)| *item)
    }

    /// By declaration: those that mention it.
    fn mentioned_by(&self, symbols: &Symbols) -> BTreeMap<usize, Vec<usize>> {
        let mut mentioned_by: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (span, target) in symbols.mentions() {
            let of = symbols.get(target).and_then(|symbol| symbol.parent).unwrap_or(target);
            if let Some(from) = self.around(span, false).filter(|from| *from != of) {
                mentioned_by.entry(of).or_default().push(from);
            }
        }
        mentioned_by
    }
}
