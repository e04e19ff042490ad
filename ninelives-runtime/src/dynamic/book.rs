//! The policies of a text, and the way to put another text in force.

use super::calls::Hosted;
use super::findings::{FetchError, Findings, LoadError};
use super::host::Host;
use super::policy::TextPolicy;
use super::reloaded::Reloaded;
use super::revision::Revision;
use super::shelf::Shelf;
use super::status::Status;
use crate::error::Fault;
use crate::registry::{Registry, Source};
use crate::telemetry::Telemetry;
use crate::world::{Flat, Lifted, Mode};
use ninelives_dsl::load::{Front, Load, load_bytes, load_path};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The policies of a text; see the [module](super).
///
/// # Clone
/// Clones are the same book.
#[derive(Clone)]
pub struct PolicyBook {
    shelf: Arc<Shelf>,
}

impl PolicyBook {
    /// Loads a text. It cannot `use` files.
    ///
    /// # Errors
    /// [`LoadError::Refused`] with every error of the text, names that the host does not provide
    /// included.
    pub fn from_text(text: impl AsRef<[u8]>, host: Host) -> Result<Self, LoadError> {
        let name = "<text>";
        let load = load_bytes(name, text.as_ref(), None, Front::Text);
        Self::new(load, host, name.to_owned(), None)
    }

    /// Loads a file and what it uses.
    ///
    /// # Errors
    /// As [`from_text`](Self::from_text), and [`LoadError::Unreadable`].
    pub fn from_file(path: impl AsRef<Path>, host: Host) -> Result<Self, LoadError> {
        let path = path.as_ref();
        let load = read(path)?;
        let name = path.to_string_lossy().into_owned();
        Self::new(load, host, name, path.parent().map(Path::to_owned))
    }

    fn new(
        load: Load,
        host: Host,
        name: String,
        directory: Option<PathBuf>,
    ) -> Result<Self, LoadError> {
        let shelf = Shelf::new(load, host, name, directory)?;
        Ok(Self { shelf: Arc::new(shelf) })
    }

    /// A policy for calls of `Req` answered with `Res` or failed with `Err`: a `tower::Layer`.
    ///
    /// # Errors
    /// When the text has no such policy, does not let the host run it, or when the host does not
    /// provide what it asks for.
    pub fn policy<Req, Res, Err>(&self, name: &str) -> Result<TextPolicy<Req, Res, Err>, FetchError>
    where
        Req: Send + 'static,
        Res: Send + 'static,
        Err: Send + 'static,
    {
        self.fetch::<_, _, _, Lifted>(name)
    }

    /// As [`policy`](Self::policy), for calls registered with [`Calls::flat`](super::Calls::flat).
    ///
    /// # Errors
    /// As [`policy`](Self::policy).
    pub fn flat_policy<Req, Res, Err>(
        &self,
        name: &str,
    ) -> Result<TextPolicy<Req, Res, Err, Flat>, FetchError>
    where
        Req: Send + 'static,
        Res: Send + 'static,
        Err: Fault + Send + 'static,
    {
        self.fetch::<_, _, _, Flat>(name)
    }

    fn fetch<Req, Res, Err, M>(
        &self,
        name: &str,
    ) -> Result<TextPolicy<Req, Res, Err, M>, FetchError>
    where
        Req: Send + 'static,
        Res: Send + 'static,
        Err: 'static,
        M: Mode<Err, Error: Send + 'static> + 'static,
    {
        let (name, classifier) = self.shelf.fetch::<Hosted<Req, Res, Err, M>>(name)?;
        Ok(TextPolicy::new(self.shelf.clone(), name, classifier))
    }

    /// Puts another text in force: read, checked and bound off to the side, then swapped in with
    /// one store. Requests finish on the stack they were made under; every service under a
    /// policy of this book runs the new text from its next call on. Layers that go on keep their
    /// state; see [Reload](super#reload).
    ///
    /// A text that says the same as the one in force changes nothing.
    ///
    /// # Errors
    /// When the text has errors, or lacks a policy of this book that is in use, which is one that a
    /// handle or a service is still there for: the text in force stays, and nothing changes.
    pub fn reload(&self, text: impl AsRef<[u8]>) -> Result<Reloaded, LoadError> {
        self.shelf.put(Ok(self.load(text.as_ref())), None)
    }

