//! Follows `use`: reads the files of a load, never one outside the directory of the first.

use super::{Imports, Unsaved};
use crate::ast::{Declaration, File, Name, PolicyDeclaration, UseDeclaration};
use crate::codes;
use crate::decode::decode;
use crate::diagnostic::Diagnostic;
use crate::findings::Findings;
use crate::graph;
use crate::limits;
use crate::parse;
use crate::source::{FileId, SourceFile, Span};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// The directory that holds everything a load may read.
#[derive(Debug)]
struct Root {
    /// With symbolic links followed: what is outside of it is refused.
    canonical: PathBuf,
    /// As it was given, for the places that are looked at.
    given: PathBuf,
    /// As the user calls it, for the names of files.
    shown: PathBuf,
}

/// The files of a load.
pub(super) struct Sources<'a> {
    root: Option<Root>,
    unsaved: &'a Unsaved<'a>,
    pub(super) files: Vec<SourceFile>,
    pub(super) parsed: Vec<File>,
    pub(super) imports: Vec<Imports>,
    /// By file.
    places: Vec<Place>,
    /// By canonical path: a file is read once.
    known: HashMap<PathBuf, FileId>,
    /// Where files were looked for.
    pub(super) looked_at: Vec<PathBuf>,
}

/// Where a file lies, and what it uses.
#[derive(Debug, Default)]
struct Place {
    /// Its directory, below the root.
    directory: PathBuf,
    /// How many `use` lead to it.
    depth: usize,
    uses: Vec<(FileId, Span)>,
}

impl<'a> Sources<'a> {
    /// No file yet; imports are looked for in `directory`, which messages call `shown`.
    pub(super) fn new(
        directory: Option<&Path>,
        shown: Option<&Path>,
        unsaved: &'a Unsaved<'a>,
    ) -> Self {
        let root = directory.and_then(|given| {
            let here = if given.as_os_str().is_empty() { Path::new(".") } else { given };
            let canonical = fs::canonicalize(here).ok()?;
            let shown = shown.unwrap_or(given).to_owned();
            Some(Root { canonical, given: given.to_owned(), shown })
        });
        Self {
            root,
            unsaved,
            files: Vec::new(),
            parsed: Vec::new(),
            imports: Vec::new(),
            places: Vec::new(),
            known: HashMap::new(),
            looked_at: Vec::new(),
        }
    }

    /// Takes the first file, which was read from `path` if it was read at all.
    pub(super) fn first(
        &mut self,
        name: &str,
        bytes: &[u8],
        path: Option<&Path>,
        findings: &mut Findings,
    ) {
        let id = self.add(name, bytes, Place::default(), findings);
        self.looked_at.extend(path.map(Path::to_owned));
        if let Some(Ok(canonical)) = path.map(|path| canonical(path, self.unsaved)) {
            self.known.insert(canonical, id);
        }
    }

    /// Takes one expression as the policy `name`.
    pub(super) fn first_expression(&mut self, name: &str, text: &str, findings: &mut Findings) {
        let id = FileId::default();
        let read = |text: &str| {
            let (body, errors) = parse::parse_expression(text, id);
            let policy = PolicyDeclaration {
                docs: Vec::new(),
                attributes: Vec::new(),
                public: None,
                name: Name { text: name.to_owned(), span: body.span },
                parameters: None,
                span: body.span,
                body,
            };
            let file =
                File { id, declarations: vec![Declaration::Policy(policy)], ..File::default() };
            (file, errors)
        };
        self.take(name, text.as_bytes(), Place::default(), read, findings);
    }

