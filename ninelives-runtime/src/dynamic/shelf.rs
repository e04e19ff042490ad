//! What the clones of a book, its policies and the services under them share: the text in force, and
//! who relies on it.

use super::calls::Registered;
use super::current::Current;
use super::findings::{FetchError, LoadError};
use super::generation::{Generation, StillOffers};
use super::host::Host;
use super::layers::Known;
use super::reloaded::Reloaded;
use super::revision::Revision;
use super::status::{FailedReload, Status};
use super::succession::Succession;
use crate::control::{self, Control};
use crate::registry::{Listed, Source};
use crate::telemetry::{EventKind, Fact, Reporter, Telemetry};
use ninelives_dsl::load::Load;
use ninelives_dsl::plan::{Layer, Policy};
use std::any::TypeId;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::SystemTime;
use tokio::time::Instant;

pub(super) struct Shelf {
    host: Host,
    /// What findings call the text.
    pub(super) name: String,
    /// Where it may `use` files.
    pub(super) directory: Option<PathBuf>,
    text: Current<Generation>,
    /// Reports reloads; all layers and requests report where it does.
    reporter: Reporter,
    /// Taken when a text is put in force, and never while code of the host runs: what it does (a
    /// clone, a drop, a layer that is applied) may ask for another text.
    desk: Mutex<Desk>,
}

struct Desk {
    /// What was handed out, and must be there in every later text for as long as somebody holds it.
    fetched: BTreeMap<(String, TypeId), Fetched>,
    /// The policies with sinks of their own, besides those of the book.
    reported: BTreeMap<String, Reporter>,
    /// Since when the text is in force.
    since: SystemTime,
    failed: Option<FailedReload>,
}

/// A policy that was handed out for one kind of call.
struct Fetched {
    /// Its name, of which every handle and every service under it has the `Arc`.
    held: Weak<str>,
    still_offers: StillOffers,
}

impl Shelf {
    pub(super) fn new(
        load: Load,
        host: Host,
        name: String,
        directory: Option<PathBuf>,
    ) -> Result<Self, LoadError> {
        let generation = Generation::new(load, &host, 1, None);
        if generation.has_errors() {
            return Err(LoadError::Refused(generation.findings()));
        }
        let desk = Desk {
            fetched: BTreeMap::new(),
            reported: BTreeMap::new(),
            since: SystemTime::now(),
            failed: None,
        };
        let text = Current::new(generation);
        let reporter = Reporter::new(name.clone().into());
        Ok(Self { host, name, directory, text, reporter, desk: Mutex::new(desk) })
    }

    /// Reports into a telemetry, now and after every reload.
    pub(super) fn attach(&self, telemetry: &Telemetry) {
        // So that no text is put in force between the two.
        let _desk = self.desk();
        self.reporter.attach(telemetry);
        self.current().report_as(&self.reporter);
    }

    /// Has one policy report into a telemetry, now and after every reload.
    pub(super) fn attach_policy(&self, name: &str, telemetry: &Telemetry) {
        let mut desk = self.desk();
        let reporter = desk
            .reported
            .entry(name.to_owned())
            .or_insert_with(|| Reporter::new(name.to_owned().into()));
        reporter.attach(telemetry);
        self.current().report_policy_as(name, reporter);
    }

    /// The texts that are in force one after the other.
    pub(super) const fn text(&self) -> &Current<Generation> {
        &self.text
    }

    pub(super) fn current(&self) -> Arc<Generation> {
        self.text.load()
    }

    #[inline]
    pub(super) fn generation(&self) -> u64 {
        self.text.number()
    }

    pub(super) fn status(&self) -> Status {
        let desk = self.desk();
        let current = self.current();
        Status {
            generation: current.number,
            revision: current.revision,
            since: desk.since,
            failed: desk.failed.clone(),
        }
    }

    /// The name of a policy and the classifier of its calls. Later texts are asked for the policy
    /// while that name is held.
    pub(super) fn fetch<K: Registered>(
        &self,
        name: &str,
    ) -> Result<(Arc<str>, K::Classifier), FetchError> {
        let mut desk = self.desk();
        let generation = self.current();
        let (classifier, _) = generation.policy::<K>(name)?;
        let key = (name.to_owned(), TypeId::of::<K>());
        let held = desk.fetched.get(&key).and_then(|fetched| fetched.held.upgrade());
        let name: Arc<str> = held.unwrap_or_else(|| name.into());
        let still_offers = Generation::still_offers::<K>;
        desk.fetched.insert(key, Fetched { held: Arc::downgrade(&name), still_offers });
        Ok((name, classifier.clone()))
    }

