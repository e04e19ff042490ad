//! What can be written at a place.

use super::cursor::{Call, Cursor, Slot};
use super::symbols::{Symbol, SymbolKind, Symbols};
use super::tokens::Token;
use crate::catalogue::{self, Default, Kind, POLICIES, ParameterEntry, value_call};
use crate::codes;
use crate::host::HostKind;
use crate::resolve::suggestions::words;
use crate::source::FileId;
use crate::value::{Class, Jitter};
use std::collections::HashSet;

/// Something that can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What it is.
    pub kind: CandidateKind,
    /// As it is written.
    pub text: String,
    /// A few words on it.
    pub detail: String,
    /// Its documentation; may be empty.
    pub documentation: String,
}

/// The kinds of what can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CandidateKind {
    /// A word that begins a declaration, and `allow` and `deny`.
    Keyword,
    /// A policy of the language that takes arguments.
    Layer,
    /// `pass` and `fail`.
    Identity,
    /// A declared policy.
    Policy,
    /// A template, which takes arguments.
    Template,
    /// A `let`.
    Let,
    /// A parameter of the template around.
    Parameter,
    /// The name of an argument.
    Argument,
    /// A word that is a value, and the default.
    Value,
    /// A call that makes a value.
    ValueCall,
    /// A thing of the host.
    Host,
    /// The type of a parameter.
    Type,
    /// A finding.
    Finding,
}

impl Candidate {
    fn new(kind: CandidateKind, text: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind, text: text.into(), detail: detail.into(), documentation: String::new() }
    }
}

/// What fits at a place of `file`, the nearest first. `symbols` are those of the load, `hosts` the
/// things of the host that are known.
pub fn fitting(
    symbols: &Symbols,
    file: FileId,
    cursor: &Cursor<'_>,
    hosts: &[(HostKind, String)],
) -> Vec<Candidate> {
    let mut fitting = Fitting { symbols, file, cursor, hosts, found: Vec::new() };
    fitting.slot();
    fitting.found
}

struct Fitting<'a> {
    symbols: &'a Symbols,
    file: FileId,
    cursor: &'a Cursor<'a>,
    hosts: &'a [(HostKind, String)],
    found: Vec<Candidate>,
}

impl<'a> Fitting<'a> {
    /// What can be mentioned: all that is declared but what is being declared.
    fn visible(&self) -> Vec<(usize, &'a Symbol)> {
        let visible = self.symbols.visible(self.file);
        visible.filter(|(_, symbol)| Some(symbol.name.as_str()) != self.cursor.declaring).collect()
    }

    fn slot(&mut self) {
        match &self.cursor.slot {
            Slot::Declaration => self.fixed(CandidateKind::Keyword, &KEYWORDS),
            Slot::Level => self.fixed(CandidateKind::Keyword, &LEVELS),
            Slot::Policy => self.policies(),
            Slot::Let if !self.cursor.named.is_empty() => self.kinds(&[Kind::Classes], None),
            Slot::Let => {
                ALL_VALUES.iter().for_each(|kind| self.values(*kind));
                self.lets(&[]);
            }
            Slot::Default(kind) => {
                let kind = Kind::TEMPLATE.into_iter().find(|(word, _)| word == kind);
                if let Some((_, kind)) = kind {
                    self.kinds(&[kind], None);
                }
            }
            Slot::Argument(call) => {
                let accepts = self.accepted(call, None);
                self.kinds(&accepts, self.default(call));
                self.arguments(call);
            }
            Slot::Value(call) => {
                let accepts = self.accepted(call, call.name);
                self.kinds(&accepts, self.default(call));
            }
            Slot::Host(slot) => self.hosts(&self.host_kinds(slot), ""),
            Slot::Type => {
                for (word, kind) in Kind::TEMPLATE {
                    self.found.push(Candidate::new(CandidateKind::Type, word, kind.phrase()));
                }
            }
            Slot::Finding => {
                for code in codes::WARNINGS {
                    self.found.push(Candidate {
                        documentation: code.summary().to_owned(),
                        ..Candidate::new(CandidateKind::Finding, code.name(), code.code())
                    });
                }
            }
            Slot::Path | Slot::Nothing => {}
        }
    }

    fn fixed(&mut self, kind: CandidateKind, words: &[(&str, &str)]) {
        let candidates = words.iter().map(|(word, detail)| Candidate::new(kind, *word, *detail));
        self.found.extend(candidates);
    }

    /// A policy: what the text declares before the words of the language.
    fn policies(&mut self) {
        self.parameters(&[Kind::Policy]);
        for (id, symbol) in self.visible() {
            let kind = match symbol.kind {
                SymbolKind::Policy => CandidateKind::Policy,
                SymbolKind::Template => CandidateKind::Template,
                _ => continue,
            };
            let detail = match kind {
                CandidateKind::Template => self.signature(id),
                _ => "policy".to_owned(),
            };
            self.declared(kind, symbol, detail);
        }
        for entry in POLICIES {
            let layer = CandidateKind::Layer;
            self.found.push(Candidate::new(layer, entry.name, entry.summary));
        }
        self.fixed(CandidateKind::Identity, &IDENTITIES);
    }

