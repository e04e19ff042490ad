//! A classifier whose type is forgotten: a policy from text is fetched by its request type alone.

use crate::classify::{Class, Classify, Repeat};
use std::sync::Arc;
use std::time::Duration;

/// The classifier that the host registered for a request type.
pub(super) struct Classifier<Req, Res, E>(Arc<dyn Rules<Req, Res, E>>);

/// All that text needs of a classifier.
trait Rules<Req, Res, E>: Classify<Res, E> + Repeat<Req> + Send + Sync {}

impl<C, Req, Res, E> Rules<Req, Res, E> for C where C: Classify<Res, E> + Repeat<Req> + Send + Sync {}

impl<Req, Res, E> Classifier<Req, Res, E> {
    pub(super) fn new<C>(classifier: C) -> Self
    where
        C: Classify<Res, E> + Repeat<Req> + Send + Sync + 'static,
    {
        Self(Arc::new(classifier))
    }
}

impl<Req, Res, E> Classify<Res, E> for Classifier<Req, Res, E> {
    fn classify(&self, outcome: Result<&Res, &E>) -> Class {
        self.0.classify(outcome)
    }

    fn retry_after(&self, outcome: Result<&Res, &E>) -> Option<Duration> {
        self.0.retry_after(outcome)
    }
}

impl<Req, Res, E> Repeat<Req> for Classifier<Req, Res, E> {
    fn may_repeat(&self, request: &Req) -> bool {
        self.0.may_repeat(request)
    }

    fn copy(&self, request: &Req) -> Option<Req> {
        self.0.copy(request)
    }
}

impl<Req, Res, E> Clone for Classifier<Req, Res, E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
