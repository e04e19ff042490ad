//! The life of a server: what it is told and asked, in order, and what it answers.

use super::client::Client;
use super::diagnostics::{self, Published};
use super::failure::Failure;
use super::requests;
use super::uri;
use super::wire::{self, Received};
use super::workspace::Workspace;
use crate::args::Lsp;
use crate::exit::Exit;
use gen_lsp_types::json_rpc::{Id, RequestObject, ResponseObject};
use gen_lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesRegistrationOptions,
    DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    ErrorCodes, FileSystemWatcher, GlobPattern, InitializeParams, InitializeRequest,
    LogMessageNotification, LogMessageParams, LspNotificationMethod, LspRequestMethod, MessageType,
    Notification, PublishDiagnosticsNotification, PublishDiagnosticsParams, Registration,
    RegistrationParams, RegistrationRequest, ShowMessageNotification, ShowMessageParams,
    ShutdownRequest, TextDocumentContentChangeEvent, Uri, WorkspaceFolder, WorkspaceFolders,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A server and whom it talks to.
pub(super) struct Server<'o, W> {
    output: W,
    phase: Phase,
    workspace: Workspace<'o>,
    /// What the client was told last, by URI.
    published: BTreeMap<String, Published>,
    /// What is wrong with `nl.toml`, as the client was told.
    problem: Option<String>,
    /// Is there as long as the client's process is, where the system says so.
    process: Option<PathBuf>,
}

/// How far the conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    New,
    Running,
    ShutDown,
}

impl<'o, W: Write> Server<'o, W> {
    pub(super) fn new(options: &'o Lsp, output: W) -> Self {
        Self {
            output,
            phase: Phase::New,
            workspace: Workspace::new(options),
            published: BTreeMap::new(),
            problem: None,
            process: None,
        }
    }

    /// Takes a message in; the answer is how to end, if this was the last one.
    ///
    /// # Errors
    /// When nobody reads the answers.
    pub(super) fn message(&mut self, message: Received) -> io::Result<Option<Exit>> {
        let call = match message {
            Received::Call(call) => call,
            Received::Answer => return Ok(None),
            Received::Wrong(answer) => return self.send(&answer).map(|()| None),
        };
        match call.into_parts() {
            (method, Some(id), params) => {
                // What was told before is answered before.
                self.publish()?;
                let answer = self.request(&method, id, params.unwrap_or_default());
                self.send(&answer)?;
            }
            (method, None, _) if method == "exit" => return Ok(Some(self.end())),
            (method, None, params) if self.phase == Phase::Running => {
                if let Err(failure) = self.told(&method, params.unwrap_or_default()) {
                    let message = format!("{method}: {}", failure.message);
                    let params = LogMessageParams { kind: MessageType::Error, message };
                    self.notify::<LogMessageNotification>(params)?;
                }
                if method == "initialized" {
                    self.watch()?;
                }
            }
            (_, None, _) => {}
        }
        Ok(None)
    }

    /// How to end now: well, if the client said that it would.
    pub(super) fn end(&self) -> Exit {
        // 0 and 1 are the protocol's.
        if self.phase == Phase::ShutDown { Exit::Clean } else { Exit::Findings }
    }

    /// True when the client's process is gone.
    pub(super) fn is_orphan(&self) -> bool {
        self.process.as_ref().is_some_and(|process| !process.exists())
    }

    /// Checks what changed, and tells the client what is new.
    ///
    /// # Errors
    /// When nobody reads it.
    pub(super) fn publish(&mut self) -> io::Result<()> {
        if !self.workspace.check() {
            return Ok(());
        }
        let all = diagnostics::all(&self.workspace);
        let gone = self.published.keys().filter(|uri| !all.contains_key(*uri));
        let gone: Vec<_> = gone.map(|uri| (uri.clone(), Published::default())).collect();
        let news = all.iter().filter(|(uri, it)| self.published.get(*uri) != Some(it));
        let news: Vec<_> = news.map(|(uri, it)| (uri.clone(), it.clone())).collect();
        for (uri, Published { version, diagnostics }) in gone.into_iter().chain(news) {
            let params = PublishDiagnosticsParams { uri: Uri(uri), version, diagnostics };
            self.notify::<PublishDiagnosticsNotification>(params)?;
        }
        self.published = all;
        self.complain()
    }

    /// Says what is wrong with `nl.toml`, once.
    fn complain(&mut self) -> io::Result<()> {
        let problem = self.workspace.documents().find_map(|(_, checked)| checked.problem.clone());
        if problem == self.problem {
            return Ok(());
        }
        if let Some(problem) = &problem {
            let message = format!("the defaults hold: {problem}");
            let params = ShowMessageParams { kind: MessageType::Error, message };
            self.notify::<ShowMessageNotification>(params)?;
        }
        self.problem = problem;
        Ok(())
    }

