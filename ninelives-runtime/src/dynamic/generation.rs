//! One text in force: checked, bound for every kind of call, ready to be built around services.

use super::bind::Part;
use super::calls::Registered;
use super::current::Numbered;
use super::findings::{FetchError, Findings, Registration};
use super::host::{AnyBinding, Binding, Host, types};
use super::layers::{Layers, Making};
use super::revision::Revision;
use super::succession::Succession;
use crate::telemetry::Reporter;
use ninelives_dsl::codes;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::lint::{self, Settings};
use ninelives_dsl::load::Load;
use ninelives_dsl::source::{SourceFile, Span};
use ninelives_dsl::suggest::nearest;
use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::sync::Arc;

/// What came of one text.
pub(super) struct Generation {
    /// Counts the texts of a book from 1.
    pub(super) number: u64,
    pub(super) revision: Revision,
    pub(super) load: Load,
    pub(super) layers: Layers,
    files: Arc<[SourceFile]>,
    /// What was found beyond the load.
    findings: Vec<Diagnostic>,
    policies: HashMap<String, Known>,
    bindings: Vec<Box<dyn AnyBinding>>,
}

impl Numbered for Generation {
    fn number(&self) -> u64 {
        self.number
    }
}

struct Known {
    index: usize,
    span: Span,
    entry: bool,
    /// Reports what becomes of the requests, of whatever kind of call.
    requests: Arc<Reporter>,
}

/// Asks a generation for a policy that was fetched from the one before: what is wrong with it now.
pub(super) type StillOffers = fn(&Generation, &str) -> Vec<Diagnostic>;

impl Generation {
    /// Binds what could be resolved. It may be put in force when it has no
    /// [error](Self::has_errors).
    pub(super) fn new(
        load: Load,
        host: &Host,
        number: u64,
        succession: Option<&Succession<'_>>,
    ) -> Self {
        let mut findings = lint::warnings(&load, &Settings::default());
        let mut making = Making::new(succession);
        let bindings = host.bind(&load.plan, &mut making);
        let mut policies = HashMap::with_capacity(load.plan.policies.len());
        for (index, policy) in load.plan.policies.iter().enumerate() {
            // A policy is for any kind of call that provides what it asks for. When none does, the
            // one that comes nearest speaks.
            let nearest = bindings
                .iter()
                .map(|binding| binding.findings(index))
                .min_by_key(|findings| findings.len());
            findings.extend_from_slice(nearest.unwrap_or_default());
            let requests = Arc::new(Reporter::new(policy.name.clone().into()));
            let known = Known { index, span: policy.span, entry: policy.entry, requests };
            policies.insert(policy.name.clone(), known);
        }
        let (revision, files) = (Revision::of(&load), load.files.as_slice().into());
        let layers = making.finish();
        Self { number, revision, load, layers, files, findings, policies, bindings }
    }

    #[cfg(feature = "watch")]
    pub(super) fn has_policies(&self) -> bool {
        !self.policies.is_empty()
    }

    pub(super) fn has_errors(&self) -> bool {
        self.diagnostics().any(Diagnostic::is_error)
    }

    pub(super) fn report(&mut self, findings: Vec<Diagnostic>) {
        self.findings.extend(findings);
    }

    /// What was found: the errors, or the warnings where there is none.
    pub(super) fn findings(&self) -> Findings {
        let only_errors = self.has_errors();
        let findings = self.diagnostics().filter(|finding| !only_errors || finding.is_error());
        Findings::new(self.files.clone(), findings.cloned().collect())
    }

    fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.load.diagnostics.iter().chain(&self.findings)
    }

    /// A policy for a kind of call.
    pub(super) fn policy<K: Registered>(
        &self,
        name: &str,
    ) -> Result<(&K::Classifier, &Arc<Part<K>>), FetchError> {
        let Some(known) = self.policies.get(name) else {
            return Err(FetchError::Unknown { name: name.to_owned(), near: self.near(name) });
        };
        if !known.entry {
            return Err(FetchError::Private { name: name.to_owned() });
        }
        let Some(binding) = self.binding::<K>() else {
            return Err(self.unregistered::<K>());
        };
        match binding.policies.get(known.index) {
            Some(Ok(part)) => Ok((&binding.classifier, part)),
            Some(Err(findings)) => {
                Err(FetchError::Unprovided(Findings::new(self.files.clone(), findings.clone())))
            }
            None => Err(self.unregistered::<K>()),
        }
    }

    /// What reports the requests of a policy.
    pub(super) fn requests(&self, name: &str) -> Arc<Reporter> {
        let known = self.policies.get(name).map(|known| known.requests.clone());
        known.unwrap_or_else(|| Arc::new(Reporter::new(name.to_owned().into())))
    }

    /// Has all policies report into what `book` reports into.
    pub(super) fn report_as(&self, book: &Reporter) {
        #[expect(clippy::iter_over_hash_type, reason = "each on its own, in whatever order")]
        for known in self.policies.values() {
            self.share(known, book);
        }
    }

    /// Has one policy, if it is there, report into what `policy` reports into.
    pub(super) fn report_policy_as(&self, name: &str, policy: &Reporter) {
        if let Some(known) = self.policies.get(name) {
            self.share(known, policy);
        }
    }

    /// Requests, and the layers for whatever kind of call.
    fn share(&self, known: &Known, reporter: &Reporter) {
        reporter.share(&known.requests);
        for binding in &self.bindings {
            binding.layers(known.index, &mut |layer| reporter.share(layer.reporter()));
        }
    }

    #[cold]
    fn unregistered<K: Registered>(&self) -> FetchError {
        let flat = TypeId::of::<K::Error>() == TypeId::of::<K::Raw>();
        let same_types = self.bindings.iter().any(|binding| binding.types() == types::<K>());
        FetchError::Unregistered {
            request: type_name::<K::Request>(),
            response: type_name::<K::Response>(),
            error: type_name::<K::Raw>(),
            instead: same_types.then_some(if flat {
                Registration::New
            } else {
                Registration::Flat
            }),
        }
    }

    fn binding<K: Registered>(&self) -> Option<&Binding<K>> {
        self.bindings.iter().find_map(|binding| (&**binding as &dyn Any).downcast_ref())
    }

    fn near(&self, name: &str) -> Option<String> {
        let mut names: Vec<&str> = self
            .policies
            .iter()
            .filter(|(_, known)| known.entry)
            .map(|(name, _)| name.as_str())
            .collect();
        names.sort_unstable();
        nearest(name, names).map(str::to_owned)
    }

    /// See [`StillOffers`].
    pub(super) fn still_offers<K: Registered>(&self, name: &str) -> Vec<Diagnostic> {
        let span = self.policies.get(name).map_or_else(Span::default, |it| it.span);
        let finding = match self.policy::<K>(name) {
            Ok(_) => return Vec::new(),
            Err(FetchError::Unprovided(findings)) => {
                let calls = type_name::<K::Request>();
                let used = format!("policy `{name}` is in use for requests of type `{calls}`");
                let findings = findings.diagnostics().iter().cloned();
                return findings.map(|finding| finding.with_label(span, &*used)).collect();
            }
            Err(FetchError::Unknown { near, .. }) => {
                let message = format!("policy `{name}` is in use and is not in the new text");
                let finding = Diagnostic::error(codes::UNKNOWN_NAME, Span::default(), message);
                match near {
                    Some(near) => finding.with_help(format!("did you mean it to be `{near}`?")),
                    None => finding,
                }
            }
            Err(FetchError::Private { .. } | FetchError::Unregistered { .. }) => {
                let message = format!("policy `{name}` is in use and is no longer `pub`");
                Diagnostic::error(codes::MISSING, span, message)
                    .with_help(format!("write `pub policy {name}`"))
            }
        };
        vec![finding]
    }
}
