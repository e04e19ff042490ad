//! As much of a language client as the test needs: one server, one document, requests in turn.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Far more than a cold machine needs: a server that hangs fails the test instead of holding it up.
const PATIENCE: Duration = Duration::from_secs(600);

/// A running language server with one document open.
pub(crate) struct Client {
    server: Arc<Mutex<Child>>,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    uri: String,
    requests: u64,
    version: u64,
}

impl Client {
    /// Starts `rust-analyzer` for the package at `root` and waits until it has read everything.
    pub(crate) fn start(root: &Path, document: &Path, text: &str) -> Self {
        let mut server = Command::new("rust-analyzer")
            .current_dir(root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("rust-analyzer starts");
        let input = server.stdin.take().expect("the server reads");
        let output = server.stdout.take().expect("the server writes");
        let server = Arc::new(Mutex::new(server));
        let late = server.clone();
        thread::spawn(move || {
            thread::sleep(PATIENCE);
            end(&late);
        });
        let mut client = Self {
            server,
            input,
            output: BufReader::new(output),
            uri: format!("file://{}", document.display()),
            requests: 0,
            version: 1,
        };
        client.initialize(root);
        client.notify(
            "textDocument/didOpen",
            &json!({ "textDocument": {
                "uri": client.uri, "languageId": "rust", "version": client.version, "text": text,
            } }),
        );
        client.wait_until_quiet();
        client
    }

    fn initialize(&mut self, root: &Path) {
        self.request(
            "initialize",
            &json!({
                "processId": std::process::id(),
                "rootUri": format!("file://{}", root.display()),
                "capabilities": {
                    "experimental": { "serverStatusNotification": true },
                    "textDocument": { "hover": { "contentFormat": ["markdown"] } },
                },
                "initializationOptions": {
                    "checkOnSave": false,
                    "cachePriming": { "enable": false },
                    "cargo": { "targetDir": true },
                },
            }),
        );
        self.notify("initialized", &json!({}));
    }

    /// Replaces the text of the document.
    pub(crate) fn change(&mut self, text: &str) {
        self.version += 1;
        self.notify(
            "textDocument/didChange",
            &json!({
                "textDocument": { "uri": self.uri, "version": self.version },
                "contentChanges": [{ "text": text }],
            }),
        );
    }

    /// What the server shows for the word at a place, or nothing.
    pub(crate) fn hover(&mut self, at: Value) -> String {
        let answer = self.at("textDocument/hover", at);
        answer["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    /// The lines of the document to which the word at a place leads.
    pub(crate) fn definition(&mut self, at: Value) -> Vec<usize> {
        let answer = self.at("textDocument/definition", at);
        let targets = answer.as_array().cloned().unwrap_or_default();
        let own = targets.iter().filter(|target| target["uri"] == *self.uri);
        let lines = own.filter_map(|target| target["range"]["start"]["line"].as_u64());
        lines.filter_map(|line| usize::try_from(line).ok()).collect()
    }

    /// The words offered at a place.
    pub(crate) fn completion(&mut self, at: Value) -> Vec<String> {
        let answer = self.at("textDocument/completion", at);
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        let labels = items.iter().filter_map(|item| item["label"].as_str());
        labels.map(str::to_owned).collect()
    }

    fn at(&mut self, method: &str, position: Value) -> Value {
        let document = json!({ "uri": self.uri });
        self.request(method, &json!({ "textDocument": document, "position": position }))
    }

    fn request(&mut self, method: &str, parameters: &Value) -> Value {
        self.requests += 1;
        let id = self.requests;
        self.send(&json!({
            "jsonrpc": "2.0", "id": id, "method": method, "params": parameters,
        }));
        loop {
            let message = self.receive();
            if message["id"] == id && message.get("method").is_none() {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    fn notify(&mut self, method: &str, parameters: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": parameters }));
    }

    fn wait_until_quiet(&mut self) {
        loop {
            let message = self.receive();
            if message["method"] == "experimental/serverStatus"
                && message["params"]["quiescent"] == true
            {
                return;
            }
        }
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len())
            .and_then(|()| self.input.flush())
            .expect("the server listens");
    }

    /// The next message; questions of the server are answered with nothing.
    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).expect("the server talks");
            assert!(read > 0, "the server ended");
            match line.trim().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse().expect("a length"),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).expect("a whole message");
        let message: Value = serde_json::from_slice(&body).expect("a message in JSON");
        if let (Some(id), Some(_)) = (message.get("id"), message.get("method")) {
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": null }));
        }
        message
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        end(&self.server);
    }
}

/// Nothing is left to save; a server that is gone already is as good.
fn end(server: &Mutex<Child>) {
    if let Ok(mut server) = server.lock() {
        let _ = server.kill();
        let _ = server.wait();
    }
}
