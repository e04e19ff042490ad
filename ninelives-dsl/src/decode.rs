//! Stop 0: bytes in, text out, or the reason why the bytes are no text.
//!
//! The text is what every later stage counts and shows: without a byte order mark, and with `\n`
//! where the file has `\r\n`, as rustc reads it. Lines and columns are therefore those of the file;
//! byte offsets are those of the text. A `#!` line stays, so that no line moves; the parser's scan
//! reads it as a comment.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::limits::FILE_BYTES;
use crate::source::{FileId, Span};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Reads the bytes of a file as text.
///
/// # Errors
/// More than 16 MiB, bytes that are not UTF-8, and NUL. The span of the error counts the bytes given;
/// to draw it, show `String::from_utf8_lossy` of them.
#[expect(clippy::result_large_err, reason = "called once a file")]
pub fn decode(bytes: &[u8], file: FileId) -> Result<String, Diagnostic> {
    if bytes.len() > FILE_BYTES {
        return Err(Diagnostic::error(
            codes::LIMIT,
            Span::new(file, 0, 0),
            format!("the file has {} bytes; the limit is {FILE_BYTES} (16 MiB)", bytes.len()),
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error, file))?;
    if let Some(at) = text.find('\0') {
        return Err(Diagnostic::error(
            codes::ENCODING,
            Span::new(file, at, at + 1),
            "the text contains a NUL byte",
        ));
    }
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    Ok(text.replace("\r\n", "\n"))
}

fn not_utf8(bytes: &[u8], error: std::str::Utf8Error, file: FileId) -> Diagnostic {
    let start = error.valid_up_to();
    let length = error.error_len().unwrap_or(bytes.len() - start);
    let diagnostic = Diagnostic::error(
        codes::ENCODING,
        Span::new(file, start, start + length),
        "the text is not valid UTF-8",
    );
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return diagnostic.with_help("this looks like UTF-16: save the file as UTF-8");
    }
    diagnostic
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> (String, u32, u32) {
        let error = decode(bytes, FileId(0)).unwrap_err();
        (format!("{} {}", error.code, error.message), error.span.start, error.span.end)
    }

    #[test]
    fn carriage_returns_and_the_byte_order_mark_do_not_reach_the_parser() {
        let text = decode("\u{feff}a\r\nb\rc\n".as_bytes(), FileId(0)).unwrap();
        assert_eq!(text, "a\nb\rc\n");
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_at_their_place() {
        assert_eq!(refused(b"policy \xff"), ("NL012 the text is not valid UTF-8".into(), 7, 8));
        assert_eq!(refused(b"ab\xe2\x82"), ("NL012 the text is not valid UTF-8".into(), 2, 4));
        assert_eq!(refused(b"a\0b\0"), ("NL012 the text contains a NUL byte".into(), 1, 2));
    }

    #[test]
    fn utf_16_is_recognised() {
        let error = decode(b"\xff\xfep\0o\0", FileId(0)).unwrap_err();
        assert!(error.help.unwrap().contains("UTF-16"));
    }

    #[test]
    fn a_file_over_the_limit_is_refused_by_name() {
        assert!(decode(&vec![b' '; FILE_BYTES], FileId(0)).is_ok());
        let (message, ..) = refused(&vec![b' '; FILE_BYTES + 1]);
        assert!(message.starts_with("NL010") && message.contains("16 MiB"), "{message}");
    }
}
