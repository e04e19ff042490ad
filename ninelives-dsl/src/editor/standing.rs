//! What stands at a place.

use super::cursor::{Call, Cursor, Slot};
use super::symbols::{SymbolKind, Symbols};
use super::tokens::{Token, TokenKind, tokens};
use crate::catalogue::{
    self, Kind, LATER_POLICIES, ParameterEntry, PolicyEntry, ValueCall, ValueParameter, value_call,
};
use crate::codes::{self, Code};
use crate::source::{FileId, Span};
use crate::value::{Class, Jitter};
use std::ops::Range;

/// A thing of the language, or of the text.
#[derive(Clone, Copy, Debug)]
pub enum Standing<'t> {
    /// Something that the load declares.
    Symbol(usize),
    /// A policy of the language.
    Layer(&'static PolicyEntry),
    /// One that is reserved, `pass`, `fail`, and the words that begin declarations.
    Word(&'t str),
    /// A parameter of a policy of the language.
    Parameter(&'static PolicyEntry, &'static ParameterEntry),
    /// A parameter of a call that makes a value.
    ValueParameter(&'static ValueCall, &'static ValueParameter),
    /// A call that makes a value.
    ValueCall(&'static ValueCall),
    /// An outcome class.
    Class(Class),
    /// A jitter.
    Jitter(Jitter),
    /// The type of a template's parameter.
    Type(Kind),
    /// The name of a thing of the host.
    Host(&'t str),
    /// The name of a finding.
    Finding(Code),
    /// The path of a file that is used.
    File(FileId),
    /// A literal, for this parameter.
    Value(Bound),
}

/// A parameter that a value is given for.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// Of a policy of the language.
    Policy(&'static PolicyEntry, &'static ParameterEntry),
    /// Of a call that makes a value.
    Value(&'static ValueCall, &'static ValueParameter),
    /// Of a template.
    Template(usize),
}

/// What stands at an offset of a file of a load, and where it begins and ends. `symbols` are those of
/// the load, `text` that of the file.
pub fn standing<'t>(
    symbols: &Symbols,
    file: FileId,
    text: &'t str,
    offset: usize,
) -> Option<(Standing<'t>, Span)> {
    let at = Span::new(file, offset, offset);
    if let Some((target, span)) = symbols.used_at(file, at.start) {
        return Some((Standing::File(target), span));
    }
    if let Some((symbol, span)) = symbols.at(file, at.start) {
        return Some((Standing::Symbol(symbol), span));
    }
    let cursor = Cursor::at(text, offset);
    if let Some(mark) = cursor.next.filter(|next| next.start == offset && next.is_mark("@")) {
        let behind = Cursor::at(text, mark.end());
        let name = behind.token.or(behind.next).filter(|it| it.kind == TokenKind::Word)?;
        let span = Span::new(file, mark.start, name.end());
        return matches!(behind.slot, Slot::Host(_)).then_some((Standing::Host(name.text), span));
    }
    word(symbols, file, text, &cursor).or_else(|| {
        let span = literal(text, offset)?;
        let bound = bound(symbols, file, &Cursor::at(text, span.start))?;
        Some((Standing::Value(bound), Span::new(file, span.start, span.end)))
    })
}

fn word<'t>(
    symbols: &Symbols,
    file: FileId,
    text: &'t str,
    cursor: &Cursor<'t>,
) -> Option<(Standing<'t>, Span)> {
    let token = cursor.token.filter(|token| token.kind == TokenKind::Word)?;
    let span = |token: Token<'_>| Span::new(file, token.start, token.end());
    let words = Words { symbols, file, next: cursor.next };
    if cursor.slot == Slot::Finding {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        let rest = text.get(cursor.start..)?;
        let length = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
        let code = codes::find(rest.get(..length)?)?;
        let span = Span::new(file, cursor.start, cursor.start + length);
        return Some((Standing::Finding(code), span));
    }
    let found = match &cursor.slot {
        Slot::Host(_) => {
            let mark = text.get(..token.start)?.trim_end_matches('@').len();
            let span = Span::new(file, mark, token.end());
            return Some((Standing::Host(token.text), span));
        }
        Slot::Type => {
            let kind = Kind::TEMPLATE.into_iter().find(|(word, _)| *word == token.text);
            kind.map(|(_, kind)| Standing::Type(kind))
        }
        Slot::Policy => words.policy(token.text),
        Slot::Argument(call) if cursor.next.is_some_and(|next| next.is_mark("=")) => {
            parameter(call, token.text)
        }
        Slot::Argument(_) | Slot::Value(_) | Slot::Let | Slot::Default(_) => {
            value(token.text).or_else(|| words.policy(token.text))
        }
        Slot::Declaration => keyword(token.text).map(Standing::Word),
        Slot::Level | Slot::Nothing | Slot::Path | Slot::Finding => None,
    };
    Some((found?, span(token)))
}

