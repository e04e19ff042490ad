//! A book that follows its file, on a real file system: whatever is done to the file, the last good
//! text is in force, and the next good one comes into force.

#![cfg(feature = "watch")]
#![allow(clippy::unwrap_used, reason = "a failed check ends its test")]

use ninelives_runtime::dynamic::{Calls, FileWatch, Host, PolicyBook, TextGuarded, WatchConfig};
use std::fs;
use std::future::{Ready, ready};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tower::{Layer, Service, ServiceExt};

/// Long enough for any machine; a test that passes takes a fraction of it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A file under watch, and what was told of it.
struct Scene {
    folder: TempDir,
    file: PathBuf,
    book: PolicyBook,
    told: Receiver<Result<(), String>>,
    watch: FileWatch,
}

/// The policies of these tests say by a name which text is in force.
fn text(answer: &str) -> String {
    format!("policy it = fallback(@{answer});")
}

fn host() -> Host {
    let answers = ["one", "two", "three", "four"];
    let calls = answers.into_iter().fold(Calls::<(), &str, ()>::new(), |calls, answer| {
        calls.handler(answer, move |_, _| answer)
    });
    Host::new().calls(calls)
}

#[derive(Clone)]
struct Never;

impl Service<()> for Never {
    type Response = &'static str;
    type Error = ();
    type Future = Ready<Result<&'static str, ()>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        ready(Err(()))
    }
}

impl Scene {
    fn new() -> Self {
        Self::with(WatchConfig::new().settle(Duration::from_millis(20)), |folder| {
            let file = folder.join("it.nl");
            fs::write(&file, text("one")).unwrap();
            file
        })
    }

    fn with(config: WatchConfig, lay_out: impl FnOnce(&Path) -> PathBuf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = lay_out(folder.path());
        let book = PolicyBook::from_file(&file, host()).unwrap();
        let (tell, told) = channel();
        let watch = config
            .on_reload(move |answer| {
                let _ = tell.send(answer.map(|_| ()).map_err(ToString::to_string));
            })
            .start(&book, &file)
            .unwrap();
        let scene = Self { folder, file, book, told, watch };
        scene.next().unwrap();
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn service(&self) -> TextGuarded<Never, ()> {
        self.book.policy("it").unwrap().layer(Never)
    }

    /// What the policy answers now.
    fn answer(&self) -> &'static str {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.service().oneshot(())).unwrap()
    }

    /// What is told next.
    fn next(&self) -> Result<(), String> {
        self.told.recv_timeout(PATIENCE).unwrap()
    }

