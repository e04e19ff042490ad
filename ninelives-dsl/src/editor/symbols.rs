//! What the files of a load declare, and where it is mentioned. The files are read once more for it:
//! a load keeps what runs, not what was written.

use crate::ast::{Declaration, Expression, ExpressionKind, File, Name, Parameter};
use crate::catalogue::{Kind, value_call};
use crate::findings::Findings;
use crate::load::Load;
use crate::parse::parse_file;
use crate::resolve::names::{Declared, Item, Names};
use crate::resolve::references::{Target, walk};
use crate::resolve::suggestions::words;
use crate::source::{FileId, SourceFile, Span};
use std::collections::{BTreeMap, HashMap};

/// The declarations of a load and their mentions.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    symbols: Vec<Symbol>,
    /// What stands at each place where a symbol is declared or mentioned, by place.
    places: BTreeMap<Span, usize>,
    /// The files that each file uses, by the path in its `use`.
    uses: Vec<(Span, FileId)>,
    docs: Vec<Vec<String>>,
    complete: bool,
}

/// A declared name.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// What it names.
    pub kind: SymbolKind,
    /// As it is written.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// The whole declaration.
    pub whole: Span,
    /// The declaration without its body, `=` included; all of a parameter or a label.
    pub head: Span,
    /// `///` lines.
    pub docs: Vec<String>,
    /// What a parameter or a label belongs to.
    pub parent: Option<usize>,
    /// What a parameter takes, and what a `let` is as far as its own text says.
    pub value: Option<Kind>,
    /// The words of a `let` that may be a set of classes: classes, and names of others.
    pub classes: Vec<String>,
}

/// What a name is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    /// `policy NAME = …`
    Policy,
    /// `policy NAME(…) = …`
    Template,
    /// `let NAME = …`
    Let,
    /// A parameter of a template.
    Parameter,
    /// `NAME: …`
    Label,
    /// A declaration that cannot be read.
    Broken,
}

impl Symbols {
    /// Reads them.
    pub fn of(load: &Load) -> Self {
        let id = |at: usize| FileId(u32::try_from(at).unwrap_or(u32::MAX));
        let parse = |(at, file): (usize, &SourceFile)| parse_file(file.text(), id(at));
        let parsed: Vec<_> = load.files.iter().enumerate().map(parse).collect();
        // A name that is declared twice is the first's, and imported files come first.
        let files: Vec<&File> = parsed.iter().rev().map(|(file, _)| file).collect();
        // They are those of the load.
        let mut findings = Findings::default();
        let names = Names::declare(&files, &load.imports, &mut findings);
        let mut symbols = Self {
            complete: names.is_complete() && parsed.iter().all(|(_, errors)| errors.is_empty()),
            docs: parsed.iter().map(|(file, _)| file.docs.clone()).collect(),
            ..Self::default()
        };
        let declared: Vec<usize> =
            names.declared.iter().map(|declared| symbols.declare(declared)).collect();
        let by_place: HashMap<Span, usize> =
            symbols.symbols.iter().enumerate().map(|(at, symbol)| (symbol.span, at)).collect();
        for declaration in &names.declared {
            walk(&names, declaration.item, &mut |span, target| {
                let symbol = match target {
                    Target::Declared(id) => declared.get(id),
                    Target::Parameter(name) | Target::Argument(name) => by_place.get(&name.span),
                };
                if let Some(symbol) = symbol {
                    symbols.places.insert(span, *symbol);
                }
            });
        }
        for (of, imports) in load.imports.iter().enumerate() {
            let paths = parsed.get(of).into_iter().flat_map(|(file, _)| &file.declarations);
            let paths = paths.filter_map(|declaration| match declaration {
                Declaration::Use(import) => Some(import.path_span),
                _ => None,
            });
            for path in paths {
                let target = imports.files.iter().find(|(_, span)| **span == path);
                symbols.uses.extend(target.map(|(file, _)| (path, *file)));
            }
        }
        symbols
    }

