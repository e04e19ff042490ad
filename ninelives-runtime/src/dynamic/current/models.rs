//! Every interleaving of those who put the next one in force and those who follow.

use super::*;
use crate::interleavings::every;
use loom::thread;

#[derive(Clone, Copy)]
struct Text(u64);

impl Numbered for Text {
    fn number(&self) -> u64 {
        self.0
    }
}

struct Book {
    current: Current<Text>,
    made: Made<Text>,
    makings: AtomicU64,
}

impl Book {
    fn new() -> Arc<Self> {
        let made = Made::new(Arc::new(Text(1)));
        Arc::new(Self { current: Current::new(Text(1)), made, makings: AtomicU64::new(0) })
    }

    fn follow(&self) -> Arc<Text> {
        self.made.follow(&self.current, |text| {
            self.makings.fetch_add(1, Ordering::Relaxed);
            *text
        })
    }
}

#[test]
fn who_sees_a_number_finds_what_it_belongs_to_or_later() {
    every(|| {
        let book = Book::new();
        let writer = book.clone();
        let writer = thread::spawn(move || {
            writer.current.put(Text(2));
            writer.current.put(Text(3));
        });
        let seen = book.current.number();
        assert!(book.current.load().0 >= seen);
        let followed = book.follow().0;
        assert!(followed >= seen);
        assert!(book.follow().0 >= followed, "nobody goes back");
        writer.join().unwrap();
        assert_eq!((book.current.number(), book.current.load().0, book.follow().0), (3, 3, 3));
    });
}

#[test]
fn each_is_made_once_however_many_ask() {
    every(|| {
        let book = Book::new();
        let first = Arc::downgrade(&book.follow());
        book.current.put(Text(2));
        let other = book.clone();
        let other = thread::spawn(move || other.follow());
        let mine = book.follow();
        assert!(Arc::ptr_eq(&mine, &other.join().unwrap()));
        assert_eq!(book.makings.load(Ordering::Relaxed), 1);
        assert!(first.upgrade().is_none(), "the one before is let go of");
    });
}

#[test]
fn one_that_comes_while_another_is_made_is_followed_next() {
    every(|| {
        let book = Book::new();
        book.current.put(Text(2));
        let writer = book.clone();
        let writer = thread::spawn(move || writer.current.put(Text(3)));
        let other = book.clone();
        let other = thread::spawn(move || other.follow().0);
        assert!(book.follow().0 >= 2);
        writer.join().unwrap();
        assert!(other.join().unwrap() >= 2);
        assert_eq!(book.follow().0, 3);
        assert!(book.makings.load(Ordering::Relaxed) <= 2);
    });
}
