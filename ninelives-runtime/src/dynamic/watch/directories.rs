//! The directories in which something may happen.

use super::Look;
use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher, recommended_watcher};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;

/// Has the system report changes in the directories of some files. Where it cannot (no watches left,
/// no such directory), the polls have to do.
pub(super) struct Directories {
    watcher: Option<RecommendedWatcher>,
    watched: BTreeSet<PathBuf>,
}

impl Directories {
    pub(super) fn new(signals: SyncSender<Look>) -> Self {
        let watcher = recommended_watcher(move |event: notify::Result<Event>| {
            if event.as_ref().map_or(true, may_matter) {
                // Where the one place is taken, a look is due already.
                let _ = signals.try_send(Look);
            }
        });
        Self { watcher: watcher.ok(), watched: BTreeSet::new() }
    }

    /// Watches the directories of `files`. The files themselves are not watched: what is renamed over
    /// a file is another file.
    pub(super) fn cover(&mut self, files: &[PathBuf]) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        for directory in files.iter().filter_map(|file| file.parent()) {
            let here = directory.as_os_str().is_empty();
            let directory = if here { Path::new(".") } else { directory };
            if !self.watched.contains(directory)
                && watcher.watch(directory, RecursiveMode::NonRecursive).is_ok()
            {
                self.watched.insert(directory.to_owned());
            }
        }
    }

    /// Lets go of all directories: the next [`cover`](Self::cover) finds those that are there by then.
    pub(super) fn renew(&mut self) {
        for directory in std::mem::take(&mut self.watched) {
            if let Some(watcher) = &mut self.watcher {
                // Fails for one that is gone.
                let _ = watcher.unwatch(&directory);
            }
        }
    }
}

/// False for what a look itself causes, which would lead to the next one.
fn may_matter(event: &Event) -> bool {
    match event.kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        _ => true,
    }
}
