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
//! left alone, and once: it is not tried again until something changes. A content that is refused, or
//! declares no policy at all, a file that is gone, unreadable, or a directory now, changes nothing: the
//! last good text stays in force, [`PolicyBook::status`] says why the last attempt failed, and the watching goes on.
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
mod sight;

use super::book::PolicyBook;
use super::findings::LoadError;
use super::reloaded::Reloaded;
use ninelives_dsl::load::{Front, load_path};

use directories::Directories;
use sight::Sight;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How a file is watched: its directories, for any change, and by polls.
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
    /// Called on the thread that watches: what takes long here delays the next look. After a panic of
    /// it the watching goes on.
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
        let stop = Arc::new(AtomicBool::new(false));
        let watcher = Watcher {
            book: book.clone(),
            stop: stop.clone(),
            path: path.clone(),
            files: vec![path.clone()],
            tried: None,
            directories: Directories::new(sender.clone()),
            signals,
            config: self,
        };
        let thread =
            thread::Builder::new().name("ninelives-watch".to_owned()).spawn(|| watcher.run())?;
        Ok(FileWatch { path, stop, sender, thread: Some(thread) })
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
    stop: Arc<AtomicBool>,
    sender: SyncSender<Look>,
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
        // Relaxed: it guards nothing, and the signal comes after it.
        self.stop.store(true, Ordering::Relaxed);
        // Where the one place is taken the thread wakes in any case.
        let _ = self.sender.try_send(Look);
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

/// What wakes the thread: something happened in a directory.
struct Look;

/// The watching is over.
struct Stopped;

/// What runs on the thread.
struct Watcher {
    book: PolicyBook,
    stop: Arc<AtomicBool>,
    path: PathBuf,
    /// The file and what it uses, found or not, as the last attempt had it.
    files: Vec<PathBuf>,
    /// What was last loaded, well or badly.
    tried: Option<Sight>,
    directories: Directories,
    signals: Receiver<Look>,
    config: WatchConfig,
}

impl Watcher {
    fn run(mut self) {
        loop {
            // A panic of the host's code was reported by its hook. What was looked at is not tried
            // again until it changes, and the watching goes on.
            let turned = catch_unwind(AssertUnwindSafe(|| self.turn()));
            if turned.unwrap_or_else(|_| self.pause().map(drop)).is_err() {
                return;
            }
        }
    }

    /// Looks, takes care of what it sees, and waits for the next reason to look.
    fn turn(&mut self) -> Result<(), Stopped> {
        // Before the look: what changes after it is reported.
        self.directories.cover(&self.files);
        let seen = Sight::of(&self.files);
        if !self.tried.as_ref().is_some_and(|tried| tried.is_same_text(&seen)) {
            self.pause()?;
            self.attempt(seen);
            return Ok(());
        }
        // However much happens in a directory, it is looked at once in a pause.
        if !self.pause()? && !self.wait(self.config.poll)? {
            // A directory may be another one by now: gone and made again, or behind a link.
            self.directories.renew();
        }
        Ok(())
    }

    /// Loads what was seen, if it is still so and is all there is to see.
    fn attempt(&mut self, seen: Sight) {
        if Sight::of(&self.files) != seen {
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
        if Sight::of(&self.files) != seen {
            return;
        }
        self.tried = Some(seen);
        let answer = self.book.take(&self.path, loaded);
        (self.config.notice)(answer.as_ref());
    }

    /// Sleeps for `settle`, and says whether something happened meanwhile.
    fn pause(&self) -> Result<bool, Stopped> {
        let began = Instant::now();
        let mut happened = false;
        while self.wait(self.config.settle.saturating_sub(began.elapsed()))? {
            happened = true;
        }
        Ok(happened)
    }

    /// Waits until something happens, and says whether it did.
    fn wait(&self, at_most: Duration) -> Result<bool, Stopped> {
        let signal = self.signals.recv_timeout(at_most);
        if self.stop.load(Ordering::Relaxed) {
            return Err(Stopped);
        }
        match signal {
            Ok(Look) => Ok(true),
            Err(RecvTimeoutError::Timeout) => Ok(false),
            Err(RecvTimeoutError::Disconnected) => Err(Stopped),
        }
    }
}