    fn declared(&mut self, kind: CandidateKind, symbol: &Symbol, detail: String) {
        let documentation = symbol.docs.join("\n");
        self.found
            .push(Candidate { documentation, ..Candidate::new(kind, symbol.name.clone(), detail) });
    }

    fn signature(&self, template: usize) -> String {
        let parameters = self.symbols.parameters(template);
        let parameters: Vec<_> = parameters.map(|parameter| parameter.name.as_str()).collect();
        format!("template({})", parameters.join(", "))
    }

    /// Values of these kinds; of `default` its value too.
    fn kinds(&mut self, kinds: &[Kind], default: Option<&ParameterEntry>) {
        if kinds.contains(&Kind::Policy) {
            self.policies();
        }
        if kinds.contains(&Kind::Classes) && !self.cursor.named.is_empty() {
            self.classes();
            return;
        }
        self.parameters(kinds);
        self.lets(kinds);
        if let Some(Default::Is(value)) = default.map(|row| &row.default) {
            let text = value.to_string();
            if !text.is_empty() {
                self.found.push(Candidate::new(CandidateKind::Value, text, "the default"));
            }
        }
        for kind in kinds {
            self.values(*kind);
        }
        let mut seen = HashSet::new();
        self.found.retain(|candidate| seen.insert(candidate.text.clone()));
    }

    /// Classes beside those that are named. No class may be named twice, so a set of them fits no more.
    fn classes(&mut self) {
        let named = self.named();
        if named.contains("any") {
            return;
        }
        for class in Class::FAILURES.into_iter().filter(|class| !named.contains(class.word())) {
            self.found.push(Candidate::new(CandidateKind::Value, class.word(), class.summary()));
        }
    }

    /// The words that are named already, and those that each `let` among them stands for.
    fn named(&self) -> HashSet<&'a str> {
        let mut named = HashSet::new();
        let mut words: Vec<&str> = self.cursor.named.clone();
        while let Some(word) = words.pop() {
            if named.insert(word)
                && let Some((_, symbol)) = self.symbols.find(self.file, word)
            {
                words.extend(symbol.classes.iter().map(String::as_str));
            }
        }
        named
    }

    fn values(&mut self, kind: Kind) {
        for word in words(kind) {
            if let Some(call) = value_call(word) {
                self.found.push(Candidate::new(CandidateKind::ValueCall, call.name, call.summary));
            } else {
                let detail = meaning(word, kind);
                self.found.push(Candidate::new(CandidateKind::Value, *word, detail));
            }
        }
        match kind {
            Kind::Quantile => {
                self.fixed(
                    CandidateKind::Value,
                    &[("p50", "the median"), ("p95", ""), ("p99", "")],
                );
            }
            Kind::Host => {
                let kind = self.cursor.call.as_ref().and_then(host_kind);
                self.hosts(kind.as_slice(), "@");
            }
            _ => {}
        }
    }

    /// The parameters in force that fit.
    fn parameters(&mut self, kinds: &[Kind]) {
        if matches!(self.cursor.slot, Slot::Default(_)) {
            return;
        }
        for (name, word) in &self.cursor.parameters {
            let kind = Kind::TEMPLATE.into_iter().find(|(known, _)| known == word);
            if kind.is_some_and(|(_, kind)| fits(kind, kinds)) {
                self.found.push(Candidate::new(CandidateKind::Parameter, *name, *word));
            }
        }
    }

    fn lets(&mut self, kinds: &[Kind]) {
        for (_, symbol) in self.visible() {
            let fits = kinds.is_empty() || symbol.value.is_none_or(|kind| fits(kind, kinds));
            if symbol.kind == SymbolKind::Let && fits {
                let detail = symbol.value.map_or("a value", Kind::phrase).to_owned();
                self.declared(CandidateKind::Let, symbol, detail);
            }
        }
    }

    /// The kinds of things of the host that may stand in a place.
    fn host_kinds(&self, slot: &Slot<'_>) -> Vec<HostKind> {
        let values = [HostKind::Handler, HostKind::Service];
        match slot {
            // A layer wraps the service itself, so it is the last part of the outermost sequence.
            Slot::Policy => {
                let goes_on = |next: Token<'_>| ["+", "|", "&"].iter().any(|it| next.is_mark(it));
                let is_last = !self.cursor.in_arm && !self.cursor.next.is_some_and(goes_on);
                is_last.then_some(HostKind::Layer).into_iter().collect()
            }
            Slot::Argument(call) | Slot::Value(call) => match host_kind(call) {
                Some(kind) => vec![kind],
                None => {
                    let accepts = self.accepted(call, call.name);
                    let values = values.into_iter().filter(|_| accepts.contains(&Kind::Host));
                    let layer = accepts.contains(&Kind::Policy).then_some(HostKind::Layer);
                    values.chain(layer).collect()
                }
            },
            // What is a policy has a declaration of its own.
            Slot::Let => values.to_vec(),
            Slot::Default("host") => values.to_vec(),
            Slot::Default("policy") => vec![HostKind::Layer],
            _ => Vec::new(),
        }
    }

    fn hosts(&mut self, kinds: &[HostKind], mark: &str) {
        for (of, name) in self.hosts {
            if kinds.contains(of) {
                let text = format!("{mark}{name}");
                self.found.push(Candidate::new(CandidateKind::Host, text, of.word()));
            }
        }
    }

    /// The names of the parameters that are not written yet. What is given by position takes the first
    /// of a policy's, and of a template's those in order.
    fn arguments(&mut self, call: &Call<'_>) {
        let positional = call.before.iter().take_while(|name| name.is_empty()).count();
        let rows: Vec<(String, String, String)> = self.rows(call);
        for (name, detail, documentation) in rows.into_iter().skip(positional) {
            if !call.before.contains(&name.as_str()) {
                let kind = CandidateKind::Argument;
                self.found.push(Candidate { documentation, ..Candidate::new(kind, name, detail) });
            }
        }
    }

    /// Name, what it takes, and documentation of each parameter.
    fn rows(&self, call: &Call<'_>) -> Vec<(String, String, String)> {
        if let Some(entry) = catalogue::policy(call.callee) {
            let row = |row: &ParameterEntry| {
                (row.name.to_owned(), Kind::phrases(row.accepts), row.doc.to_owned())
            };
            return entry.parameters.iter().map(row).collect();
        }
        if let Some(call) = value_call(call.callee) {
            let rows = call.parameters.iter();
            return rows
                .map(|row| (row.name.to_owned(), row.kind.phrase().to_owned(), row.doc.to_owned()))
                .collect();
        }
        let Some((template, _)) = self.symbols.find(self.file, call.callee) else {
            return Vec::new();
        };
        let phrase = |symbol: &Symbol| symbol.value.map_or("", Kind::phrase).to_owned();
        let parameters = self.symbols.parameters(template);
        parameters.map(|it| (it.name.clone(), phrase(it), String::new())).collect()
    }

    /// What an argument takes: the one of that name, else the one that is next by position.
    fn accepted(&self, call: &Call<'_>, name: Option<&str>) -> Vec<Kind> {
        let next = call.before.len();
        let of_language =
            catalogue::policy(call.callee).is_some() || value_call(call.callee).is_some();
        if of_language {
            // Only the first may be given by position.
            let is_open = name.is_some() || next == 0;
            return if is_open {
                catalogue::accepted(call.callee, name).to_vec()
            } else {
                Vec::new()
            };
        }
        let Some((template, _)) = self.symbols.find(self.file, call.callee) else {
            return Vec::new();
        };
        let mut parameters = self.symbols.parameters(template);
        let parameter = match name {
            Some(name) => parameters.find(|parameter| parameter.name == name),
            None => parameters.nth(next),
        };
        parameter.and_then(|parameter| parameter.value).into_iter().collect()
    }

    fn default(&self, call: &Call<'_>) -> Option<&'static ParameterEntry> {
        let entry = catalogue::policy(call.callee)?;
        match call.name {
            Some(name) => entry.parameter(name),
            None => entry.parameters.first().filter(|_| call.before.is_empty()),
        }
    }
}