    fn request(&mut self, method: &str, id: Id, params: Value) -> ResponseObject {
        let refuse = |code, message: &str| {
            ResponseObject::from_error(id.clone(), Failure::new(code, message).into())
        };
        match (self.phase, LspRequestMethod::from(method)) {
            (Phase::New, LspRequestMethod::Initialize) => {
                requests::answer::<InitializeRequest>(id, params, |params| {
                    self.initialize(&params);
                    Ok(requests::greeting(&self.workspace.client))
                })
            }
            (Phase::New, _) => refuse(ErrorCodes::ServerNotInitialized, "`initialize` comes first"),
            (Phase::ShutDown, _) => {
                refuse(ErrorCodes::InvalidRequest, "nothing comes after `shutdown`")
            }
            (Phase::Running, LspRequestMethod::Initialize) => {
                refuse(ErrorCodes::InvalidRequest, "`initialize` comes once")
            }
            (Phase::Running, LspRequestMethod::Shutdown) => {
                self.phase = Phase::ShutDown;
                ResponseObject::from_success::<ShutdownRequest>(id, ())
            }
            (Phase::Running, method) => requests::dispatch(&self.workspace, method, id, params),
        }
    }

    fn initialize(&mut self, params: &InitializeParams) {
        self.phase = Phase::Running;
        self.workspace.client = Client::new(&params.capabilities);
        let folders = &params.workspace_folders_initialize_params.workspace_folders;
        match folders {
            Some(WorkspaceFolders::WorkspaceFolderList(folders)) => self.folders(folders),
            _ => {
                #[expect(deprecated, reason = "clients that know no workspace folders send it")]
                let root = params.root_uri.as_ref();
                self.workspace.folders.extend(root.and_then(|root| uri::to_path(&root.0)));
            }
        }
        let process = params.process_id.map(|id| Path::new("/proc").join(id.to_string()));
        // Without it there, nothing is known of the client: it may be another container's.
        self.process = process.filter(|process| process.exists());
    }

    fn folders(&mut self, added: &[WorkspaceFolder]) {
        let paths = added.iter().filter_map(|folder| uri::to_path(&folder.uri.0));
        self.workspace.folders.extend(paths);
    }

    /// Asks to be told when files change on disk.
    fn watch(&mut self) -> io::Result<()> {
        if !self.workspace.client.watches {
            return Ok(());
        }
        let watchers = ["**/*.nl", "**/nl.toml"].map(|pattern| FileSystemWatcher {
            glob_pattern: GlobPattern::Pattern(pattern.to_owned()),
            kind: None,
        });
        let options = DidChangeWatchedFilesRegistrationOptions { watchers: watchers.to_vec() };
        let method = LspNotificationMethod::WorkspaceDidChangeWatchedFiles.as_str().to_owned();
        let registration = Registration {
            id: "files".to_owned(),
            method,
            register_options: Some(serde_json::to_value(options)?),
        };
        let params = RegistrationParams { registrations: vec![registration] };
        self.send(&RequestObject::from_request::<RegistrationRequest>(Id::Number(0), params))
    }

    /// Takes in what the client tells.
    ///
    /// # Errors
    /// What is wrong with it.
    fn told(&mut self, method: &str, params: Value) -> Result<(), Failure> {
        let workspace = &mut self.workspace;
        match LspNotificationMethod::from(method) {
            LspNotificationMethod::TextDocumentDidOpen => {
                let DidOpenTextDocumentParams { text_document: it } = read(params)?;
                workspace.open(it.uri, it.version, it.text);
            }
            LspNotificationMethod::TextDocumentDidChange => {
                let DidChangeTextDocumentParams { text_document, content_changes } = read(params)?;
                let uri = text_document.text_document_identifier.uri;
                // All of the text each time: the last is what holds.
                let text = match content_changes.into_iter().next_back() {
                    Some(
                        TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(it),
                    ) => it.text,
                    _ => {
                        let message = format!("a change of `{uri}` without the whole text");
                        return Err(Failure::new(ErrorCodes::InvalidParams, message));
                    }
                };
                workspace.change(&uri, text_document.version, text)?;
            }
            LspNotificationMethod::TextDocumentDidClose => {
                let DidCloseTextDocumentParams { text_document } = read(params)?;
                workspace.close(&text_document.uri)?;
            }
            LspNotificationMethod::WorkspaceDidChangeWorkspaceFolders => {
                let DidChangeWorkspaceFoldersParams { event } = read(params)?;
                let removed = event.removed.iter().filter_map(|it| uri::to_path(&it.uri.0));
                let removed: Vec<_> = removed.collect();
                workspace.folders.retain(|folder| !removed.contains(folder));
                workspace.outdated();
                self.folders(&event.added);
            }
            LspNotificationMethod::TextDocumentDidSave
            | LspNotificationMethod::WorkspaceDidChangeWatchedFiles
            | LspNotificationMethod::WorkspaceDidCreateFiles
            | LspNotificationMethod::WorkspaceDidDeleteFiles
            | LspNotificationMethod::WorkspaceDidRenameFiles => workspace.outdated(),
            // The others have nothing to say to us.
            _ => {}
        }
        Ok(())
    }

    fn notify<N: Notification>(&mut self, params: N::Params) -> io::Result<()> {
        self.send(&RequestObject::from_notification::<N>(params))
    }

    fn send(&mut self, message: &impl serde::Serialize) -> io::Result<()> {
        wire::write(&mut self.output, message)
    }
}

/// Reads the parameters of a notification.
fn read<T: DeserializeOwned>(params: Value) -> Result<T, Failure> {
    serde_json::from_value(params)
        .map_err(|error| Failure::new(ErrorCodes::InvalidParams, error.to_string()))
}
