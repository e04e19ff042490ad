//! A text as the client has it, and where things are in it. The language counts in the text that is
//! decoded from it: without a byte order mark, and with `\n` for `\r\n`. The client counts lines and, in
//! each, bytes or units of UTF-16.

use gen_lsp_types::{Position, Range};
use ninelives_dsl::source::Span;
use std::ops;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// So many bytes are counted at most to find a unit of UTF-16, however long a line is.
const BLOCK: usize = 128;

/// What clients count within a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    #[default]
    Utf16,
}

/// A text and its places.
#[derive(Debug)]
pub(super) struct ClientText {
    raw: String,
    encoding: Encoding,
    /// Where each line begins in `raw`.
    lines: Vec<usize>,
    /// How many units of UTF-16 stand before each block of `raw`, and how many in all.
    units: Vec<usize>,
    /// Where `\r\n` became `\n`: in the decoded text, and in `raw`.
    returns: Vec<(usize, usize)>,
    /// The length of the byte order mark.
    mark: usize,
}

impl ClientText {
    /// Takes a text over.
    pub(super) fn new(raw: String, encoding: Encoding) -> Self {
        // What is refused as a text is shown as it is.
        let decoded = if raw.contains('\0') { "" } else { raw.as_str() };
        let bare = decoded.strip_prefix(BYTE_ORDER_MARK).unwrap_or(decoded);
        let mark = decoded.len() - bare.len();
        let returns = bare.match_indices("\r\n").enumerate();
        let returns = returns.map(|(nth, (at, _))| (at - nth, mark + at)).collect();
        let bytes = raw.as_bytes();
        let breaks = bytes.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let lines = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        let mut units = vec![0];
        if encoding == Encoding::Utf16 {
            units.extend(bytes.chunks(BLOCK).scan(0, |units, block| {
                *units += utf16(block);
                Some(*units)
            }));
        }
        Self { encoding, lines, units, returns, mark, raw }
    }

    /// The text as the client has it.
    pub(super) fn raw(&self) -> &str {
        &self.raw
    }

    /// The place of an offset of the decoded text.
    pub(super) fn position(&self, offset: u32) -> Position {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        self.raw_position(self.raw_offset(offset))
    }

    /// The place of an offset of the client's text.
    pub(super) fn raw_position(&self, raw: usize) -> Position {
        let raw = self.raw.floor_char_boundary(raw);
        let line = self.lines.partition_point(|start| *start <= raw).saturating_sub(1);
        let start = self.lines.get(line).copied().unwrap_or(0);
        let character = self.counted(raw) - self.counted(start);
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Position { line: number(line), character: number(character) }
    }

    /// The place of a span of the decoded text.
    pub(super) fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.start), end: self.position(span.end) }
    }

    /// The offset in the decoded text; behind the end of a line it is that end. `None` where there is
    /// no such line.
    pub(super) fn offset(&self, position: Position) -> Option<usize> {
        let line = usize::try_from(position.line).ok()?;
        let start = *self.lines.get(line)?;
        let end = self.lines.get(line + 1).copied().unwrap_or(self.raw.len());
        let text = self.raw.get(start..end)?.trim_end_matches(['\n', '\r']);
        let character = usize::try_from(position.character).unwrap_or(usize::MAX);
        let within = match self.encoding {
            Encoding::Utf8 => text.floor_char_boundary(character),
            Encoding::Utf16 => self.behind_units(start, text, character),
        };
        let raw = start + within;
        let returns = self.returns.partition_point(|(_, at)| *at < raw);
        Some(raw.saturating_sub(self.mark + returns))
    }

    /// How many bytes of a line the first units of it take.
    fn behind_units(&self, start: usize, line: &str, units: usize) -> usize {
        let target = self.counted(start).saturating_add(units);
        let block = self.units.partition_point(|before| *before <= target).saturating_sub(1);
        let from = (block * BLOCK).saturating_sub(start).min(line.len());
        let from = line.ceil_char_boundary(from);
        let mut counted = self.counted(start + from);
        for (at, character) in line.get(from..).unwrap_or("").char_indices() {
            counted += character.len_utf16();
            if counted > target {
                return from + at;
            }
        }
        line.len()
    }

    /// How much the client counts from the beginning of the text to a byte of it.
    fn counted(&self, raw: usize) -> usize {
        match self.encoding {
            Encoding::Utf8 => raw,
            Encoding::Utf16 => {
                let block = raw / BLOCK;
                let rest = self.raw.as_bytes().get(block * BLOCK..raw).unwrap_or(&[]);
                self.units.get(block).copied().unwrap_or(0) + utf16(rest)
            }
        }
    }

    fn raw_offset(&self, decoded: usize) -> usize {
        self.mark + decoded + self.returns.partition_point(|(at, _)| *at < decoded)
    }

    /// A range of the decoded text in that of the client.
    pub(super) fn raw_range(&self, span: Span) -> ops::Range<usize> {
        let offset = |at: u32| self.raw_offset(usize::try_from(at).unwrap_or(usize::MAX));
        offset(span.start)..offset(span.end)
    }
}