    fn add(&mut self, name: &str, bytes: &[u8], place: Place, findings: &mut Findings) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.take(name, bytes, place, |text| parse::parse_file(text, id), findings);
        id
    }

    fn take(
        &mut self,
        name: &str,
        bytes: &[u8],
        place: Place,
        parse: impl FnOnce(&str) -> (File, Vec<Diagnostic>),
        findings: &mut Findings,
    ) {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let (text, (parsed, errors)) = match decode(bytes, id) {
            Ok(text) => {
                let parsed = parse(&text);
                (text, parsed)
            }
            Err(mut error) => {
                let shown = bytes.get(..limits::FILE_BYTES.min(bytes.len()));
                let text = String::from_utf8_lossy(shown.unwrap_or_default()).into_owned();
                // Bytes that are no text are shown as a character that is longer than they are.
                let end = usize::try_from(error.span.end).unwrap_or(usize::MAX);
                error.span.end = Span::new(id, 0, text.ceil_char_boundary(end)).end;
                let none = File { id, ..File::default() };
                (text, (none, vec![error]))
            }
        };
        for error in errors {
            findings.push(error);
        }
        self.files.push(SourceFile::new(name, text));
        self.parsed.push(parsed);
        self.imports.push(Imports::default());
        self.places.push(place);
    }

    /// Reads what the files use, breadth first, so that a file is as near as it can be.
    pub(super) fn follow(&mut self, findings: &mut Findings) {
        let mut next = 0;
        while let Some(file) = self.parsed.get(next) {
            let mut uses: Vec<(UseDeclaration, bool)> = Vec::new();
            let mut late = false;
            for declaration in &file.declarations {
                match declaration {
                    Declaration::Use(import) => uses.push((import.clone(), late)),
                    Declaration::Policy(_) | Declaration::Let(_) => late = true,
                    Declaration::Broken { .. } => {}
                }
            }
            for (import, late) in uses {
                let target = self.import(next, &import, findings);
                let (Some(imports), Some(place)) =
                    (self.imports.get_mut(next), self.places.get_mut(next))
                else {
                    continue;
                };
                match target {
                    Ok(target) => {
                        imports.files.entry(target).or_insert(import.path_span);
                        place.uses.push((target, import.path_span));
                        if late {
                            findings.push(comes_late(&import));
                        }
                    }
                    Err(error) => {
                        imports.incomplete = true;
                        findings.push(*error);
                    }
                }
            }
            next += 1;
        }
    }

    fn import(
        &mut self,
        from: usize,
        import: &UseDeclaration,
        findings: &mut Findings,
    ) -> Result<FileId, Box<Diagnostic>> {
        let refuse = |message: String, help: &str| {
            Box::new(Diagnostic::error(codes::IMPORT, import.path_span, message).with_help(help))
        };
        let path = &import.path;
        let Some(root) = &self.root else {
            return Err(refuse(
                format!("`{path}` cannot be used: this text has no directory"),
                "load it from a file, or write the policies here",
            ));
        };
        let outside = || {
            refuse(
                format!("`{path}` lies outside the directory of the first file"),
                "a load reads nothing outside of it: move the file, or load from further up",
            )
        };
        let unreadable = |error: &io::Error| {
            let reason = match error.kind() {
                io::ErrorKind::NotFound => "there is no such file".to_owned(),
                io::ErrorKind::Other => error.to_string(),
                kind => kind.to_string(),
            };
            refuse(
                format!("`{path}` cannot be read: {reason}"),
                "the path begins at the directory of this file",
            )
        };
        let (directory, depth) = self
            .places
            .get(from)
            .map_or_else(|| (Path::new(""), 0), |place| (place.directory.as_path(), place.depth));
        let place = below(directory, path).ok_or_else(outside)?;
        self.looked_at.push(root.given.join(&place));
        let canonical = canonical(&root.canonical.join(&place), self.unsaved)
            .map_err(|error| unreadable(&error))?;
        if !canonical.starts_with(&root.canonical) {
            return Err(outside());
        }
        if let Some(known) = self.known.get(&canonical) {
            return Ok(*known);
        }
        if depth >= limits::USE_DEPTH {
            let message = format!("`use` is more than {} files deep", limits::USE_DEPTH);
            let error = Diagnostic::error(codes::LIMIT, import.path_span, message);
            return Err(Box::new(error.with_help("use the file from further up")));
        }
        let bytes = match (self.unsaved)(&canonical) {
            Some(text) => Cow::Borrowed(text.as_bytes()),
            None => Cow::Owned(read_regular(&canonical).map_err(|error| unreadable(&error))?),
        };
        let name = root.shown.join(&place).to_string_lossy().into_owned();
        let place = Place {
            directory: place.parent().map(Path::to_owned).unwrap_or_default(),
            depth: depth + 1,
            uses: Vec::new(),
        };
        let id = self.add(&name, &bytes, place, findings);
        self.known.insert(canonical, id);
        Ok(id)
    }

    /// The files, each after those it uses; a cycle is reported.
    pub(super) fn order(&self, findings: &mut Findings) -> Vec<usize> {
        let edges: Vec<Vec<usize>> = self
            .places
            .iter()
            .map(|place| place.uses.iter().map(|(file, _)| file.index()).collect())
            .collect();
        let walk = graph::depth_first(&edges);
        for cycle in &walk.cycles {
            self.report_cycle(cycle, findings);
        }
        walk.order
    }

    /// One error for a cycle, at the `use` that closes it.
    fn report_cycle(&self, cycle: &[usize], findings: &mut Findings) {
        let (Some(first), Some(last)) = (cycle.first(), cycle.last()) else {
            return;
        };
        let name = |file: usize| self.files.get(file).map_or("", SourceFile::name);
        let span = self.places.get(*last).and_then(|place| {
            place.uses.iter().find(|(file, _)| file.index() == *first).map(|(_, span)| *span)
        });
        let files: Vec<_> = cycle.iter().map(|file| format!("`{}`", name(*file))).collect();
        let message = match files.as_slice() {
            [only] => format!("{only} uses itself"),
            files => format!("files use each other in a circle: {}", files.join(", ")),
        };
        findings.push(
            Diagnostic::error(codes::CYCLE, span.unwrap_or_default(), message)
                .with_help("move what both need into a file that uses neither"),
        );
    }
}

fn comes_late(import: &UseDeclaration) -> Diagnostic {
    Diagnostic::error(
        codes::MISPLACED,
        import.span,
        "`use` stands before everything that a file declares",
    )
    .with_help("move it to the head of the file")
}

/// Where `path` leads from `directory`, both below the root; `None` when it leads out.
fn below(directory: &Path, path: &str) -> Option<PathBuf> {
    let mut place = directory.to_owned();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(name) => place.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !place.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(place)
}

/// The path with symbolic links followed, also of a file that is not on the disk yet.
fn canonical(path: &Path, unsaved: &Unsaved<'_>) -> io::Result<PathBuf> {
    fs::canonicalize(path).or_else(|error| {
        let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(error);
        };
        match fs::canonicalize(directory).map(|directory| directory.join(name)) {
            Ok(path) if unsaved(&path).is_some() => Ok(path),
            _ => Err(error),
        }
    })
}

/// Reads the first file of a load.
pub(super) fn read_first<'u>(path: &Path, unsaved: &'u Unsaved<'u>) -> io::Result<Cow<'u, [u8]>> {
    match canonical(path, unsaved).ok().and_then(|path| unsaved(&path)) {
        Some(text) => Ok(Cow::Borrowed(text.as_bytes())),
        None => read(path).map(Cow::Owned),
    }
}

/// Reads a file, no further than shows that it is too long.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(limits::FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads an imported file. Pipes and devices are refused: opening one may never return.
fn read_regular(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.is_file() { read(path) } else { Err(io::Error::other("not a file")) }
}
