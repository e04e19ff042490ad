//! The policies of a text, and the way to put another text in force.

use super::calls::Hosted;
use super::findings::{FetchError, Findings, LoadError};
use super::generation::{Generation, StillOffers};
use super::host::Host;
use super::policy::TextPolicy;
use crate::error::Fault;
use crate::swap::Swap;
use crate::world::{Flat, Lifted, Mode};
use ninelives_dsl::load::{Front, Load, load_bytes, load_path};
use std::any::TypeId;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The policies of a text; see the [module](super).
///
/// # Clone
/// Clones are the same book.
#[derive(Clone)]
pub struct PolicyBook {
    shelf: Arc<Shelf>,
}

/// What the clones of a book, its policies and the services under them share.
pub(super) struct Shelf {
    host: Host,
    /// What findings call the text.
    name: String,
    /// Where it may `use` files.
    directory: Option<PathBuf>,
    current: Swap<Generation>,
    /// That of `current`, which a service compares at each call: a plain load, where a load of the
    /// pointer would write a shared word.
    revision: AtomicU64,
    /// What was handed out, and must be there in every later text for as long as somebody holds it.
    /// Locked during a reload, so that what is handed out meanwhile is checked too.
    fetched: Mutex<BTreeMap<(String, TypeId), Fetched>>,
}

/// A policy that was handed out for one kind of call.
struct Fetched {
    /// Its name, of which every handle and every service under it has the `Arc`.
    held: Weak<str>,
    still_offers: StillOffers,
}

/// What a reload did.
#[derive(Clone, Debug)]
pub struct Reloaded {
    revision: u64,
    warnings: Findings,
}

impl Reloaded {
    /// The number of the text that is in force now; the first is 1.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// What is worth a second look in it.
    pub const fn warnings(&self) -> &Findings {
        &self.warnings
    }
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
        let generation = Generation::new(load, &host, 1);
        if generation.has_errors() {
            return Err(LoadError::Refused(generation.findings()));
        }
        let shelf = Shelf {
            host,
            name,
            directory,
            revision: AtomicU64::new(generation.revision),
            current: Swap::new(Arc::new(generation)),
            fetched: Mutex::default(),
        };
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
        let mut fetched = lock(&self.shelf.fetched);
        let generation = self.shelf.current();
        let (classifier, part) = generation.policy::<Hosted<Req, Res, Err, M>>(name)?;
        let key = (name.to_owned(), TypeId::of::<Hosted<Req, Res, Err, M>>());
        let held = fetched.get(&key).and_then(|fetched| fetched.held.upgrade());
        let name: Arc<str> = held.unwrap_or_else(|| name.into());
        let still_offers = Generation::still_offers::<Hosted<Req, Res, Err, M>>;
        fetched.insert(key, Fetched { held: Arc::downgrade(&name), still_offers });
        Ok(TextPolicy::new(self.shelf.clone(), name, classifier.clone(), part.clone()))
    }

    /// Puts another text in force: read, checked and bound off to the side, then swapped in with
    /// one store. Requests in flight finish on the stack they began on; every service under a
    /// policy of this book runs the new text from its next call on.
    ///
    /// # Errors
    /// When the text has errors, or lacks a policy of this book that is in use, which is one that a
    /// handle or a service is still there for: the text in force stays, and nothing changes.
    pub fn reload(&self, text: impl AsRef<[u8]>) -> Result<Reloaded, LoadError> {
        let shelf = &*self.shelf;
        let directory = shelf.directory.as_deref();
        shelf.put(load_bytes(&shelf.name, text.as_ref(), directory, Front::Text))
    }

    /// As [`reload`](Self::reload), with the text of a file and what it uses.
    ///
    /// # Errors
    /// As [`reload`](Self::reload), and [`LoadError::Unreadable`].
    pub fn reload_file(&self, path: impl AsRef<Path>) -> Result<Reloaded, LoadError> {
        let path = path.as_ref();
        self.take(path, load_path(path, Front::Text))
    }

    /// Puts what was loaded from `path` in force, if it could be read.
    pub(super) fn take(
        &self,
        path: &Path,
        loaded: io::Result<Load>,
    ) -> Result<Reloaded, LoadError> {
        let unreadable = |source| LoadError::Unreadable { path: path.to_owned(), source };
        self.shelf.put(loaded.map_err(unreadable)?)
    }

    /// The number of the text in force; the first is 1.
    pub fn revision(&self) -> u64 {
        self.shelf.revision()
    }

    /// What is worth a second look in the text in force.
    pub fn warnings(&self) -> Findings {
        self.shelf.current().findings()
    }
}

impl Shelf {
    pub(super) fn current(&self) -> Arc<Generation> {
        self.current.load()
    }

    #[inline]
    pub(super) fn revision(&self) -> u64 {
        // Pairs with the release in `put`: who sees a revision finds that generation, or a later
        // one.
        self.revision.load(Ordering::Acquire)
    }

    fn put(&self, load: Load) -> Result<Reloaded, LoadError> {
        let mut fetched = lock(&self.fetched);
        fetched.retain(|_, fetched| fetched.held.strong_count() > 0);
        let revision = self.revision() + 1;
        let mut generation = Generation::new(load, &self.host, revision);
        if !generation.has_errors() {
            for ((name, _), fetched) in &*fetched {
                generation.report((fetched.still_offers)(&generation, name));
            }
        }
        let findings = generation.findings();
        if generation.has_errors() {
            return Err(LoadError::Refused(findings));
        }
        self.current.store(Arc::new(generation));
        // Pairs with the acquire in `revision`.
        self.revision.store(revision, Ordering::Release);
        Ok(Reloaded { revision, warnings: findings })
    }
}

fn read(path: &Path) -> Result<Load, LoadError> {
    load_path(path, Front::Text)
        .map_err(|source| LoadError::Unreadable { path: path.to_owned(), source })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for PolicyBook {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("PolicyBook")
            .field("text", &self.shelf.name)
            .field("revision", &self.revision())
            .finish_non_exhaustive()
    }
}