    /// The names that `file` declares, by place; parameters and labels behind what they belong to.
    pub fn declared_in(&self, file: FileId) -> impl Iterator<Item = (usize, &Symbol)> {
        let whole = Span { file, start: 0, end: 0 }..=Span { file, start: u32::MAX, end: u32::MAX };
        let places = self.places.range(whole);
        let symbols = places.filter_map(|(span, id)| Some((*id, *span, self.symbols.get(*id)?)));
        symbols.filter(|(_, span, symbol)| symbol.span == *span).map(|(id, _, it)| (id, it))
    }

    /// Every place in `file` where something is declared or mentioned, in order.
    pub fn mentioned_in(&self, file: FileId) -> impl Iterator<Item = (Span, &Symbol)> {
        let whole = Span { file, start: 0, end: 0 }..=Span { file, start: u32::MAX, end: u32::MAX };
        let places = self.places.range(whole);
        places.filter_map(|(span, symbol)| Some((*span, self.symbols.get(*symbol)?)))
    }

    /// What is declared or mentioned at an offset.
    pub fn at(&self, file: FileId, offset: u32) -> Option<(usize, Span)> {
        let upto = Span { file, start: offset, end: u32::MAX };
        let (span, symbol) = self.places.range(..=upto).next_back()?;
        (span.file == file && offset <= span.end).then_some((*symbol, *span))
    }

    /// A symbol by its number.
    pub fn get(&self, symbol: usize) -> Option<&Symbol> {
        self.symbols.get(symbol)
    }

    /// Every place of a symbol: its declaration and its mentions, by file and place.
    pub fn places(&self, symbol: usize) -> impl Iterator<Item = Span> {
        self.places.iter().filter(move |(_, at)| **at == symbol).map(|(span, _)| *span)
    }

    /// Every place with what is declared or mentioned there.
    pub(super) fn mentions(&self) -> impl Iterator<Item = (Span, usize)> {
        self.places.iter().map(|(span, symbol)| (*span, *symbol))
    }

    /// Which symbol is mentioned at each place in turn: what no renaming may change.
    pub fn structure(&self) -> impl Iterator<Item = usize> {
        self.places.values().copied()
    }

    /// The policies, templates and values that a file may mention: its own and those it uses.
    pub fn visible(&self, from: FileId) -> impl Iterator<Item = (usize, &Symbol)> {
        let seen = move |file: FileId| {
            let uses = |(path, target): &(Span, FileId)| path.file == from && *target == file;
            file == from || self.uses.iter().any(uses)
        };
        let symbols = self.symbols.iter().enumerate();
        symbols.filter(move |(_, symbol)| symbol.is_item() && seen(symbol.span.file))
    }

    /// What that name means in a file.
    pub fn find(&self, from: FileId, name: &str) -> Option<(usize, &Symbol)> {
        self.visible(from).find(|(_, symbol)| symbol.name == name)
    }

    /// The parameters of a template, in order.
    pub fn parameters(&self, template: usize) -> impl Iterator<Item = &Symbol> {
        let of = move |symbol: &&Symbol| {
            symbol.parent == Some(template) && symbol.kind == SymbolKind::Parameter
        };
        self.symbols.iter().filter(of)
    }

    /// A parameter of a template by its name.
    pub fn parameter(&self, template: usize, name: &str) -> Option<usize> {
        let is_it = |it: &Symbol| {
            it.parent == Some(template) && it.kind == SymbolKind::Parameter && it.name == name
        };
        self.symbols.iter().position(is_it)
    }

    /// Where each file says which one it uses: the path in its text, quotes included.
    pub fn uses(&self) -> impl Iterator<Item = (Span, FileId)> {
        self.uses.iter().copied()
    }

    /// The file that is used at an offset, and where its path stands.
    pub fn used_at(&self, file: FileId, offset: u32) -> Option<(FileId, Span)> {
        let here = |path: &Span| path.file == file && (path.start..=path.end).contains(&offset);
        self.uses.iter().find(|(path, _)| here(path)).map(|(path, target)| (*target, *path))
    }

    /// The `//!` lines of a file.
    pub fn docs(&self, file: FileId) -> &[String] {
        self.docs.get(file.index()).map_or(&[], Vec::as_slice)
    }