/// A ratio is the short form of a budget, a count a number.
fn fits(kind: Kind, kinds: &[Kind]) -> bool {
    kinds.contains(&kind)
        || kind == Kind::Ratio && kinds.contains(&Kind::Budget)
        || kind == Kind::Count && kinds.contains(&Kind::Number)
}

/// The kind of thing that a policy of the language takes from the host.
fn host_kind(call: &Call<'_>) -> Option<HostKind> {
    let parameter = catalogue::policy(call.callee)?.parameters.first()?;
    HostKind::ALL.into_iter().find(|kind| kind.word() == parameter.name)
}

fn meaning(word: &str, kind: Kind) -> &'static str {
    let class = Class::FAILURES.into_iter().find(|class| class.word() == word);
    let jitter = Jitter::ALL.into_iter().find(|jitter| jitter.word() == word);
    match (kind, class, jitter) {
        (Kind::Classes, Some(class), _) => class.summary(),
        (Kind::Classes, None, _) => "every failure",
        (Kind::Jitter, _, Some(jitter)) => jitter.summary(),
        (Kind::Off, ..) => "without it",
        _ => "",
    }
}

const KEYWORDS: [(&str, &str); 4] = [
    ("policy", "declares a policy, or a template with parameters"),
    ("pub", "for the program that loads the file"),
    ("let", "names a value"),
    ("use", "makes what another file declares visible here"),
];

const LEVELS: [(&str, &str); 2] =
    [("allow", "findings are not said"), ("deny", "findings are errors")];

const IDENTITIES: [(&str, &str); 2] =
    [("pass", "calls the service as it is"), ("fail", "fails at once")];

/// The kinds of values that words or calls make.
const ALL_VALUES: [Kind; 5] =
    [Kind::Backoff, Kind::Budget, Kind::Jitter, Kind::Classes, Kind::Quantile];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::VALUE_CALLS;

    #[test]
    fn every_value_call_is_offered_for_what_it_gives() {
        for call in &VALUE_CALLS {
            assert!(words(call.gives).contains(&call.name), "{}", call.name);
        }
    }
}