    #[track_caller]
    fn comes_into_force(&self, answer: &str) {
        let began = Instant::now();
        while self.answer() != answer {
            assert!(began.elapsed() < PATIENCE, "`{answer}` did not come into force");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for an attempt that fails, and returns why.
    fn fails(&self) -> String {
        loop {
            if let Err(why) = self.next() {
                return why;
            }
        }
    }
}

fn replace(file: &Path, text: &str) {
    let beside = file.with_extension("tmp");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, file).unwrap();
}

#[test]
fn a_file_written_in_place_comes_into_force() {
    let scene = Scene::new();
    fs::write(&scene.file, text("two")).unwrap();
    scene.comes_into_force("two");
    assert_eq!(scene.watch.path(), scene.file);
}

#[test]
fn renamed_over_again_and_again_and_then_written_in_place() {
    let scene = Scene::new();
    for answer in ["two", "three"] {
        replace(&scene.file, &text(answer));
        scene.comes_into_force(answer);
    }
    fs::write(&scene.file, text("four")).unwrap();
    scene.comes_into_force("four");
}

#[test]
fn moved_away_and_written_anew_as_some_editors_do() {
    let scene = Scene::new();
    fs::rename(&scene.file, scene.path("it.nl~")).unwrap();
    fs::write(&scene.file, text("two")).unwrap();
    scene.comes_into_force("two");
}

#[cfg(unix)]
#[test]
fn a_config_map_is_followed_through_its_links() {
    use std::os::unix::fs::symlink;
    let put = |folder: &Path, version: &str, answer: &str| {
        fs::create_dir(folder.join(version)).unwrap();
        fs::write(folder.join(version).join("it.nl"), text(answer)).unwrap();
        symlink(version, folder.join("..data_tmp")).unwrap();
        fs::rename(folder.join("..data_tmp"), folder.join("..data")).unwrap();
    };
    let config = WatchConfig::new().poll(Duration::from_secs(3_600));
    let scene = Scene::with(config, |folder| {
        put(folder, "..2026_1", "one");
        let file = folder.join("it.nl");
        symlink("..data/it.nl", &file).unwrap();
        file
    });
    for (version, answer) in [("..2026_2", "two"), ("..2026_3", "three"), ("..2026_4", "four")] {
        put(scene.folder.path(), version, answer);
        scene.comes_into_force(answer);
    }
}

#[test]
fn bad_good_bad_good() {
    let scene = Scene::new();
    for (bad, good) in [("two", "three"), ("three", "four")] {
        fs::write(&scene.file, format!("policy it = fallbakc(@{bad});")).unwrap();
        assert!(scene.fails().contains("did you mean `fallback`?"));
        fs::write(&scene.file, text(good)).unwrap();
        scene.comes_into_force(good);
    }
}

#[test]
fn what_a_file_uses_is_watched_and_what_is_missing_of_it_too() {
    let scene = Scene::new();
    fs::write(&scene.file, "use \"parts/inner.nl\"; policy it = inner;").unwrap();
    assert!(scene.fails().contains("`parts/inner.nl` cannot be read"));
    assert_eq!(scene.answer(), "one");
    fs::create_dir(scene.path("parts")).unwrap();
    fs::write(scene.path("parts/inner.nl"), "policy inner = fallback(@two);").unwrap();
    scene.comes_into_force("two");
    replace(&scene.path("parts/inner.nl"), "policy inner = fallback(@three);");
    scene.comes_into_force("three");
}

#[test]
fn a_file_that_goes_away_changes_nothing_until_it_is_back() {
    let scene = Scene::new();
    fs::remove_file(&scene.file).unwrap();
    assert!(scene.fails().contains("it.nl` cannot be read: No such file"));
    assert_eq!(scene.answer(), "one");
    let status = scene.book.status().to_string();
    assert!(status.contains("cannot be read: No such file"), "{status}");
    fs::write(&scene.file, text("two")).unwrap();
    scene.comes_into_force("two");
    assert!(scene.book.status().failed().is_none());
}

#[test]
fn a_directory_in_the_place_of_the_file_changes_nothing() {
    let scene = Scene::new();
    fs::remove_file(&scene.file).unwrap();
    fs::create_dir(&scene.file).unwrap();
    // The moment without any file may be seen as well.
    while !scene.fails().contains("not a file") {}
    assert_eq!(scene.answer(), "one");
    fs::remove_dir(&scene.file).unwrap();
    fs::write(&scene.file, text("two")).unwrap();
    scene.comes_into_force("two");
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_changes_nothing() {
    use std::os::unix::fs::symlink;
    let scene = Scene::new();
    fs::remove_file(&scene.file).unwrap();
    symlink(&scene.file, &scene.file).unwrap();
    while !scene.fails().contains("symbolic link") {}
    assert_eq!(scene.answer(), "one");
    replace(&scene.file, &text("two"));
    scene.comes_into_force("two");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_the_file_stops_nobody() {
    let scene = Scene::new();
    fs::remove_file(&scene.file).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&scene.file).status().unwrap();
    assert!(made.success());
    while !scene.fails().contains("not a file") {}
    replace(&scene.file, &text("two"));
    scene.comes_into_force("two");
}

#[test]
fn a_file_cut_short_changes_nothing() {
    let scene = Scene::new();
    fs::write(&scene.file, "").unwrap();
    assert!(scene.fails().contains("it is taken for a file that was cut short"));
    assert_eq!(scene.answer(), "one");
    let _in_use = scene.service();
    fs::write(&scene.file, "policy other = pass;").unwrap();
    assert!(scene.fails().contains("policy `it` is in use"));
    assert_eq!(scene.answer(), "one");
}

#[test]
fn a_watch_may_be_dropped_by_its_own_notice() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it.nl");
    fs::write(&file, text("one")).unwrap();
    let book = PolicyBook::from_file(&file, host()).unwrap();
    let (give, given) = channel::<FileWatch>();
    let (tell, told) = channel();
    let beside = folder.path().join("beside");
    let watch = WatchConfig::new()
        .on_reload(move |_| {
            let watch = given.recv().unwrap();
            // Something to wake the thread is under way when it is asked to end.
            fs::write(&beside, "").unwrap();
            std::thread::sleep(Duration::from_millis(50));
            drop(watch);
            tell.send(()).unwrap();
        })
        .start(&book, &file)
        .unwrap();
    give.send(watch).unwrap();
    assert_eq!(told.recv_timeout(PATIENCE), Ok(()));
    assert_eq!(told.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected), "it ends");
}

