//! Reloads a book when its file changes.
//!
//! # Behaviour
//! The directories of the file, and of the files that it uses, are watched. Whatever happens in one
//! of them means no more than "look again": what counts is the content, read afresh and compared. So
//! it is all the same whether an editor writes in place or renames a new file over the old one, or
//! whether a ConfigMap swaps the symbolic link that the file lies behind. Every `poll` it looks
//! again in any case, since bind mounts and network file systems report nothing.
//!
//! A content is loaded when it stayed the same for `settle`, so a file that is still being written is
//! left alone, and once: it is not tried again until something changes. A content that is refused, a
//! file that is gone, unreadable, or a directory now, changes nothing: the last good text stays in
//! force, [`PolicyBook::status`] says why the last attempt failed, and the watching goes on.
//!
//! # What it does not do
//! A text that is cut short for longer than `settle`, and is a good text all the same, is taken over.
//! Replace files by renaming where that matters; a policy that is in use and was cut off is noticed
//! in any case. Between a file and a program that both reload, the last one wins; the program says
//! with [`PolicyBook::reload_if`] what it started from.
//!
//! # Cost
//! One thread, asleep but for changes and polls: a request never meets it.
//!
//! # Cancellation
//! Dropping the [`FileWatch`] ends the thread, once what it does at that moment is done.
//!
//! # Examples
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use ninelives_runtime::dynamic::{Host, PolicyBook, WatchConfig};
//! use std::sync::mpsc;
//!
//! let folder = tempfile::tempdir()?;
//! let file = folder.path().join("api.nl");
//! std::fs::write(&file, "policy search = timeout(1s);")?;
//! let book = PolicyBook::from_file(&file, Host::new())?;
//! let (tell, told) = mpsc::channel();
//! let watch = WatchConfig::new()
//!     .on_reload(move |answer| {
//!         let _ = tell.send(answer.map(|_| ()).map_err(ToString::to_string));
//!     })
//!     .start(&book, &file)?;
//!
//! std::fs::write(&file, "policy search = timeout(2s) + retry(3);")?;
//! assert_eq!(told.recv()?, Ok(()));
//!
//! std::fs::write(&file, "policy search = timeout(2s) + rety(3);")?;
//! assert!(told.recv()?.unwrap_err().contains("did you mean `retry`?"));
//! drop(watch);
//! # Ok(())
//! # }
//! ```

mod directories;
mod look;

use super::book::PolicyBook;
use super::findings::LoadError;
use super::reloaded::Reloaded;
use ninelives_dsl::load::{Front, load_path};

use directories::Directories;
use look::Look;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How a file is watched; see the [module](self).
#[must_use = "a configuration watches nothing until it is started"]
pub struct WatchConfig {
    settle: Duration,
    poll: Duration,
    notice: Notice,
}

/// What is told of each reload.
type Notice = Box<dyn FnMut(Result<&Reloaded, &LoadError>) + Send>;

impl WatchConfig {
    /// Settles in 50 ms, polls every 2 s.
    pub fn new() -> Self {
        Self {
            settle: Duration::from_millis(50),
            poll: Duration::from_secs(2),
            notice: Box::new(|_| {}),
        }
    }

    /// How long a content must stay the same before it is loaded: longer than what writes the file
    /// pauses; 50 ms unless given.
    pub fn settle(mut self, settle: Duration) -> Self {
        self.settle = settle;
        self
    }

    /// How often to look where no change is reported; 2 s unless given.
    pub fn poll(mut self, poll: Duration) -> Self {
        self.poll = poll;
        self
    }

    /// Tells of every attempt, also of one that changed nothing because the text means the same.
    /// Called on the thread that watches: what takes long here delays the next look. A panic of it is
    /// caught, and the watching goes on.
    pub fn on_reload(
        mut self,
        notice: impl FnMut(Result<&Reloaded, &LoadError>) + Send + 'static,
    ) -> Self {
        self.notice = Box::new(notice);
        self
    }

