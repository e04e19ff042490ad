//! What the client has open, as it has it, and what the checker makes of it. Each open document is the
//! first file of a load of its own, as if it had been named to `nl check` in the folder around it.

use super::client::Client;
use super::failure::Failure;
use super::text::ClientText;
use super::uri;
use crate::args::Lsp;
use crate::judge::Judge;
use gen_lsp_types::{Position, TextDocumentPositionParams, Uri};
use ignore::WalkBuilder;
use ninelives_dsl::editor::{Symbols, sound};
use ninelives_dsl::explain::Explained;
use ninelives_dsl::host::{HostKind, asked};
use ninelives_dsl::load::{Front, Load, load_bytes, load_document};
use ninelives_dsl::plan::Policy;
use ninelives_dsl::source::{FileId, Span};
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Everything that requests are answered from.
pub(super) struct Workspace<'o> {
    options: &'o Lsp,
    pub(super) client: Client,
    pub(super) folders: Vec<PathBuf>,
    /// By their URIs, as the client spells them.
    documents: BTreeMap<String, Document>,
    /// Something changed since the last check.
    outdated: bool,
}

/// An open document.
pub(super) struct Document {
    pub(super) uri: Uri,
    /// Where it lies; `None` for one that has no file.
    file: Option<PathBuf>,
    pub(super) version: i32,
    pub(super) text: Rc<ClientText>,
    checked: Option<Checked>,
}

/// A load with its findings, and how its files are called outside.
pub(super) struct Checked {
    pub(super) load: Load,
    /// By file of the load.
    pub(super) files: Vec<CheckedFile>,
    /// Where files were looked for, with symbolic links followed.
    looked_at: Vec<PathBuf>,
    /// The things of the host that are known.
    pub(super) hosts: Vec<(HostKind, String)>,
    /// What is wrong with `nl.toml`.
    pub(super) problem: Option<String>,
    symbols: OnceCell<Symbols>,
    sound: OnceCell<HashSet<Span>>,
}

/// A file of a load.
pub(super) struct CheckedFile {
    pub(super) uri: Uri,
    pub(super) path: Option<PathBuf>,
    pub(super) text: Rc<ClientText>,
}

/// A load that a request needs.
pub(super) enum Loaded<'w> {
    /// An open document's.
    Open(&'w Checked),
    /// Read for this request.
    Read(Box<Checked>),
}

impl Deref for Loaded<'_> {
    type Target = Checked;

    fn deref(&self) -> &Checked {
        match self {
            Self::Open(checked) => checked,
            Self::Read(checked) => checked,
        }
    }
}

/// A place in an open document.
pub(super) struct Place<'w> {
    pub(super) document: &'w Document,
    pub(super) checked: &'w Checked,
    /// In the decoded text.
    pub(super) offset: usize,
}

/// Texts that hold in the place of what the client and the disk have, by path with symbolic links
/// followed.
pub(super) type Changed = BTreeMap<PathBuf, String>;

impl<'o> Workspace<'o> {
    pub(super) fn new(options: &'o Lsp) -> Self {
        let client = Client::default();
        let documents = BTreeMap::new();
        Self { options, client, folders: Vec::new(), documents, outdated: false }
    }

    /// The client opened a document.
    pub(super) fn open(&mut self, uri: Uri, version: i32, text: String) {
        let file = uri::to_path(&uri.0).map(|path| resolved(&path));
        let text = Rc::new(ClientText::new(text, self.client.encoding));
        let name = uri.0.clone();
        let document = Document { uri, file: file.clone(), version, text, checked: None };
        self.documents.insert(name, document);
        self.changed(file.as_deref());
    }

    /// The client changed a document.
    ///
    /// # Errors
    /// When it is not open.
    pub(super) fn change(&mut self, uri: &Uri, version: i32, text: String) -> Result<(), Failure> {
        let encoding = self.client.encoding;
        let document = self.documents.get_mut(&uri.0).ok_or_else(|| Failure::not_open(uri))?;
        document.text = Rc::new(ClientText::new(text, encoding));
        document.version = version;
        document.checked = None;
        let file = document.file.clone();
        self.changed(file.as_deref());
        Ok(())
    }

    /// The client closed a document: what the disk has of it holds again.
    ///
    /// # Errors
    /// When it is not open.
    pub(super) fn close(&mut self, uri: &Uri) -> Result<(), Failure> {
        let document = self.documents.remove(&uri.0).ok_or_else(|| Failure::not_open(uri))?;
        self.changed(document.file.as_deref());
        Ok(())
    }

