//! A row of texts against one book: a refused one changes nothing, one that says the same changes
//! nothing, any other is the next generation; and the state of layers that go on goes on.

use crate::{host, plan};
use ninelives_dsl::diff::Fate;
use ninelives_dsl::load::{Front, Load, load_bytes};
use ninelives_runtime::dynamic::{Host, LoadError, PolicyBook, Reloaded, Revision};
use ninelives_runtime::registry::LayerInfo;
use tokio::runtime::Runtime;

/// The line between two texts.
pub const SEPARATOR: &str = "\n%%\n";
/// The texts of one row: more only take longer.
const TEXTS: usize = 8;

/// Reads the bytes as texts with [`SEPARATOR`] between them, and puts one after the other in force.
pub fn run(bytes: &[u8]) {
    let Some(runtime) = host::paused() else { return };
    let Ok(row) = std::str::from_utf8(bytes) else { return };
    let texts: Vec<_> = row.split(SEPARATOR).take(TEXTS).collect();
    let loads: Vec<_> = texts.iter().map(|text| load(text)).collect();
    let host = host::of(loads.iter().map(|load| &load.plan));
    let mut held = None;
    for (text, load) in texts.into_iter().zip(&loads) {
        match &held {
            None => held = first(text, load, host.clone(), &runtime),
            Some(book) => next(book, text, load, &runtime),
        }
    }
}

fn load(text: &str) -> Load {
    load_bytes("<text>", text.as_bytes(), None, Front::Text)
}

/// The book of the first text that can be one.
fn first(text: &str, load: &Load, host: Host, runtime: &Runtime) -> Option<PolicyBook> {
    let _inside = runtime.enter();
    let book = PolicyBook::from_text(text, host).ok()?;
    assert_eq!(book.generation(), 1);
    plan::requests(&book, &plan::names(&load.plan), plan::seed(text.as_bytes()), runtime);
    Some(book)
}

fn next(book: &PolicyBook, text: &str, load: &Load, runtime: &Runtime) {
    let _inside = runtime.enter();
    let before = Seen::of(book);
    let answer = book.reload(text);
    let after = Seen::of(book);
    match &answer {
        Err(error) => {
            assert!(plan::is_refused(load) || is_by_the_host(error), "{error}");
            assert_eq!(before, after, "a refused text changes nothing");
        }
        Ok(reloaded) if reloaded.is_unchanged() => {
            assert_eq!(before, after, "a text that says the same changes nothing");
        }
        Ok(reloaded) => {
            assert!(!plan::is_refused(load));
            assert_eq!(after.generation, before.generation + 1);
            assert_eq!(after.revision, reloaded.revision());
            kept(reloaded, &before.layers, &after.layers);
            let seed = plan::seed(text.as_bytes());
            plan::requests(book, &plan::names(&load.plan), seed, runtime);
        }
    }
    assert_eq!(book.status().failed().is_some(), answer.is_err());
}

/// Errors that only a program finds: of names, and of two bulkheads that cannot be one.
fn is_by_the_host(error: &LoadError) -> bool {
    matches!(error, LoadError::Refused(_))
}

/// What a reload must not change unless it says so.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    generation: u64,
    revision: Revision,
    layers: Vec<LayerInfo>,
}

impl Seen {
    fn of(book: &PolicyBook) -> Self {
        let layers = book.registry().layers();
        Self { generation: book.generation(), revision: book.revision(), layers }
    }
}

/// No time passes in between, so a state that is kept, of a layer that is the same, is the same to the
/// last count.
fn kept(reloaded: &Reloaded, before: &[LayerInfo], after: &[LayerInfo]) {
    for layer in reloaded.layers().iter().filter(|layer| layer.fate == Fate::Kept) {
        let find = |layers: &[LayerInfo]| {
            layers.iter().find(|info| info.path.as_str() == layer.path).cloned()
        };
        let (before, after) = (find(before), find(after));
        assert!(before.is_some() && after.is_some(), "{layer:?}");
        let (Some(before), Some(after)) = (before, after) else { continue };
        assert!(before.parameters != after.parameters || before == after, "{before:?}, {after:?}");
    }
}
