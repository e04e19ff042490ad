//! Every interleaving of events with a reader that falls asleep, whose place ends, or that is told to
//! come to an end: each event is read, or the next one finds the reader.

use super::*;
use crate::interleavings::every;
use crate::telemetry::ring::WORDS;
use loom::future::block_on;
use loom::sync::Arc;
use loom::thread;

/// As tokio's, of which the model checker knows nothing.
pub(super) struct Notify(loom::sync::Notify);

impl Notify {
    pub(super) fn new() -> Self {
        Self(loom::sync::Notify::new())
    }

    pub(super) fn notify_one(&self) {
        self.0.notify();
    }

    pub(super) async fn notified(&self) {
        self.0.wait();
    }
}

/// What the reader has read.
#[derive(Debug, Default)]
struct Reader(Vec<u64>);

impl Reader {
    fn position(&self) -> u64 {
        self.0.len() as u64
    }

    /// Reads all there is.
    fn read(&mut self, inbox: &Inbox<Self>) {
        while let Some([number, ..]) = inbox.ring.take(self.position()) {
            self.0.push(number);
        }
    }

    /// What the task does on a runtime that lives on.
    fn run(mut self, inbox: &Inbox<Self>) -> Vec<u64> {
        loop {
            let closed = inbox.is_closed();
            self.read(inbox);
            if closed {
                return self.0;
            }
            block_on(inbox.news(self.position()));
            thread::yield_now();
        }
    }

    /// What it does on a runtime that ends while it sleeps.
    fn run_briefly(mut self, inbox: &Inbox<Self>) -> Option<Self> {
        self.read(inbox);
        inbox.ring.look_away(self.position());
        inbox.park(self)
    }
}

impl Inbox<Reader> {
    /// With a reader that nobody runs yet.
    fn idle_one() -> Arc<Self> {
        Arc::new(Self::new(Ring::new(4), Reader::default()))
    }

    /// With a reader that somebody is about to run.
    fn with_reader() -> (Arc<Self>, Reader) {
        let inbox = Self::idle_one();
        let (reader, ()) = inbox.wake(|| HERE).expect("it is idle");
        (inbox, reader)
    }

    /// Adds an event; the reader, if it is to be run by whoever adds one.
    fn add(&self, number: u64, place: Option<()>) -> Option<Reader> {
        let added = self.ring.add([number; WORDS]);
        assert!(added.kept);
        let (reader, ()) = added.wake.then(|| self.wake(|| place)).flatten()?;
        Some(reader)
    }

    /// Adds an event on a runtime that ends soon.
    fn add_briefly(&self, number: u64) {
        let kept = self.add(number, HERE).and_then(|reader| reader.run_briefly(self));
        assert!(kept.is_none(), "nobody has closed it");
    }
}

const HERE: Option<()> = Some(());
const NOWHERE: Option<()> = None;

#[test]
fn reader_that_falls_asleep_reads_all_there_is_before_the_end() {
    every(|| {
        let (inbox, reader) = Inbox::with_reader();
        let task = {
            let inbox = inbox.clone();
            thread::spawn(move || reader.run(&inbox))
        };
        assert!(inbox.add(1, HERE).is_none());
        assert!(inbox.add(2, HERE).is_none());
        assert!(inbox.close(|| HERE).is_none());
        assert_eq!(task.join().unwrap(), [1, 2]);
    });
}

#[test]
fn event_beside_the_end_of_a_place_is_read_then_or_with_the_next_one() {
    every(|| {
        let (inbox, reader) = Inbox::with_reader();
        let task = {
            let inbox = inbox.clone();
            thread::spawn(move || assert!(reader.run_briefly(&inbox).is_none()))
        };
        inbox.add_briefly(1);
        task.join().unwrap();
        let mut reader = inbox.add(2, HERE).expect("the next event finds it");
        reader.read(&inbox);
        assert_eq!(reader.0, [1, 2]);
    });
}

#[test]
fn event_from_nowhere_beside_one_from_somewhere_is_read_then_or_with_the_next_one() {
    every(|| {
        let inbox = Inbox::idle_one();
        let nowhere = {
            let inbox = inbox.clone();
            thread::spawn(move || assert!(inbox.add(1, NOWHERE).is_none()))
        };
        inbox.add_briefly(2);
        nowhere.join().unwrap();
        let mut reader = inbox.add(3, HERE).expect("the next event finds it");
        reader.read(&inbox);
        reader.0.sort_unstable();
        assert_eq!(reader.0, [1, 2, 3]);
    });
}

#[test]
fn reader_whose_place_ends_beside_the_close_reads_all_elsewhere_or_is_dropped() {
    every(|| {
        let (inbox, reader) = Inbox::with_reader();
        let task = {
            let inbox = inbox.clone();
            thread::spawn(move || reader.run_briefly(&inbox))
        };
        inbox.add_briefly(1);
        let elsewhere = inbox.close(|| HERE).map(|(reader, ())| reader.run(&inbox));
        let dropped = task.join().unwrap();
        assert!(inbox.idle().is_none(), "nobody would ask for it");
        assert_ne!(elsewhere.is_some(), dropped.is_some(), "{elsewhere:?}, {dropped:?}");
        assert!(elsewhere.is_none_or(|read| read == [1]));
    });
}
