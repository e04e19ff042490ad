//! One namespace for the policies, templates and lets of a load: paths and state hang on the names,
//! so a name is used once in the whole load, imported or not. What a file *sees* is less: its own
//! names and those of the files it uses.

use crate::ast::{Declaration, File, LetDeclaration, Name, PolicyDeclaration};
use crate::catalogue;
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::findings::Findings;
use crate::load::Imports;
use crate::source::FileId;
use std::collections::{HashMap, HashSet};

/// What a name stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Item<'a> {
    Policy(&'a PolicyDeclaration),
    Template(&'a PolicyDeclaration),
    Let(&'a LetDeclaration),
    /// Did not parse, which was reported; fits every type.
    Broken,
}

/// One declared name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Declared<'a> {
    pub(crate) name: &'a Name,
    pub(crate) item: Item<'a>,
}

/// What became of looking a name up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Index into [`Names::declared`].
    Declared(usize),
    /// Declared in a file that this one does not use.
    Hidden(usize),
    /// Not declared, but something that could not be read may have held it.
    Unread,
    Unknown,
}

/// The namespace of a load.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    /// In the order of declaration, imported files first.
    pub(crate) declared: Vec<Declared<'a>>,
    by_name: HashMap<&'a str, usize>,
    imports: &'a [Imports],
    /// The files that hold, or use, something that could not be read: it may have declared a name.
    incomplete: HashSet<FileId>,
}

impl<'a> Names<'a> {
    /// Declares everything in `files`, reporting names that are used twice.
    pub(crate) fn declare(
        files: &[&'a File],
        imports: &'a [Imports],
        findings: &mut Findings,
    ) -> Self {
        let mut names = Self {
            declared: Vec::new(),
            by_name: HashMap::new(),
            imports,
            incomplete: HashSet::new(),
        };
        for file in files {
            let nameless = |it: &Declaration| matches!(it, Declaration::Broken { name: None });
            if names.imports(file.id).is_some_and(|it| it.incomplete)
                || file.declarations.iter().any(nameless)
            {
                names.incomplete.insert(file.id);
            }
        }
        for declaration in files.iter().flat_map(|file| &file.declarations) {
            let (name, item) = match declaration {
                Declaration::Policy(policy) if policy.parameters.is_some() => {
                    (&policy.name, Item::Template(policy))
                }
                Declaration::Policy(policy) => (&policy.name, Item::Policy(policy)),
                Declaration::Let(binding) => (&binding.name, Item::Let(binding)),
                Declaration::Broken { name: Some(name) } => (name, Item::Broken),
                Declaration::Broken { name: None } | Declaration::Use(_) => continue,
            };
            names.add(name, item, findings);
        }
        names
    }

    fn add(&mut self, name: &'a Name, item: Item<'a>, findings: &mut Findings) {
        let id = self.declared.len();
        self.declared.push(Declared { name, item });
        let first = *self.by_name.entry(&name.text).or_insert(id);
        if first != id
            && let Some(first) = self.declared.get(first)
        {
            findings.push(
                Diagnostic::error(
                    codes::DUPLICATE,
                    name.span,
                    format!("`{}` is declared twice", name.text),
                )
                .with_label(first.name.span, "first declared here")
                .with_help("names are unique in the whole load: choose another"),
            );
        }
    }

    /// Looks a name up as the file it is written in sees it.
    pub(crate) fn find(&self, name: &Name) -> Found {
        // A reserved word is never declared, and most names are one.
        if catalogue::policy(&name.text).is_some() {
            return Found::Unknown;
        }
        let from = name.span.file;
        match self.by_name.get(name.text.as_str()) {
            Some(id) if self.sees(from, *id) => Found::Declared(*id),
            Some(id) => Found::Hidden(*id),
            None if self.is_incomplete(from) => Found::Unread,
            None => Found::Unknown,
        }
    }

    /// The names that `from` sees.
    pub(crate) fn visible(&self, from: FileId) -> impl Iterator<Item = &'a str> {
        self.declared
            .iter()
            .enumerate()
            .filter(move |(id, _)| self.sees(from, *id))
            .map(|(_, declared)| declared.name.text.as_str())
    }

    fn sees(&self, from: FileId, id: usize) -> bool {
        self.declared.get(id).is_some_and(|declared| {
            let file = declared.name.span.file;
            file == from
                || self.imports(from).is_some_and(|imports| imports.files.contains_key(&file))
        })
    }

    fn is_incomplete(&self, from: FileId) -> bool {
        let mut seen = self.imports(from).into_iter().flat_map(|it| it.files.keys());
        self.incomplete.contains(&from) || seen.any(|file| self.incomplete.contains(file))
    }

    /// True when all of every file could be read: what is not mentioned is not used.
    pub(crate) fn is_complete(&self) -> bool {
        let is_broken = |declared: &Declared<'_>| matches!(declared.item, Item::Broken);
        self.incomplete.is_empty() && !self.declared.iter().any(is_broken)
    }

    pub(crate) fn imports(&self, file: FileId) -> Option<&'a Imports> {
        self.imports.get(file.index())
    }
}