    /// Something changed that is not open: files, folders, settings.
    pub(super) fn outdated(&mut self) {
        self.outdated = true;
        for document in self.documents.values_mut() {
            document.file = uri::to_path(&document.uri.0).map(|path| resolved(&path));
            document.checked = None;
        }
    }

    /// What a file is part of is checked again.
    fn changed(&mut self, file: Option<&Path>) {
        self.outdated = true;
        for document in self.documents.values_mut() {
            let looked_at = document.checked.iter().flat_map(|checked| &checked.looked_at);
            if file.is_some_and(|file| looked_at.into_iter().any(|it| it == file)) {
                document.checked = None;
            }
        }
    }

    /// Checks what changed; false when nothing did.
    pub(super) fn check(&mut self) -> bool {
        let open = self.documents.iter();
        let unchecked = open.filter(|(_, document)| document.checked.is_none());
        let checked: Vec<_> =
            unchecked.map(|(name, document)| (name.clone(), self.checked(document))).collect();
        for (name, checked) in checked {
            if let Some(document) = self.documents.get_mut(&name) {
                document.checked = Some(checked);
            }
        }
        std::mem::take(&mut self.outdated)
    }

    /// Every open document that was checked.
    pub(super) fn documents(&self) -> impl Iterator<Item = (&Document, &Checked)> {
        let documents = self.documents.values();
        documents.filter_map(|document| Some((document, document.checked.as_ref()?)))
    }

    /// An open document.
    ///
    /// # Errors
    /// When it is not open.
    pub(super) fn document(&self, uri: &Uri) -> Result<(&Document, &Checked), Failure> {
        let document = self.documents.get(&uri.0);
        let checked = document.and_then(|document| Some((document, document.checked.as_ref()?)));
        checked.ok_or_else(|| Failure::not_open(uri))
    }

    /// A place in an open document.
    ///
    /// # Errors
    /// When it is not open, or has no such line.
    pub(super) fn place(&self, at: &TextDocumentPositionParams) -> Result<Place<'_>, Failure> {
        let (document, checked) = self.document(&at.text_document.uri)?;
        let offset = document.offset(at.position)?;
        Ok(Place { document, checked, offset })
    }

    /// The open document of a file.
    fn of_file(&self, file: &Path) -> Option<&Document> {
        self.documents.values().find(|document| document.file.as_deref() == Some(file))
    }

    /// The folder that a file is checked in: the workspace's, else its own.
    fn folder<'p>(&'p self, path: &'p Path) -> &'p Path {
        let around = self.folders.iter().filter(|folder| path.starts_with(folder));
        let nearest = around.max_by_key(|folder| folder.as_os_str().len());
        nearest.map(PathBuf::as_path).or(path.parent()).unwrap_or(path)
    }

    fn checked(&self, document: &Document) -> Checked {
        match uri::to_path(&document.uri.0) {
            Some(path) => self.read(&path, &Changed::new()),
            None => None,
        }
        .unwrap_or_else(|| {
            let load =
                load_bytes(&document.uri.0, document.text.raw().as_bytes(), None, Front::Text);
            self.judged(load, Path::new(""), Some(document))
        })
    }

    /// Loads the file at a path as it would be with `changed`, and judges it; `None` when it cannot be
    /// read.
    pub(super) fn read(&self, path: &Path, changed: &Changed) -> Option<Checked> {
        let folder = self.folder(path);
        let shown = path.strip_prefix(folder).unwrap_or(path);
        let unsaved = |file: &Path| {
            let changed = changed.get(file).map(String::as_str);
            changed.or_else(|| self.of_file(file).map(|document| document.text.raw()))
        };
        let load = load_document(path, shown, &unsaved, Front::Text).ok()?;
        Some(self.judged(load, folder, None))
    }

    /// Adds what loading does not find by itself. The first file is `first`, or lies in the folder as
    /// the others do.
    fn judged(&self, mut load: Load, folder: &Path, first: Option<&Document>) -> Checked {
        let Lsp { levels, project, .. } = self.options;
        let (judge, problem) = match Judge::new(levels, project, folder) {
            Ok(judge) => (judge, None),
            Err(problem) => (Judge::default(), Some(problem)),
        };
        judge.complete(&mut load);
        let host = judge.host().into_iter().flat_map(|names| names.iter());
        let asked = asked(&load.plan).into_iter().map(|asked| (asked.kind, asked.name));
        let mut hosts: Vec<(HostKind, String)> =
            host.chain(asked).map(|(kind, name)| (kind, name.to_owned())).collect();
        hosts.sort_unstable();
        hosts.dedup();
        let files = load.files.iter().map(|file| {
            if let Some(document) = first {
                let (uri, text) = (document.uri.clone(), document.text.clone());
                return CheckedFile { uri, path: None, text };
            }
            let path = folder.join(file.name());
            let resolved = resolved(&path);
            let (uri, text) = match self.of_file(&resolved) {
                Some(document) => (document.uri.clone(), document.text.clone()),
                None => {
                    let text = ClientText::new(file.text().to_owned(), self.client.encoding);
                    (Uri(uri::of_path(&path)), Rc::new(text))
                }
            };
            CheckedFile { uri, path: Some(resolved), text }
        });
        Checked {
            files: files.collect(),
            looked_at: load.looked_at.iter().map(|path| resolved(path)).collect(),
            load,
            hosts,
            problem,
            symbols: OnceCell::new(),
            sound: OnceCell::new(),
        }
    }

    /// The load of a file: that of an open document is there already. `None` when it cannot be read.
    pub(super) fn load(&self, path: &Path) -> Option<Loaded<'_>> {
        let open = self.of_file(&resolved(path)).and_then(|document| document.checked.as_ref());
        let read = || self.read(path, &Changed::new()).map(|read| Loaded::Read(Box::new(read)));
        open.map(Loaded::Open).or_else(read)
    }

    /// Every load that a file is part of, of those that are open or lie in the folder around it.
    pub(super) fn loads_with(&self, file: &Path) -> Vec<Loaded<'_>> {
        let folder = self.folder(file);
        // A file alone is no reason to search a home directory.
        let depth = (!self.folders.iter().any(|it| it == folder)).then_some(1);
        let paths = self.with_open(policies_in(folder, depth));
        let loads = paths.iter().filter_map(|path| self.load(path));
        loads.filter(|load| load.file(file).is_some()).collect()
    }

    /// Every file with policies that is open or lies in a folder of the workspace.
    pub(super) fn policy_files(&self) -> Vec<PathBuf> {
        self.with_open(self.folders.iter().flat_map(|folder| policies_in(folder, None)))
    }

    fn with_open(&self, found: impl Iterator<Item = PathBuf>) -> Vec<PathBuf> {
        let open = self.documents.values().filter_map(|document| uri::to_path(&document.uri.0));
        let mut paths: Vec<(PathBuf, PathBuf)> =
            found.chain(open).map(|path| (resolved(&path), path)).collect();
        paths.sort_unstable();
        paths.dedup_by(|one, other| one.0 == other.0);
        paths.into_iter().map(|(_, path)| path).collect()
    }
}