/// The literal at an offset, with its unit or its other end: `50%`, `100/s`, `1..3`.
fn literal(text: &str, offset: usize) -> Option<Range<usize>> {
    let mut tokens = tokens(text).filter(|token| !token.is_comment()).peekable();
    while let Some(token) = tokens.next().filter(|token| token.start <= offset) {
        if !matches!(token.kind, TokenKind::Number | TokenKind::Text) && !token.is_quantile() {
            continue;
        }
        let mut last = token;
        let goes_on = |last: Token<'_>, next: &Token<'_>| {
            let joins = ["/", ".."].iter().any(|mark| last.is_mark(mark));
            let ends = matches!(next.kind, TokenKind::Number | TokenKind::Word);
            if joins { ends } else { ["%", "/", ".."].iter().any(|mark| next.is_mark(mark)) }
        };
        while let Some(next) = tokens.next_if(|next| goes_on(last, next)) {
            last = next;
        }
        if offset <= last.end() {
            return Some(token.start..last.end());
        }
    }
    None
}

/// The parameter that a value at a place is for.
fn bound(symbols: &Symbols, file: FileId, cursor: &Cursor<'_>) -> Option<Bound> {
    let call = match &cursor.slot {
        Slot::Argument(call) | Slot::Value(call) => call,
        Slot::Default(_) => {
            let (template, _) = symbols.find(file, cursor.declaring?)?;
            let (name, _) = cursor.parameters.last()?;
            return symbols.parameter(template, name).map(Bound::Template);
        }
        _ => return None,
    };
    if let Some(entry) = catalogue::policy(call.callee) {
        let first = || entry.parameters.first().filter(|_| call.before.is_empty());
        let row = call.name.map_or_else(first, |name| entry.parameter(name))?;
        return Some(Bound::Policy(entry, row));
    }
    if let Some(value) = value_call(call.callee) {
        let first = || value.parameters.first().filter(|_| call.before.is_empty());
        let named = |name| value.parameters.iter().find(|row| row.name == name);
        return Some(Bound::Value(value, call.name.map_or_else(first, named)?));
    }
    let (template, _) = symbols.find(file, call.callee)?;
    let parameter = match call.name {
        Some(name) => name,
        None => &symbols.parameters(template).nth(call.before.len())?.name,
    };
    symbols.parameter(template, parameter).map(Bound::Template)
}

/// Looks words up that may be declared.
struct Words<'s, 't> {
    symbols: &'s Symbols,
    file: FileId,
    next: Option<Token<'t>>,
}

impl<'t> Words<'_, 't> {
    /// A name in a text that cannot be read is looked up by itself.
    fn policy(&self, word: &'t str) -> Option<Standing<'t>> {
        if self.next.is_some_and(|next| next.is_mark(":")) {
            return None;
        }
        if let Some(entry) = catalogue::policy(word) {
            return Some(Standing::Layer(entry));
        }
        if ["pass", "fail"].contains(&word) || LATER_POLICIES.contains(&word) {
            return Some(Standing::Word(word));
        }
        let (symbol, found) = self.symbols.find(self.file, word)?;
        (found.kind != SymbolKind::Broken).then_some(Standing::Symbol(symbol))
    }
}

fn parameter<'t>(call: &Call<'_>, word: &str) -> Option<Standing<'t>> {
    if let Some(entry) = catalogue::policy(call.callee) {
        return entry.parameter(word).map(|row| Standing::Parameter(entry, row));
    }
    let call = value_call(call.callee)?;
    let row = call.parameters.iter().find(|row| row.name == word)?;
    Some(Standing::ValueParameter(call, row))
}

fn value<'t>(word: &'t str) -> Option<Standing<'t>> {
    let class = Class::FAILURES.into_iter().find(|class| class.word() == word);
    let jitter = || Jitter::ALL.into_iter().find(|jitter| jitter.word() == word);
    let call = || value_call(word).map(Standing::ValueCall);
    let word = || catalogue::WORDS.contains(&word).then_some(Standing::Word(word));
    class
        .map(Standing::Class)
        .or_else(|| jitter().map(Standing::Jitter))
        .or_else(call)
        .or_else(word)
}

fn keyword(word: &str) -> Option<&str> {
    ["policy", "let", "use", "pub"].contains(&word).then_some(word)
}