    /// All of every file could be read: there are no mentions but these.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    fn declare(&mut self, declared: &Declared<'_>) -> usize {
        let name = declared.name;
        let kind = match declared.item {
            Item::Policy(_) => SymbolKind::Policy,
            Item::Template(_) => SymbolKind::Template,
            Item::Let(_) => SymbolKind::Let,
            Item::Broken => SymbolKind::Broken,
        };
        let (whole, docs, body) = match declared.item {
            Item::Policy(it) | Item::Template(it) => (it.span, it.docs.as_slice(), Some(&it.body)),
            Item::Let(it) => (it.span, it.docs.as_slice(), Some(&it.value)),
            Item::Broken => (name.span, &[][..], None),
        };
        let value = body.filter(|_| kind == SymbolKind::Let).and_then(kind_of);
        let head = Span { end: body.map_or(whole.end, Expression::start), ..whole };
        let docs = docs.to_owned();
        let mut classes = Vec::new();
        if let Some(body) = body.filter(|_| kind == SymbolKind::Let) {
            words_of(body, &mut classes);
        }
        let id = self.add(Symbol { head, docs, classes, ..symbol(kind, name, whole, value) });
        if let Item::Policy(policy) | Item::Template(policy) = declared.item {
            let parameters = policy.parameters.as_deref().unwrap_or_default();
            parameters.iter().for_each(|parameter| self.declare_parameter(parameter, id));
            self.labels(&policy.body, id);
        }
        id
    }

    fn add(&mut self, symbol: Symbol) -> usize {
        let id = self.symbols.len();
        self.places.insert(symbol.span, id);
        self.symbols.push(symbol);
        id
    }

    fn declare_parameter(&mut self, parameter: &Parameter, template: usize) {
        let Parameter { name, kind, default } = parameter;
        let end = default.as_ref().map_or(kind.span, |default| default.span);
        let whole = name.span.to(end);
        let kinds = Kind::TEMPLATE.into_iter();
        let value = kinds.filter(|(word, _)| *word == kind.text).map(|(_, kind)| kind).next();
        let parameter = symbol(SymbolKind::Parameter, name, whole, value);
        self.add(Symbol { parent: Some(template), ..parameter });
    }

    fn labels(&mut self, expression: &Expression, policy: usize) {
        if let Some(label) = &expression.label {
            let whole = label.span.to(expression.span);
            let label = symbol(SymbolKind::Label, label, whole, None);
            self.add(Symbol { parent: Some(policy), ..label });
        }
        expression.parts(|part| self.labels(part, policy));
    }
}

fn symbol(kind: SymbolKind, name: &Name, whole: Span, value: Option<Kind>) -> Symbol {
    Symbol {
        kind,
        name: name.text.clone(),
        span: name.span,
        whole,
        head: whole,
        docs: Vec::new(),
        parent: None,
        value,
        classes: Vec::new(),
    }
}

/// The words of a set of classes.
fn words_of(value: &Expression, words: &mut Vec<String>) {
    match &value.kind {
        ExpressionKind::Group(inner) => words_of(inner, words),
        ExpressionKind::Fallback(arms) => arms.iter().for_each(|arm| words_of(arm, words)),
        ExpressionKind::Call { name, arguments: None } => words.push(name.text.clone()),
        _ => {}
    }
}

impl Symbol {
    /// True for what stands in the one namespace of a load.
    pub fn is_item(&self) -> bool {
        !matches!(self.kind, SymbolKind::Parameter | SymbolKind::Label)
    }
}

/// The kind of a value as its own form says; `None` where another name decides.
fn kind_of(value: &Expression) -> Option<Kind> {
    match &value.kind {
        ExpressionKind::Literal(literal) => Some(literal.kind()),
        ExpressionKind::Group(inner) => kind_of(inner),
        ExpressionKind::Fallback(_) => Some(Kind::Classes),
        ExpressionKind::Host(_) => Some(Kind::Host),
        ExpressionKind::Call { name, .. } => {
            let kinds = [Kind::Jitter, Kind::Classes, Kind::Off, Kind::Bool];
            let word = || kinds.into_iter().find(|kind| words(*kind).contains(&name.text.as_str()));
            value_call(&name.text).map(|call| call.gives).or_else(word)
        }
        _ => None,
    }
}
