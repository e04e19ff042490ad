//! Messages over a byte stream: what is no message is an answer that says so, and the next one is read.
//!
//! The reader of `lsp-server` ends with the first message that it cannot read, and its request ids are
//! narrower than those of JSON-RPC; hence these lines.

use gen_lsp_types::ErrorCodes;
use gen_lsp_types::json_rpc::{Error, Id, RequestObject, ResponseObject};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::{self, BufRead, Read, Write};

/// A longer message is not read: the longest file, each byte of it escaped.
const LONGEST: u64 = 128 * 1024 * 1024;

/// No header is longer.
const LONGEST_HEADER: u64 = 4 * 1024;

const LENGTH: &str = "content-length:";

/// What came from the client.
#[derive(Debug)]
pub(super) enum Received {
    /// A request or a notification.
    Call(RequestObject),
    /// The answer to a request of ours.
    Answer,
    /// No message, and what is to be answered.
    Wrong(ResponseObject),
}

/// Reads messages to the end of the stream, or until nobody wants them.
pub(super) fn listen(mut input: impl BufRead, mut receive: impl FnMut(Received) -> bool) {
    // A stream that fails has ended.
    while let Ok(Some(received)) = read(&mut input) {
        if !receive(received) {
            return;
        }
    }
}

/// The next message; `None` at the end of the stream. What stands before a header is what is left of
/// a message that had none.
fn read(input: &mut impl BufRead) -> io::Result<Option<Received>> {
    let mut length = None;
    let mut whole = true;
    loop {
        let mut line = Vec::new();
        if input.by_ref().take(LONGEST_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line).to_ascii_lowercase();
        if let Some(at) = line.find(LENGTH) {
            length = line.get(at + LENGTH.len()..).and_then(|value| value.trim().parse().ok());
            whole &= at == 0;
        } else if line.trim().is_empty() {
            break;
        }
    }
    let received = match length {
        Some(length) => body(input, length)?,
        None => wrong(ErrorCodes::ParseError, Id::Null, "a message without `Content-Length`"),
    };
    let malformed = || wrong(ErrorCodes::ParseError, Id::Null, "malformed header");
    Ok(Some(if whole { received } else { malformed() }))
}

fn body(input: &mut impl BufRead, length: u64) -> io::Result<Received> {
    let mut body = input.by_ref().take(length);
    if length > LONGEST {
        io::copy(&mut body, &mut io::sink())?;
        let message = format!("a message of {length} bytes; the limit is {LONGEST}");
        return Ok(wrong(ErrorCodes::InvalidRequest, Id::Null, &message));
    }
    let mut bytes = Vec::new();
    body.read_to_end(&mut bytes)?;
    Ok(parse(&bytes))
}

fn parse(bytes: &[u8]) -> Received {
    let value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => return wrong(ErrorCodes::ParseError, Id::Null, &error.to_string()),
    };
    let is_call = value.get("method").is_some();
    if !is_call && (value.get("result").is_some() || value.get("error").is_some()) {
        return Received::Answer;
    }
    let id = value.get("id").and_then(|id| Id::deserialize(id).ok()).unwrap_or(Id::Null);
    match serde_json::from_value(value) {
        Ok(call) if is_call => Received::Call(call),
        Ok(_) => wrong(ErrorCodes::InvalidRequest, id, "a message without `method`"),
        Err(error) => wrong(ErrorCodes::InvalidRequest, id, &error.to_string()),
    }
}

fn wrong(code: ErrorCodes, id: Id, message: &str) -> Received {
    let error = Error { code, message: message.to_owned(), data: None };
    Received::Wrong(ResponseObject::from_error(id, error))
}

/// Writes a message.
///
/// # Errors
/// When nobody reads it.
pub(super) fn write(output: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    write!(output, "Content-Length: {}\r\n\r\n", body.len())?;
    output.write_all(&body)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read, in a few words.
    fn received(stream: &[u8]) -> Vec<String> {
        let mut received = Vec::new();
        listen(stream, |it| {
            received.push(match it {
                Received::Call(call) => format!("{} {:?}", call.method(), call.id()),
                Received::Answer => "answer".to_owned(),
                Received::Wrong(response) => {
                    let error = response.error().unwrap();
                    format!("{} {:?}", i32::from(error.code), response.id())
                }
            });
            true
        });
        received
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    const EXIT: &str = r#"{"jsonrpc":"2.0","method":"exit"}"#;

    #[test]
    fn message_behind_one_that_cannot_be_read_is_read() {
        for wrong in [
            framed("{"),
            framed("\u{fffd}"),
            framed(&"[".repeat(100_000)),
            "Content-Length: many\r\n\r\n".to_owned(),
            "Content-Length: -1\r\n\r\n".to_owned(),
            "Content-Type: x\r\n\r\n".to_owned(),
            "\r\n".to_owned(),
        ] {
            let stream = format!("{wrong}{}", framed(EXIT));
            assert_eq!(received(stream.as_bytes()), ["-32700 Null", "exit None"], "{wrong:.40}");
        }
        let mut stream = b"Content-Length: 2\r\n\r\n\xff\xfe".to_vec();
        stream.extend(framed(EXIT).into_bytes());
        assert_eq!(received(&stream), ["-32700 Null", "exit None"]);
    }

    #[test]
    fn json_that_is_no_message_is_answered_by_its_id() {
        for (wrong, answer) in [
            ("[]", "-32600 Null"),
            (r#"{"jsonrpc":"2.0","id":7}"#, "-32600 Number(7)"),
            (r#"{"jsonrpc":"1.0","id":"a","method":"exit"}"#, "-32600 String(\"a\")"),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"exit"}"#, "-32600 Null"),
            (r#"{"jsonrpc":"2.0","id":7,"result":null}"#, "answer"),
        ] {
            let stream = framed(wrong) + &framed(EXIT);
            assert_eq!(received(stream.as_bytes()), [answer, "exit None"], "{wrong}");
        }
    }

    #[test]
    fn stream_that_ends_within_a_message_ends() {
        let whole = framed(EXIT);
        assert!(received(b"").is_empty());
        assert!(received(b"Content-Le").is_empty());
        assert_eq!(received(&whole.as_bytes()[..whole.len() - 1]), ["-32700 Null"]);
        assert!(received(b"Content-Length: 99999999999\r\n\r\n{").len() == 1);
    }

    #[test]
    fn bytes_between_messages_are_one_mistake() {
        let stream = format!("garbage{}{}{}", framed("{}"), framed(EXIT), framed(EXIT));
        assert_eq!(received(stream.as_bytes()), ["-32700 Null", "exit None", "exit None"]);
    }
}
