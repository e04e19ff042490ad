//! The hand scan before pest: one pass over the bytes that finds where each declaration ends, so that
//! one mistake stays in one declaration, and prepares its text for the grammar.
//!
//! Takes the text of a file; gives [`Piece`]s. It blanks comments byte for byte (offsets never move),
//! keeps doc comments, skips texts and host expressions, balances brackets and limits their depth.
//! What it refuses never reaches pest, so pest's recursion is bounded by [`limits::NESTING`].

mod brackets;
mod comments;
mod foreign;
mod host;

use super::report::Report;
use crate::codes;
use crate::diagnostic::Diagnostic;
use std::ops::Range;

pub(super) use comments::Doc;
pub(crate) use comments::documentation;

use brackets::never_closed;

/// What the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Declarations, each ending in `;`.
    Declarations,
    /// One expression.
    Expression,
}

/// One declaration (or the whole expression), ready for the grammar.
#[derive(Debug)]
pub(super) struct Piece {
    /// Where `text` begins in the file.
    pub(super) start: usize,
    /// The prepared text, from the first token to the last.
    pub(super) text: String,
    /// The doc comments in it and before it.
    pub(super) docs: Vec<Doc>,
    /// The word behind the first word: the name that the declaration gives, however broken it is.
    pub(super) name: Option<Range<usize>>,
    /// Where the `;` behind it stands.
    pub(super) semicolon: Option<usize>,
    /// Was reported and cannot be parsed.
    pub(super) broken: bool,
}

#[derive(Clone, Copy, Debug)]
struct Bracket {
    byte: u8,
    at: usize,
}

/// The piece being read.
#[derive(Clone, Debug, Default)]
struct Open {
    start: Option<usize>,
    end: usize,
    brackets: Vec<Bracket>,
    /// Brackets open beyond the limit; they are counted and not kept.
    excess: usize,
    head: Option<Range<usize>>,
    name: Option<Range<usize>>,
    /// The last line comment that touches the token before it: `100//s`.
    touching_comment: Option<usize>,
    broken: bool,
}

