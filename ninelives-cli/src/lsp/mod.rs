//! `nl lsp`: the language server. One thread reads messages, one answers them in the order they came;
//! texts come whole, are checked when no further message waits, and what is published is what `nl check`
//! says of them.
//!
//! ```text
//! stdin ─> wire ─> server ─┬─> workspace: documents, loads ─> diagnostics ─┬─> wire ─> stdout
//!                          └─> requests ─> hover, completion, rename, … ───┘
//! ```
//!
//! What is known about the language is in [`ninelives_dsl::editor`]; the files here put it into the
//! words of the protocol, one file a feature.

mod actions;
mod client;
mod completion;
mod diagnostics;
mod failure;
mod format;
mod hints;
mod hover;
mod moved;
mod navigate;
mod outline;
mod rename;
mod requests;
mod server;
mod signature;
mod text;
mod tokens;
mod uri;
mod wire;
mod workspace;

use crate::args::Lsp;
use crate::exit::Exit;
use server::Server;
use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, TryRecvError};
use std::thread;
use std::time::Duration;

/// How often a client that is silent is looked after.
const LOOK: Duration = Duration::from_secs(5);

/// Serves the client at the other end of stdin and stdout until it ends the conversation or goes away.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn run(options: &Lsp) -> io::Result<Exit> {
    let (sender, messages) = mpsc::channel();
    // Without a bound: a client may write all it has to say before it reads.
    let listen = move || wire::listen(io::stdin().lock(), |it| sender.send(it).is_ok());
    thread::Builder::new().name("client".to_owned()).spawn(listen)?;
    let mut server = Server::new(options, io::stdout().lock());
    loop {
        let message = match messages.try_recv() {
            Ok(message) => Ok(message),
            Err(TryRecvError::Disconnected) => Err(RecvTimeoutError::Disconnected),
            Err(TryRecvError::Empty) => {
                server.publish()?;
                messages.recv_timeout(LOOK)
            }
        };
        match message {
            Ok(message) => {
                if let Some(exit) = server.message(message)? {
                    return Ok(exit);
                }
            }
            Err(RecvTimeoutError::Timeout) if !server.is_orphan() => {}
            Err(_) => return Ok(server.end()),
        }
    }
}