    /// As [`reload`](Self::reload), if the text in force is still the one that this one was based on:
    /// of two who change it at once, one learns that the other was faster.
    ///
    /// # Errors
    /// As [`reload`](Self::reload), and [`LoadError::Conflict`].
    ///
    /// # Examples
    /// ```
    /// use ninelives_runtime::dynamic::{Host, LoadError, PolicyBook};
    ///
    /// let book = PolicyBook::from_text("policy search = timeout(1s);", Host::new())?;
    /// let seen = book.revision();
    /// book.reload_if(seen, "policy search = timeout(2s);")?;
    /// let slower = book.reload_if(seen, "policy search = timeout(3s);");
    /// assert!(matches!(slower, Err(LoadError::Conflict { based_on, .. }) if based_on == seen));
    /// # Ok::<(), LoadError>(())
    /// ```
    pub fn reload_if(
        &self,
        based_on: Revision,
        text: impl AsRef<[u8]>,
    ) -> Result<Reloaded, LoadError> {
        self.shelf.put(Ok(self.load(text.as_ref())), Some(based_on))
    }

    /// As [`reload`](Self::reload), with the text of a file and what it uses.
    ///
    /// # Errors
    /// As [`reload`](Self::reload), and [`LoadError::Unreadable`].
    pub fn reload_file(&self, path: impl AsRef<Path>) -> Result<Reloaded, LoadError> {
        self.shelf.put(read(path.as_ref()), None)
    }

    /// As [`reload_if`](Self::reload_if), with the text of a file and what it uses.
    ///
    /// # Errors
    /// As [`reload_if`](Self::reload_if), and [`LoadError::Unreadable`].
    pub fn reload_file_if(
        &self,
        based_on: Revision,
        path: impl AsRef<Path>,
    ) -> Result<Reloaded, LoadError> {
        self.shelf.put(read(path.as_ref()), Some(based_on))
    }

    /// Puts what was loaded from a file that is watched in force, if it could be read.
    #[cfg(feature = "watch")]
    pub(super) fn take(
        &self,
        path: &Path,
        loaded: io::Result<Load>,
    ) -> Result<Reloaded, LoadError> {
        let whole = |load: Load| {
            let cut_short = load.plan.policies.is_empty() && !load.has_errors();
            if cut_short && self.shelf.current().has_policies() {
                return Err(LoadError::CutShort { path: path.to_owned() });
            }
            Ok(load)
        };
        let loaded = loaded.map_err(|error| unreadable(path, error));
        self.shelf.put(loaded.and_then(whole), None)
    }

    fn load(&self, text: &[u8]) -> Load {
        let Shelf { name, directory, .. } = &*self.shelf;
        load_bytes(name, text, directory.as_deref(), Front::Text)
    }

    /// Reports into a sink, or into a [`Telemetry`] that others report into too: what becomes of the
    /// requests of every policy, what all layers do, and the reloads; of this text and of all later
    /// ones.
    ///
    /// # Examples
    /// ```
    /// use ninelives_runtime::dynamic::{Host, PolicyBook};
    /// use ninelives_runtime::telemetry::MemorySink;
    ///
    /// let memory = MemorySink::new(100);
    /// let book = PolicyBook::from_text("policy search = timeout(1s);", Host::new())?
    ///     .with_sink(memory.clone());
    /// # drop(book);
    /// # Ok::<(), ninelives_runtime::dynamic::LoadError>(())
    /// ```
    #[must_use = "the book is given back"]
    pub fn with_sink(self, sink: impl Into<Telemetry>) -> Self {
        self.shelf.attach(&sink.into());
        self
    }

    /// The number of the text in force: the first is 1, and each that takes its place one more.
    pub fn generation(&self) -> u64 {
        self.shelf.generation()
    }

    /// The revision of the text in force: a hash of what it says.
    pub fn revision(&self) -> Revision {
        self.shelf.current().revision
    }

    /// Which text is in force, since when, and whether the last attempt to replace it failed.
    pub fn status(&self) -> Status {
        self.shelf.status()
    }

    /// The parameters and the state of its layers by their paths, always of the text in force.
    pub fn registry(&self) -> Registry {
        let registry = Registry::new();
        let added = registry.add_book(self);
        debug_assert!(added.is_ok(), "{added:?}: an empty registry takes any book");
        registry
    }

    pub(crate) fn source(&self) -> Arc<dyn Source> {
        self.shelf.clone()
    }

    /// What is worth a second look in the text in force.
    pub fn warnings(&self) -> Findings {
        self.shelf.current().findings()
    }
}

fn read(path: &Path) -> Result<Load, LoadError> {
    load_path(path, Front::Text).map_err(|error| unreadable(path, error))
}

fn unreadable(path: &Path, error: io::Error) -> LoadError {
    LoadError::Unreadable { path: path.to_owned(), reason: Arc::new(error) }
}

impl fmt::Debug for PolicyBook {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("PolicyBook")
            .field("text", &self.shelf.name)
            .field("generation", &self.generation())
            .finish_non_exhaustive()
    }
}