/// The files with policies in a directory, ignore files respected.
fn policies_in(directory: &Path, depth: Option<usize>) -> impl Iterator<Item = PathBuf> {
    let found = WalkBuilder::new(directory).max_depth(depth).build();
    let found = found.filter_map(|entry| Some(entry.ok()?.into_path()));
    found.filter(|path| path.extension() == Some(OsStr::new("nl")) && path.is_file())
}

impl Document {
    /// The offset of a place in the decoded text.
    ///
    /// # Errors
    /// When there is no such line.
    pub(super) fn offset(&self, position: Position) -> Result<usize, Failure> {
        self.text.offset(position).ok_or_else(|| Failure::no_such_line(&self.uri, position))
    }
}

impl Checked {
    /// What the load declares.
    pub(super) fn symbols(&self) -> &Symbols {
        self.symbols.get_or_init(|| Symbols::of(&self.load))
    }

    /// The figures of a policy, which has some when no error touches it.
    pub(super) fn explained<'c>(&'c self, policy: &'c Policy) -> Explained<'c> {
        let sound = self.sound.get_or_init(|| sound(&self.load, self.symbols()));
        Explained::of(&self.load, policy, sound.contains(&policy.span))
    }

    /// The decoded text of the first file.
    pub(super) fn text(&self) -> &str {
        self.load.files.first().map_or("", |file| file.text())
    }

    /// A file by its path, symbolic links followed.
    pub(super) fn file(&self, path: &Path) -> Option<FileId> {
        let at = self.files.iter().position(|file| file.path.as_deref() == Some(path))?;
        u32::try_from(at).ok().map(FileId)
    }
}

/// The path with symbolic links followed, also of a file that is not there.
pub(super) fn resolved(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| {
        let directory = path.parent().and_then(|directory| fs::canonicalize(directory).ok());
        match (directory, path.file_name()) {
            (Some(directory), Some(name)) => directory.join(name),
            _ => path.to_owned(),
        }
    })
}