    /// The layers of the text in force, as the text has them.
    fn written(&self, of: impl Fn(&Layer) -> bool) -> Vec<Listed> {
        let generation = self.current();
        let policies = generation.load.plan.as_written();
        let layers = policies.into_iter().flat_map(Policy::layers).filter(|layer| of(layer));
        layers.map(|layer| listed(&generation, layer)).collect()
    }

    /// Puts a text in force, or notes why not.
    pub(super) fn put(
        &self,
        load: Result<Load, LoadError>,
        based_on: Option<Revision>,
    ) -> Result<Reloaded, LoadError> {
        let answer = load.and_then(|load| self.replace(load, based_on));
        if let Err(error) = &answer {
            self.reporter.report(Instant::now(), Fact::new(EventKind::ReloadRefused));
            // Who was too late is told so. Nothing is wrong with what is in force.
            if !matches!(error, LoadError::Conflict { .. }) {
                self.desk().failed = Some(FailedReload::now(error.clone()));
            }
        }
        answer
    }

    /// Reads, checks and binds off to the side, with no lock held, and begins again where another
    /// text came into force meanwhile: each is bound to the one it takes the place of.
    fn replace(&self, mut load: Load, based_on: Option<Revision>) -> Result<Reloaded, LoadError> {
        loop {
            let base = self.current();
            if let Some(based_on) = based_on.filter(|based_on| *based_on != base.revision) {
                return Err(LoadError::Conflict { based_on, in_force: base.revision });
            }
            let succession = Succession::new(&base, &load.plan);
            let number = base.number + 1;
            let generation = Generation::new(load, &self.host, number, Some(&succession));
            if generation.has_errors() {
                return Err(LoadError::Refused(generation.findings()));
            }
            let states = succession.states.clone();
            let reloaded = Reloaded::new(&base, &generation, states);
            let mut desk = self.desk();
            if self.generation() != base.number {
                load = generation.load;
                continue;
            }
            let mut heirs = Vec::new();
            if !reloaded.is_unchanged() {
                heirs = self.exchange(&mut desk, generation, &succession)?;
            }
            desk.failed = None;
            drop(desk);
            // Subscribers and wakers may do anything, and ask this book.
            if !reloaded.is_unchanged() {
                self.reporter.log(EventKind::Reloaded { revision: reloaded.revision() });
            }
            control::tell(heirs.iter().map(|layer| &**layer));
            return Ok(reloaded);
        }
    }

    /// Puts a text in the place of the one that it succeeds, unless it lacks what is in use. Gives the
    /// layers that took over from others.
    fn exchange(
        &self,
        desk: &mut Desk,
        mut generation: Generation,
        succession: &Succession<'_>,
    ) -> Result<Vec<Arc<dyn Control>>, LoadError> {
        desk.fetched.retain(|_, fetched| fetched.held.strong_count() > 0);
        for ((name, _), fetched) in &desk.fetched {
            generation.report((fetched.still_offers)(&generation, name));
        }
        if generation.has_errors() {
            return Err(LoadError::Refused(generation.findings()));
        }
        generation.report_as(&self.reporter);
        for (name, reporter) in &desk.reported {
            generation.report_policy_as(name, reporter);
        }
        // Until the text is in force nobody writes by name, or the write would be lost.
        let writing = control::writing();
        let heirs = succession.complete(&generation.layers, &writing).map_err(|findings| {
            generation.report(findings);
            LoadError::Refused(generation.findings())
        })?;
        let revision = generation.revision;
        // What was in force outlives the desk's lock, so nothing of the host is dropped in here.
        self.text.put(generation);
        desk.since = SystemTime::now();
        self.reporter.report_locked(EventKind::Reloaded { revision });
        Ok(heirs)
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source for Shelf {
    fn find(&self, path: &str) -> Option<Listed> {
        let generation = self.current();
        match generation.layers.known(path) {
            Some(known) => Some(listed(&generation, known.written())),
            // A layer without a state of its own.
            None => self.written(|layer| layer.path == path).pop(),
        }
    }

    fn layers(&self) -> Vec<Listed> {
        self.written(|_| true)
    }
}

fn listed(generation: &Generation, layer: &Layer) -> Listed {
    Listed {
        path: layer.path.clone().into(),
        kind: layer.kind,
        control: generation.layers.known(&layer.path).and_then(Known::control),
        written: Some(layer.clone()),
    }
}
