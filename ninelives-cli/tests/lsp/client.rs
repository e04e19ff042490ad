//! A client. Whatever it waits for, it gives up after a while: no test can hang.

use crate::sandbox::Sandbox;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than anything takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client with a server of its own.
pub(crate) struct Client {
    pub(crate) folder: Sandbox,
    server: Child,
    stdin: Option<ChildStdin>,
    messages: Receiver<Value>,
    asked: i64,
    version: i32,
    /// What was published last of each document.
    published: BTreeMap<String, Value>,
    /// Everything else that the server said by itself.
    pub(crate) said: Vec<Value>,
    /// All of the conversation: who spoke, and what.
    pub(crate) log: Vec<(&'static str, Value)>,
}

impl Client {
    /// A client of UTF-8 that has said hello in an empty folder.
    pub(crate) fn new(name: &str) -> Self {
        Self::within(Sandbox::new(&format!("lsp_{name}")))
    }

    /// The same in a folder with files.
    pub(crate) fn within(folder: Sandbox) -> Self {
        let capabilities = json!({"general": {"positionEncodings": ["utf-8", "utf-16"]}});
        let mut client = Self::silent(folder, &[]);
        client.hello(&capabilities);
        client
    }

    /// One that has said nothing yet, of a server with these flags.
    pub(crate) fn silent(folder: Sandbox, flags: &[&str]) -> Self {
        let arguments = [&["lsp"], flags].concat();
        let mut server =
            folder.nl(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdin = server.stdin.take();
        let mut stdout = BufReader::new(server.stdout.take().unwrap());
        let (sender, messages) = mpsc::channel();
        thread::spawn(move || {
            while let Some(message) = read(&mut stdout) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let (published, said, log) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { folder, server, stdin, messages, asked: 0, version: 0, published, said, log }
    }

    /// `initialize` and `initialized`; the answer is the server's.
    pub(crate) fn hello(&mut self, capabilities: &Value) -> Value {
        let folder = json!({"uri": self.uri(""), "name": "folder"});
        let hello = json!({
            "processId": std::process::id(),
            "rootUri": null,
            "workspaceFolders": [folder],
            "capabilities": capabilities,
        });
        let answer = self.ask("initialize", hello).unwrap();
        self.tell("initialized", json!({}));
        answer
    }

    /// The URI of a file of the folder.
    pub(crate) fn uri(&self, file: &str) -> String {
        let folder = self.folder.0.to_str().unwrap();
        let path = if file.is_empty() { folder.to_owned() } else { format!("{folder}/{file}") };
        format!("file://{}", path.replace(' ', "%20"))
    }

    /// Sends bytes.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(bytes).unwrap();
        stdin.flush().unwrap();
    }

    /// Sends a text as a message.
    pub(crate) fn send_message(&mut self, body: &str) {
        self.send(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    /// A notification.
    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        self.speak(json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// A request without waiting for its answer; its id.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> i64 {
        self.asked += 1;
        self.speak(json!({"jsonrpc": "2.0", "id": self.asked, "method": method, "params": params}));
        self.asked
    }

    fn speak(&mut self, message: Value) {
        self.send_message(&message.to_string());
        self.log.push(("client", message));
    }

    /// A request and its answer: a result, or an error.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.request(method, params);
        loop {
            let mut answer = self.next();
            if answer.get("method").is_none() {
                assert_eq!(answer["id"], json!(id), "an answer out of order: {answer}");
                return match answer.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(answer["result"].take()),
                };
            }
        }
    }

    /// The next message; what is published is noted.
    pub(crate) fn next(&mut self) -> Value {
        let message = self.messages.recv_timeout(PATIENCE).expect("a message from the server");
        self.log.push(("server", message.clone()));
        match message["method"].as_str() {
            Some("textDocument/publishDiagnostics") => {
                let params = &message["params"];
                let uri = params["uri"].as_str().unwrap().to_owned();
                self.published.insert(uri, params.clone());
            }
            Some(_) => self.said.push(message.clone()),
            None => {}
        }
        message
    }

    /// Waits until everything that was told has been taken in.
    pub(crate) fn settle(&mut self) {
        self.ask("nl/nothing", json!({})).unwrap_err();
    }

    pub(crate) fn open(&mut self, file: &str, text: &str) {
        let uri = self.uri(file);
        self.open_uri(&uri, text);
    }

    pub(crate) fn open_uri(&mut self, uri: &str, text: &str) {
        self.version += 1;
        let document =
            json!({"uri": uri, "languageId": "nl", "version": self.version, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
    }

    pub(crate) fn change(&mut self, file: &str, text: &str) {
        self.version += 1;
        let document = json!({"uri": self.uri(file), "version": self.version});
        let params = json!({"textDocument": document, "contentChanges": [{"text": text}]});
        self.tell("textDocument/didChange", params);
    }

    pub(crate) fn close(&mut self, file: &str) {
        let params = json!({"textDocument": {"uri": self.uri(file)}});
        self.tell("textDocument/didClose", params);
    }

    /// A file changed on disk.
    pub(crate) fn watched(&mut self, file: &str) {
        let change = json!({"uri": self.uri(file), "type": 2});
        self.tell("workspace/didChangeWatchedFiles", json!({"changes": [change]}));
    }

    /// What is published of a file, after everything that was told; `None` when nothing ever was.
    pub(crate) fn published(&mut self, file: &str) -> Option<Value> {
        self.settle();
        let uri = self.uri(file);
        self.published.get(&uri).cloned()
    }

    /// The same of every document.
    pub(crate) fn all_published(&mut self) -> BTreeMap<String, Value> {
        self.settle();
        self.published.clone()
    }

    /// The findings of a file: place, severity, code and message.
    pub(crate) fn findings(&mut self, file: &str) -> Vec<String> {
        let published = self.published(file).unwrap_or_default();
        let findings = published["diagnostics"].as_array().cloned().unwrap_or_default();
        findings.iter().map(finding).collect()
    }

    /// Asks about a place of a file, which is marked `‸` in its text. The file is opened with the rest.
    pub(crate) fn at(
        &mut self,
        method: &str,
        file: &str,
        marked: &str,
        more: Value,
    ) -> Result<Value, Value> {
        let (text, position) = mark(marked);
        self.open(file, &text);
        self.here(method, file, position, more)
    }

    /// Asks about a place of a file that is open.
    pub(crate) fn here(
        &mut self,
        method: &str,
        file: &str,
        position: Value,
        more: Value,
    ) -> Result<Value, Value> {
        let mut params = json!({"textDocument": {"uri": self.uri(file)}, "position": position});
        for (key, value) in more.as_object().into_iter().flatten() {
            params[key] = value.clone();
        }
        self.ask(method, params)
    }

    /// Closes the pipe to the server.
    pub(crate) fn go_away(&mut self) {
        self.stdin = None;
    }

    /// How the server ended.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.server.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "the server goes on");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The next message of a stream.
fn read(stream: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().unwrap(),
            Some(_) => panic!("a header of its own: {line}"),
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).unwrap())
}

/// The text without its mark `‸`, and the position of it in UTF-8.
pub(crate) fn mark(text: &str) -> (String, Value) {
    let at = text.find('‸').unwrap();
    let before = &text[..at];
    let line = before.matches('\n').count();
    let character = before.len() - before.rfind('\n').map_or(0, |end| end + 1);
    (text.replacen('‸', "", 1), json!({"line": line, "character": character}))
}

/// `1:2-1:5 error NL002 message`, counted as the protocol does.
pub(crate) fn finding(diagnostic: &Value) -> String {
    let severity = if diagnostic["severity"] == 1 { "error" } else { "warning" };
    let (code, message) = (&diagnostic["code"], &diagnostic["message"]);
    let (code, message) = (code.as_str().unwrap(), message.as_str().unwrap());
    format!("{} {severity} {code} {message}", range(&diagnostic["range"]))
}

/// `1:2-1:5`
pub(crate) fn range(range: &Value) -> String {
    let place = |place: &Value| format!("{}:{}", place["line"], place["character"]);
    format!("{}-{}", place(&range["start"]), place(&range["end"]))
}

/// The text with the edits of one document, which are in UTF-8.
pub(crate) fn edited(text: &str, edits: &Value) -> String {
    let offset = |place: &Value| {
        let line = usize::try_from(place["line"].as_u64().unwrap()).unwrap();
        let character = usize::try_from(place["character"].as_u64().unwrap()).unwrap();
        text.split_inclusive('\n').take(line).map(str::len).sum::<usize>() + character
    };
    let mut edits: Vec<_> = edits.as_array().unwrap().iter().collect();
    edits.sort_by_key(|edit| offset(&edit["range"]["start"]));
    let mut text = text.to_owned();
    for edit in edits.iter().rev() {
        let range = offset(&edit["range"]["start"])..offset(&edit["range"]["end"]);
        text.replace_range(range, edit["newText"].as_str().unwrap());
    }
    text
}

/// The last part of a URI.
pub(crate) fn file_of(uri: &str) -> String {
    Path::new(uri).file_name().unwrap().to_str().unwrap().to_owned()
}
