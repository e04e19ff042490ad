//! The threads of a model have stripes of their own, as those of a program do.

use super::Stripes;
use crate::interleavings::every;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::thread;

#[test]
fn two_threads_write_two_stripes() {
    every(|| {
        let counter = Arc::new(Stripes::<AtomicU64>::default());
        let other = counter.clone();
        let add = |counter: &Stripes<AtomicU64>| counter.mine().fetch_add(1, Ordering::Relaxed);
        let other = thread::spawn(move || add(&other));
        add(&counter);
        let seen = || counter.iter().map(|stripe| stripe.load(Ordering::Relaxed));
        assert!((1..=2).contains(&seen().sum::<u64>()));
        other.join().unwrap();
        assert_eq!(seen().collect::<Vec<_>>(), [1, 1]);
    });
}