    /// Begins to watch, and loads the file if it is not what `book` was loaded from any more.
    ///
    /// # Errors
    /// When there is no thread to be had. That the system reports no changes is no error, only
    /// slower: the file is polled.
    pub fn start(self, book: &PolicyBook, path: impl AsRef<Path>) -> io::Result<FileWatch> {
        let path = path.as_ref().to_owned();
        // One place: that something happened is all that is told.
        let (sender, signals) = sync_channel(1);
        let watcher = Watcher {
            book: book.clone(),
            path: path.clone(),
            files: vec![path.clone()],
            tried: None,
            directories: Directories::new(sender.clone()),
            signals,
            config: self,
        };
        let thread =
            thread::Builder::new().name("ninelives-watch".to_owned()).spawn(|| watcher.run())?;
        Ok(FileWatch { path, sender, thread: Some(thread) })
    }
}

impl Default for WatchConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for WatchConfig {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("WatchConfig")
            .field("settle", &self.settle)
            .field("poll", &self.poll)
            .finish_non_exhaustive()
    }
}

/// A file under watch, until this is dropped.
#[must_use = "the watching ends when this is dropped"]
pub struct FileWatch {
    path: PathBuf,
    sender: SyncSender<Signal>,
    thread: Option<JoinHandle<()>>,
}

impl FileWatch {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for FileWatch {
    fn drop(&mut self) {
        // Waits where the one place is taken; fails where the thread is gone.
        let _ = self.sender.send(Signal::Stop);
        // The thread itself drops this where `on_reload` owns it.
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for FileWatch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("FileWatch").field("path", &self.path).finish_non_exhaustive()
    }
}

/// What wakes the thread.
enum Signal {
    /// Something happened in a directory.
    Look,
    Stop,
}

/// The watching is over.
struct Stopped;

/// What runs on the thread.
struct Watcher {
    book: PolicyBook,
    path: PathBuf,
    /// The file and what it uses, found or not, as the last attempt had it.
    files: Vec<PathBuf>,
    /// What was last loaded, well or badly.
    tried: Option<Look>,
    directories: Directories,
    signals: Receiver<Signal>,
    config: WatchConfig,
}

impl Watcher {
    fn run(mut self) {
        while self.turn().is_ok() {}
    }

    /// Looks, takes care of what it sees, and waits for the next reason to look.
    fn turn(&mut self) -> Result<(), Stopped> {
        // Before the look: what changes after it is reported.
        self.directories.cover(&self.files);
        let seen = Look::at(&self.files);
        if !self.tried.as_ref().is_some_and(|tried| tried.is_same_text(&seen)) {
            self.pause()?;
            self.attempt(seen);
            return Ok(());
        }
        // However much happens in a directory, it is looked at once in a pause.
        if !self.pause()? {
            match self.signals.recv_timeout(self.config.poll) {
                Ok(Signal::Look) => {}
                Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return Err(Stopped),
                // A directory may be another one by now: gone and made again, or behind a link.
                Err(RecvTimeoutError::Timeout) => self.directories.renew(),
            }
        }
        Ok(())
    }

    /// Loads what was seen, if it is still so and is all there is to see.
    fn attempt(&mut self, seen: Look) {
        if Look::at(&self.files) != seen {
            return;
        }
        let loaded = match seen.trouble() {
            Some(trouble) => Err(trouble),
            None => load_path(&self.path, Front::Text),
        };
        if let Ok(load) = &loaded
            && load.looked_at != self.files
        {
            self.files.clone_from(&load.looked_at);
            return;
        }
        if Look::at(&self.files) != seen {
            return;
        }
        self.tried = Some(seen);
        let answer = self.book.take(&self.path, loaded);
        let notice = &mut self.config.notice;
        // The panic was reported by its hook; what the notice left half done is its own.
        let _ = catch_unwind(AssertUnwindSafe(|| notice(answer.as_ref())));
    }

    /// Sleeps for `settle`, and says whether something happened meanwhile.
    fn pause(&self) -> Result<bool, Stopped> {
        let until = Instant::now() + self.config.settle;
        let mut happened = false;
        loop {
            let rest = until.saturating_duration_since(Instant::now());
            match self.signals.recv_timeout(rest) {
                Ok(Signal::Look) => happened = true,
                Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return Err(Stopped),
                Err(RecvTimeoutError::Timeout) => return Ok(happened),
            }
        }
    }
}