#[test]
fn a_watch_that_never_settles_ends_when_it_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it.nl");
    fs::write(&file, text("one")).unwrap();
    let book = PolicyBook::from_file(&file, host()).unwrap();
    let (tell, told) = channel();
    let watch = WatchConfig::new()
        .settle(Duration::MAX)
        .poll(Duration::MAX)
        .on_reload(move |_| tell.send(()).unwrap())
        .start(&book, &file)
        .unwrap();
    drop(watch);
    assert_eq!(told.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected));
}

#[test]
fn a_text_written_byte_by_byte_is_loaded_when_it_is_whole() {
    let scene = Scene::with(WatchConfig::new().settle(Duration::from_millis(200)), |folder| {
        let file = folder.join("it.nl");
        fs::write(&file, text("one")).unwrap();
        file
    });
    // Each declaration by itself is a good text.
    let whole = "policy it = fallback(@two);\npolicy it2 = fallback(@three);\n";
    for end in 0..=whole.len() {
        fs::write(&scene.file, &whole.as_bytes()[..end]).unwrap();
        std::thread::sleep(Duration::from_millis(2));
    }
    scene.next().unwrap();
    assert_eq!(scene.answer(), "two");
    assert!(scene.book.policy::<(), &str, ()>("it2").is_ok());
}

#[test]
fn ten_thousand_touches_are_one_reload() {
    let scene = Scene::new();
    let mut beside = fs::File::create(scene.path("beside")).unwrap();
    for _ in 0..10_000 {
        beside.write_all(b".").unwrap();
    }
    fs::write(&scene.file, text("two")).unwrap();
    scene.next().unwrap();
    assert_eq!(scene.answer(), "two");
    assert_eq!(scene.told.recv_timeout(Duration::from_millis(200)), Err(RecvTimeoutError::Timeout));
}

#[cfg(unix)]
#[test]
fn a_change_that_the_system_does_not_report_is_found_by_the_poll() {
    use std::os::unix::fs::symlink;
    let config = WatchConfig::new().poll(Duration::from_millis(50));
    let scene = Scene::with(config, |folder| {
        for (release, answer) in [("r1", "one"), ("r2", "two"), ("r3", "three")] {
            fs::create_dir(folder.join(release)).unwrap();
            fs::write(folder.join(release).join("it.nl"), text(answer)).unwrap();
        }
        symlink("r1", folder.join("current")).unwrap();
        folder.join("current/it.nl")
    });
    for (release, answer) in [("r2", "two"), ("r3", "three")] {
        symlink(release, scene.path("next")).unwrap();
        fs::rename(scene.path("next"), scene.path("current")).unwrap();
        scene.comes_into_force(answer);
    }
    // The directory that is watched is the new one.
    fs::write(scene.path("r3/it.nl"), text("four")).unwrap();
    scene.comes_into_force("four");
}

#[test]
fn an_edit_between_the_load_and_the_watch_is_not_missed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it.nl");
    fs::write(&file, text("one")).unwrap();
    let book = PolicyBook::from_file(&file, host()).unwrap();
    fs::write(&file, text("two")).unwrap();
    let (tell, told) = channel();
    let _watch = WatchConfig::new()
        .on_reload(move |answer| tell.send(answer.is_ok()).unwrap())
        .start(&book, &file)
        .unwrap();
    assert_eq!(told.recv_timeout(PATIENCE), Ok(true));
}

#[test]
fn a_notice_that_panics_does_not_end_the_watching() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it.nl");
    fs::write(&file, text("one")).unwrap();
    let book = PolicyBook::from_file(&file, host()).unwrap();
    let (tell, told) = channel();
    let _watch = WatchConfig::new()
        .on_reload(move |_| {
            tell.send(()).unwrap();
            panic!("the notice's own");
        })
        .start(&book, &file)
        .unwrap();
    told.recv_timeout(PATIENCE).unwrap();
    fs::write(&file, text("two")).unwrap();
    told.recv_timeout(PATIENCE).unwrap();
}

#[test]
fn nothing_is_loaded_once_the_watch_is_dropped() {
    let scene = Scene::new();
    let Scene { folder, file, book, told, watch } = scene;
    drop(watch);
    fs::write(&file, text("two")).unwrap();
    assert_eq!(told.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected));
    drop((book, folder));
}