/// Splits a text into pieces.
pub(super) struct Scanner<'a> {
    text: &'a str,
    prepared: Vec<u8>,
    shape: Shape,
    at: usize,
    at_line_start: bool,
    open: Open,
    docs: Vec<Doc>,
    host: Option<host::Entry>,
    /// The last piece ended in open brackets, which was reported: what closes them closes nothing.
    left_open: bool,
    /// Set when a `{` was found to be closed nowhere: from then on braces hide nothing, so that the
    /// text behind it is still read, and read once.
    braces_hide_nothing: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, shape: Shape) -> Self {
        let mut scanner = Self {
            text,
            prepared: text.as_bytes().to_vec(),
            shape,
            at: 0,
            at_line_start: true,
            open: Open::default(),
            docs: Vec::new(),
            host: None,
            left_open: false,
            braces_hide_nothing: false,
        };
        if shape == Shape::Declarations {
            scanner.skip_interpreter_line();
        }
        scanner
    }

    /// The whole text as the grammar sees it: comments and line breaks blanked, the inside of host
    /// expressions too, byte for byte. For a text without mistakes.
    pub(super) fn blanked(mut self, report: &mut Report) -> String {
        while self.next_piece(report).is_some_and(|_| self.shape == Shape::Declarations) {}
        String::from_utf8(self.prepared).unwrap_or_default()
    }

    /// The next piece; its mistakes are reported. An expression is one piece, even when empty.
    pub(super) fn next_piece(&mut self, report: &mut Report) -> Option<Piece> {
        loop {
            match self.byte(0) {
                None if self.host.is_some() => self.leave_unclosed_host(report),
                None => return self.last_piece(report),
                Some(b' ') => self.at += 1,
                Some(byte) if byte.is_ascii_whitespace() || byte == b'\x0b' => {
                    self.at_line_start |= byte == b'\n';
                    self.blank(self.at..self.at + 1);
                    self.at += 1;
                }
                Some(b'/') if self.byte(1) == Some(b'/') => self.line_comment(),
                Some(b'/') if self.byte(1) == Some(b'*') => self.block_comment(report),
                Some(byte) => {
                    if let Some(piece) = self.token(byte, report) {
                        return Some(piece);
                    }
                }
            }
        }
    }

    fn token(&mut self, byte: u8, report: &mut Report) -> Option<Piece> {
        let start = self.at;
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let end = self.end_of(start, is_letter);
                if self.begins_declaration(start..end) {
                    return Some(self.finish(None, report));
                }
                self.at = end;
                self.note_word(start..end);
            }
            b'0'..=b'9' => self.number(),
            b'"' => self.quoted(report),
            b'(' | b'[' | b'{' => self.open_bracket(byte, report),
            b')' | b']' | b'}' => self.close_bracket(byte, report),
            b';' if self.shape == Shape::Declarations && self.host.is_none() => {
                self.at += 1;
                return Some(self.finish(Some(start), report));
            }
            b'#' if self.attribute_of_the_next() => return Some(self.finish(None, report)),
            _ if self.host.is_some() => self.host_byte(byte),
            b'\'' | b'`' => self.foreign_quotes(byte, report),
            b'!'..=b'~' => self.at += 1,
            _ => self.foreign(report),
        }
        self.open.start.get_or_insert(start);
        self.open.end = self.at;
        self.at_line_start = false;
        None
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or("")
    }

    fn rest(&self) -> &'a str {
        self.slice(self.at..self.text.len())
    }

    fn end_of(&self, start: usize, belongs: fn(u8) -> bool) -> usize {
        let bytes = self.text.as_bytes().get(start..).unwrap_or(&[]);
        start + bytes.iter().position(|byte| !belongs(*byte)).unwrap_or(bytes.len())
    }

    fn blank(&mut self, range: Range<usize>) {
        if let Some(bytes) = self.prepared.get_mut(range) {
            bytes.fill(b' ');
        }
    }

    /// Reports a mistake and gives the piece up; of one piece only the first is told.
    fn refuse(&mut self, report: &mut Report, diagnostic: impl FnOnce(&Report) -> Diagnostic) {
        if !self.open.broken {
            self.open.broken = true;
            report.push(diagnostic(report));
        }
    }

    fn note_word(&mut self, word: Range<usize>) {
        if !self.open.brackets.is_empty() || self.slice(word.clone()) == "pub" {
            return;
        }
        match &self.open.head {
            None => self.open.head = Some(word),
            // What an import would have brought in is not known.
            Some(head) if head.end == self.open.end && self.slice(head.clone()) != "use" => {
                self.open.name = Some(word);
            }
            Some(_) => {}
        }
    }

    /// True when the word can only begin the next declaration, the `;` before it being forgotten.
    fn begins_declaration(&self, word: Range<usize>) -> bool {
        let keyword = self.slice(word.clone());
        if self.open.head.is_none()
            || self.shape == Shape::Expression
            || self.host.is_some()
            || !matches!(keyword, "policy" | "let" | "use" | "pub")
        {
            return false;
        }
        let inside = !self.open.brackets.is_empty();
        if self.at_line_start && !inside {
            return true;
        }
        (self.at_line_start || !inside) && self.declares(keyword, word.end)
    }

    /// True when what follows `keyword` makes it a declaration: `policy` is also the word of a type.
    fn declares(&self, keyword: &str, end: usize) -> bool {
        let rest = self.slice(end..self.text.len()).trim_start();
        if keyword == "use" {
            return rest.starts_with('"');
        }
        let behind = rest.trim_start_matches(|character: char| {
            character.is_ascii_alphanumeric() || character == '_'
        });
        let word = rest.get(..rest.len() - behind.len()).unwrap_or("");
        if keyword == "pub" {
            return matches!(word, "policy" | "let" | "use");
        }
        let behind = behind.trim_start();
        !word.is_empty() && (behind.starts_with('=') || behind.starts_with('('))
    }

    /// True at a `#` that begins a line and is not the attribute of an operand.
    fn attribute_of_the_next(&self) -> bool {
        let before = self.open.end.checked_sub(1);
        let before = before.and_then(|at| self.prepared.get(at));
        self.at_line_start
            && self.shape == Shape::Declarations
            && self.open.head.is_some()
            && self.open.brackets.is_empty()
            && !matches!(before, Some(b'+' | b'|' | b'&' | b'='))
    }

    /// Closes the piece being read; the doc comments behind its last token belong to the next.
    fn finish(&mut self, semicolon: Option<usize>, report: &mut Report) -> Piece {
        self.left_open = !self.open.brackets.is_empty();
        if let Some(bracket) = self.open.brackets.last().copied() {
            let comment = self.open.touching_comment;
            self.refuse(report, |report| {
                let error = never_closed(bracket, report);
                match comment.filter(|comment| *comment > bracket.at) {
                    Some(at) => error.with_label(report.span(at, at + 2), "a comment begins here"),
                    None => error,
                }
            });
        }
        let open = std::mem::take(&mut self.open);
        let end = semicolon.unwrap_or(open.end);
        let next = self.docs.partition_point(|doc| doc.start < end);
        let later = self.docs.split_off(next);
        let start = open.start.or(semicolon).unwrap_or(self.at);
        let prepared = self.prepared.get(start..open.end).unwrap_or(&[]);
        Piece {
            start,
            text: std::str::from_utf8(prepared).unwrap_or("").to_owned(),
            docs: std::mem::replace(&mut self.docs, later),
            name: open.name,
            semicolon,
            broken: open.broken,
        }
    }

    fn last_piece(&mut self, report: &mut Report) -> Option<Piece> {
        let nothing = self.open.start.is_none() && self.docs.is_empty() && !self.open.broken;
        if nothing && self.shape == Shape::Declarations {
            return None;
        }
        let mut piece = self.finish(None, report);
        piece.docs.append(&mut self.docs);
        Some(piece)
    }

    fn number(&mut self) {
        self.at = self.end_of(self.at, is_letter);
        while self.rest().starts_with(MICRO) {
            self.at = self.end_of(self.at + 2, is_letter);
        }
    }

    fn quoted(&mut self, report: &mut Report) {
        if self.host.is_some() {
            self.host_text();
            return;
        }
        let start = self.at;
        let line = self.rest().lines().next().unwrap_or("");
        let length = text_length(line);
        self.at += length.unwrap_or(line.len());
        if length.is_none() {
            let end = start + line.trim_end().len();
            self.refuse(report, |report| {
                let span = report.span(start, end);
                Diagnostic::error(codes::SYNTAX, span, "the text is never closed")
                    .with_help("a text ends with `\"` on the line where it began")
            });
        }
        let prefix = self.word_before(start);
        if prefix < start {
            let end = self.at;
            let word = super::expected::shown(self.slice(prefix..start));
            self.refuse(report, |report| {
                let span = report.span(prefix, end);
                Diagnostic::error(codes::SYNTAX, span, format!("`{word}` touches a text"))
                    .with_help("texts are written `\"…\"`, without a prefix")
            });
        }
    }

    /// Where the word or number that ends at `end` begins.
    fn word_before(&self, end: usize) -> usize {
        let before = self.slice(0..end).bytes().rev();
        end - before.take_while(|byte| is_letter(*byte)).count()
    }

    /// `#!/usr/bin/env nl`, but not `#![allow(…)]`: rustc makes the same difference.
    fn skip_interpreter_line(&mut self) {
        let line = self.text.lines().next().unwrap_or("");
        let interpreter =
            line.strip_prefix("#!").is_some_and(|rest| !rest.trim_start().starts_with('['));
        if interpreter {
            self.blank(0..line.len());
            self.at = line.len();
        }
    }
}

/// Both code points of the micro sign: keyboards have one or the other.
const MICRO: [char; 2] = ['\u{b5}', '\u{3bc}'];

/// How long the text is that begins here, quotes included; `None` when it is not closed.
pub(crate) fn text_length(text: &str) -> Option<usize> {
    let mut escaped = true;
    let close = text.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = !escaped && byte == b'\\';
        closes
    });
    close.map(|close| close + 1)
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
