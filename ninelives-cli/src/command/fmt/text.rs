//! The text of a file, and what of its spelling formatting must not change.

use ninelives_dsl::decode::decode;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::source::FileId;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A file as text with `\n`.
pub(crate) struct Text {
    pub(crate) content: String,
    marked: bool,
    /// The first line ends in `\r\n`: so all will.
    carriage_returns: bool,
}

impl Text {
    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// What makes them no text.
    #[expect(clippy::result_large_err, reason = "called once a file")]
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Diagnostic> {
        let content = decode(bytes, FileId::default())?;
        let first_line = bytes.split(|byte| *byte == b'\n').next().unwrap_or(&[]);
        Ok(Self {
            marked: bytes.starts_with(BYTE_ORDER_MARK.as_bytes()),
            carriage_returns: first_line.ends_with(b"\r") && content.contains('\n'),
            content,
        })
    }

    /// Another content in the same spelling.
    pub(crate) fn written(&self, content: &str) -> String {
        let mark = if self.marked { BYTE_ORDER_MARK } else { "" };
        let line_end = if self.carriage_returns { "\r\n" } else { "\n" };
        format!("{mark}{}", content.replace('\n', line_end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_a_byte_order_mark_stay() {
        for bytes in ["\u{feff}a\r\nb\r\n", "a\nb\n", "\r\n", "a", "\u{feff}"] {
            let text = Text::read(bytes.as_bytes()).unwrap();
            assert!(!text.content.contains(['\r', '\u{feff}']));
            assert_eq!(text.written(&text.content), bytes);
        }
        assert_eq!(Text::read(b"a\r").unwrap().written("a\n"), "a\n");
    }
}
