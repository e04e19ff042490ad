//! Why a request cannot be answered.

use gen_lsp_types::json_rpc::Error;
use gen_lsp_types::{ErrorCodes, Position, Uri};

/// A request was understood, and what it asks for cannot be done.
const REQUEST_FAILED: ErrorCodes = ErrorCodes::Custom(-32803);

/// The error that the client is sent.
#[derive(Debug)]
pub(super) struct Failure {
    code: ErrorCodes,
    pub(super) message: String,
}

impl Failure {
    pub(super) fn new(code: ErrorCodes, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// What is asked for cannot be done.
    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self::new(REQUEST_FAILED, message)
    }

    pub(super) fn not_open(uri: &Uri) -> Self {
        Self::new(ErrorCodes::InvalidParams, format!("`{uri}` is not open"))
    }

    pub(super) fn no_such_line(uri: &Uri, position: Position) -> Self {
        let line = position.line;
        Self::new(ErrorCodes::InvalidParams, format!("`{uri}` has no line {line}, counted from 0"))
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self { code: failure.code, message: failure.message, data: None }
    }
}