/// How many units of UTF-16 the characters take that begin in these bytes.
fn utf16(bytes: &[u8]) -> usize {
    let characters = bytes.iter().filter(|byte| (**byte & 0xc0) != 0x80).count();
    characters + bytes.iter().filter(|byte| **byte >= 0xf0).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    /// Every character of a text: the offset of each in the decoded text, and its place.
    fn places(raw: &str, encoding: Encoding) -> Vec<(u32, Position)> {
        let text = ClientText::new(raw.to_owned(), encoding);
        let decoded = raw.trim_start_matches(BYTE_ORDER_MARK).replace("\r\n", "\n");
        let offsets = decoded.char_indices().map(|(at, _)| at).chain([decoded.len()]);
        let offsets = offsets.map(|at| u32::try_from(at).unwrap());
        offsets.map(|at| (at, text.position(at))).collect()
    }

    #[test]
    fn each_encoding_counts_in_its_units() {
        let text = "a\u{1f600}b\nµ";
        let at =
            |encoding| places(text, encoding).into_iter().map(|(_, it)| it).collect::<Vec<_>>();
        let places = |characters: [u32; 4]| {
            let first = characters.map(|character| position(0, character));
            first.to_vec()
        };
        assert_eq!(at(Encoding::Utf16)[..4], places([0, 1, 3, 4]));
        assert_eq!(at(Encoding::Utf8)[..4], places([0, 1, 5, 6]));
        assert_eq!(at(Encoding::Utf16)[4..], [position(1, 0), position(1, 1)]);
        assert_eq!(at(Encoding::Utf8)[4..], [position(1, 0), position(1, 2)]);
    }

    #[test]
    fn every_place_leads_back_to_its_offset() {
        let long = "µ\u{1f600}x".repeat(BLOCK);
        for raw in [
            "",
            "a\nb",
            "\u{feff}a\r\n\r\nb\u{1f600}\r\nc",
            "\u{feff}\u{1f600}",
            "a\rb\r\nc\r",
            "\r\n\n\r",
            &format!("{long}\r\n{long}"),
            &"x".repeat(2 * BLOCK),
        ] {
            for encoding in [Encoding::Utf8, Encoding::Utf16] {
                let text = ClientText::new(raw.to_owned(), encoding);
                for (offset, place) in places(raw, encoding) {
                    let back = text.offset(place).unwrap();
                    assert_eq!(u32::try_from(back).unwrap(), offset, "{encoding:?} {place:?}");
                }
            }
        }
    }

    #[test]
    fn behind_the_end_of_a_line_is_its_end_and_behind_the_last_line_is_nowhere() {
        let text = ClientText::new("ab\r\nc".to_owned(), Encoding::Utf16);
        assert_eq!(text.offset(position(0, 99)), Some(2));
        assert_eq!(text.offset(position(1, u32::MAX)), Some(4));
        assert_eq!(text.offset(position(2, 0)), None);
        assert_eq!(text.position(u32::MAX), position(1, 1));
    }

    #[test]
    fn within_a_character_is_its_beginning() {
        let text = "\u{1f600}";
        let offset = |encoding, at| ClientText::new(text.into(), encoding).offset(position(0, at));
        assert_eq!(offset(Encoding::Utf16, 1), Some(0));
        assert_eq!(offset(Encoding::Utf8, 3), Some(0));
        assert_eq!(offset(Encoding::Utf16, 2), Some(4));
    }
}
