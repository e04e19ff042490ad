//! Parameters that are read together: one word, so that nobody sees one of them without the other.

use super::{Cell, Word};
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// A part of a group of type `Self`.
pub trait Member<T>: Word {
    /// This part of the group.
    fn part(self) -> T;

    /// The group with another such part.
    #[must_use]
    fn with(self, part: T) -> Self;
}

/// Where one of the parameters of the group `G` is kept: in the word of them all.
#[derive(Debug)]
pub struct Grouped<G, W = AtomicU64> {
    word: Arc<W>,
    group: PhantomData<fn(G) -> G>,
}

impl<G: Word, W: Cell<G>> Grouped<G, W> {
    /// Another view of the group in `word`.
    pub(crate) const fn new(word: Arc<W>) -> Self {
        Self { word, group: PhantomData }
    }

    /// The whole group.
    #[inline]
    pub(crate) fn group(&self) -> &W {
        &self.word
    }
}

impl<G: Member<T>, T, W: Cell<G>> Cell<T> for Grouped<G, W> {
    #[inline]
    fn get(&self) -> T {
        self.word.get().part()
    }

    fn update<E>(&self, mut change: impl FnMut(T) -> Result<T, E>) -> Result<T, E> {
        self.word.update(|group: G| Ok(group.with(change(group.part())?))).map(G::part)
    }
}
