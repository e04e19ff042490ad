//! What can be asked, and who answers it.

use super::client::Client;
use super::failure::Failure;
use super::text::Encoding;
use super::workspace::Workspace;
use super::{
    actions, completion, format, hints, hover, moved, navigate, outline, rename, signature, tokens,
};
use gen_lsp_types::json_rpc::{Id, ResponseObject};
use gen_lsp_types::*;
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Answers a request.
pub(super) fn dispatch(
    workspace: &Workspace<'_>,
    method: LspRequestMethod<'_>,
    id: Id,
    params: Value,
) -> ResponseObject {
    use LspRequestMethod as Method;
    macro_rules! answers {
        ($($method:ident: $request:ident => $answer:path,)*) => {
            match method {
                $(Method::$method => {
                    answer::<$request>(id, params, |params| $answer(workspace, &params))
                })*
                other => {
                    let message = format!("`{other}` is not offered");
                    let failure = Failure::new(ErrorCodes::MethodNotFound, message);
                    ResponseObject::from_error(id, failure.into())
                }
            }
        };
    }
    answers! {
        TextDocumentCodeAction: CodeActionRequest => actions::actions,
        TextDocumentCompletion: CompletionRequest => completion::completion,
        TextDocumentDefinition: DefinitionRequest => navigate::definition,
        TextDocumentDocumentHighlight: DocumentHighlightRequest => navigate::highlight,
        TextDocumentDocumentSymbol: DocumentSymbolRequest => outline::document,
        TextDocumentFoldingRange: FoldingRangeRequest => outline::folding,
        TextDocumentFormatting: DocumentFormattingRequest => format::format,
        TextDocumentHover: HoverRequest => hover::hover,
        TextDocumentInlayHint: InlayHintRequest => hints::hints,
        TextDocumentPrepareRename: PrepareRenameRequest => rename::prepare,
        TextDocumentReferences: ReferencesRequest => navigate::references,
        TextDocumentRename: RenameRequest => rename::rename,
        TextDocumentSemanticTokensFull: SemanticTokensRequest => tokens::tokens,
        TextDocumentSemanticTokensRange: SemanticTokensRangeRequest => tokens::range,
        TextDocumentSignatureHelp: SignatureHelpRequest => signature::signature,
        WorkspaceSymbol: WorkspaceSymbolRequest => outline::workspace,
        WorkspaceWillRenameFiles: WillRenameFilesRequest => moved::paths,
    }
}

/// Answers a request by `respond`. A mistake in there is an answer too: the server goes on.
pub(super) fn answer<R: Request>(
    id: Id,
    params: Value,
    respond: impl FnOnce(R::Params) -> Result<R::Result, Failure>,
) -> ResponseObject {
    let params = match serde_json::from_value(params) {
        Ok(params) => params,
        Err(error) => {
            let failure = Failure::new(ErrorCodes::InvalidParams, error.to_string());
            return ResponseObject::from_error(id, failure.into());
        }
    };
    let responded = catch_unwind(AssertUnwindSafe(|| respond(params)));
    let broken = |_| {
        let message = format!("a mistake of `nl lsp` in `{}`", R::METHOD);
        Err(Failure::new(ErrorCodes::InternalError, message))
    };
    match responded.unwrap_or_else(broken) {
        Ok(result) => ResponseObject::from_success::<R>(id, result),
        Err(failure) => ResponseObject::from_error(id, failure.into()),
    }
}

/// The files whose fate matters, and the folders that they go with.
fn file_operations() -> FileOperationOptions {
    let filter = |glob: &str, kind| {
        let pattern =
            FileOperationPattern { glob: glob.to_owned(), matches: Some(kind), options: None };
        FileOperationFilter { scheme: Some("file".to_owned()), pattern }
    };
    let files = filter("**/*.nl", FileOperationPatternKind::File);
    let folders = filter("**", FileOperationPatternKind::Folder);
    let created = FileOperationRegistrationOptions { filters: vec![files.clone()] };
    let others = FileOperationRegistrationOptions { filters: vec![files, folders] };
    FileOperationOptions {
        did_create: Some(created),
        did_rename: Some(others.clone()),
        will_rename: Some(others.clone()),
        did_delete: Some(others),
        ..FileOperationOptions::default()
    }
}

/// What is offered to a client.
pub(super) fn greeting(client: &Client) -> InitializeResult {
    let text_document_sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::Full),
        save: Some(Save::Bool(true)),
        ..TextDocumentSyncOptions::default()
    };
    let letters = |letters: &[&str]| Some(letters.iter().map(|it| (*it).to_owned()).collect());
    let completion = CompletionOptions {
        trigger_characters: letters(&["(", ",", "=", "@", "\"", "+", "|", "&", "[", ":"]),
        ..CompletionOptions::default()
    };
    let signature = SignatureHelpOptions {
        trigger_characters: letters(&["(", ","]),
        ..SignatureHelpOptions::default()
    };
    let rename = RenameOptions { prepare_provider: Some(true), ..RenameOptions::default() };
    let actions = CodeActionOptions {
        code_action_kinds: Some(vec![CodeActionKind::QuickFix, actions::FIX_ALL]),
        ..CodeActionOptions::default()
    };
    let folders = WorkspaceFoldersServerCapabilities {
        supported: Some(true),
        change_notifications: Some(ChangeNotifications::Bool(true)),
    };
    let capabilities = ServerCapabilities {
        position_encoding: Some(match client.encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(TextDocumentSync::Options(text_document_sync)),
        completion_provider: Some(completion),
        hover_provider: Some(HoverProvider::Bool(true)),
        signature_help_provider: Some(signature),
        definition_provider: Some(DefinitionProvider::Bool(true)),
        references_provider: Some(ReferencesProvider::Bool(true)),
        document_highlight_provider: Some(DocumentHighlightProvider::Bool(true)),
        document_symbol_provider: Some(DocumentSymbolProvider::Bool(true)),
        workspace_symbol_provider: Some(WorkspaceSymbolProvider::Bool(true)),
        code_action_provider: Some(CodeActionProvider::CodeActionOptions(actions)),
        document_formatting_provider: Some(DocumentFormattingProvider::Bool(true)),
        rename_provider: Some(RenameProvider::RenameOptions(rename)),
        folding_range_provider: Some(FoldingRangeProvider::Bool(true)),
        inlay_hint_provider: Some(InlayHintProvider::Bool(true)),
        semantic_tokens_provider: Some(SemanticTokensProvider::SemanticTokensOptions(
            SemanticTokensOptions {
                legend: tokens::legend(),
                full: Some(Full::Bool(true)),
                range: Some(SemanticTokensOptionsRange::Bool(true)),
                ..SemanticTokensOptions::default()
            },
        )),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(folders),
            file_operations: Some(file_operations()),
            ..WorkspaceOptions::default()
        }),
        ..ServerCapabilities::default()
    };
    let version = Some(env!("CARGO_PKG_VERSION").to_owned());
    let server_info = Some(ServerInfo { name: "nl".to_owned(), version });
    InitializeResult { capabilities, server_info }
}
