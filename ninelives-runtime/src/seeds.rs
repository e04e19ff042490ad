//! Seeds of random histories: the one whose history fails is told, so that it can be played again.

use std::ops::Range;

/// One seed after the other. Dropped by a panic, which leaves the loop over it, it prints the last one.
pub(crate) struct Seeds {
    left: Range<u64>,
    played: Option<u64>,
}

impl Seeds {
    pub(crate) fn new(seeds: Range<u64>) -> Self {
        Self { left: seeds, played: None }
    }
}

impl Iterator for Seeds {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.played = self.left.next();
        self.played
    }
}

impl Drop for Seeds {
    fn drop(&mut self) {
        if let Some(seed) = self.played
            && std::thread::panicking()
        {
            println!("the history of seed {seed} fails");
        }
    }
}
