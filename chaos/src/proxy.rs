//! Passes TCP connections on, and does to each what its script says.

use crate::fault::{Fault, Leg};
use std::collections::VecDeque;
use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Larger than any request here: one arrives in one piece.
const REQUEST: usize = 8 * 1024;

/// A running proxy. It ends when it is dropped; connections go on.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    seen: watch::Sender<usize>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port, in front of a server. The n-th connection meets the n-th fault, and
    /// those after the last of them meet none.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn start(
        server: SocketAddr,
        faults: impl IntoIterator<Item = Fault>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let mut faults: VecDeque<_> = faults.into_iter().collect();
        let seen = watch::Sender::new(0);
        let counter = seen.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let fault = faults.pop_front().unwrap_or(Fault::None);
                let counter = counter.clone();
                // Either side may go away at any time: that is what it is for.
                tokio::spawn(async move { drop(pass(client, server, fault, counter).await) });
            }
        });
        Ok(Self { address, seen, accepting })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests have arrived.
    pub fn requests(&self) -> usize {
        *self.seen.borrow()
    }

    /// Waits until so many requests have arrived.
    pub async fn reached(&self, requests: usize) {
        // The sender is here, so it is not closed.
        let _ = self.seen.subscribe().wait_for(|seen| *seen >= requests).await;
    }

    /// Nobody listens any more: connections are refused from now on.
    pub async fn close(&mut self) {
        self.accepting.abort();
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(
    mut client: TcpStream,
    server: SocketAddr,
    fault: Fault,
    seen: watch::Sender<usize>,
) -> io::Result<()> {
    let mut request = vec![0; REQUEST];
    let length = client.read(&mut request).await?;
    request.truncate(length);
    seen.send_modify(|seen| *seen += 1);
    match fault {
        Fault::Delay(time) => tokio::time::sleep(time).await,
        Fault::Drop(Leg::Request) => return until_it_leaves(client).await,
        Fault::Reset(Leg::Request) => return reset(client),
        Fault::HalfClose(Leg::Request) => {
            client.shutdown().await?;
            return until_it_leaves(client).await;
        }
        _ => {}
    }
    let mut server = TcpStream::connect(server).await?;
    server.write_all(&request).await?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let there = copy(&mut from_client, &mut to_server);
    let back = async {
        match fault {
            Fault::Truncate(bytes) => {
                copy(&mut (&mut from_server).take(bytes), &mut to_client).await?;
                to_client.shutdown().await
            }
            Fault::Drop(_) => {
                copy(&mut from_server, &mut sink()).await?;
                pending().await
            }
            Fault::Reset(_) => from_server.readable().await,
            Fault::HalfClose(_) => {
                from_server.readable().await?;
                to_client.shutdown().await?;
                pending().await
            }
            Fault::None | Fault::Delay(_) => {
                copy(&mut from_server, &mut to_client).await?;
                to_client.shutdown().await
            }
        }
    };
    // The client says no more once it leaves, and not before.
    tokio::select! {
        left = there => left.map(drop)?,
        answered = back => answered?,
    }
    if fault == Fault::Reset(Leg::Response) { reset(client) } else { Ok(()) }
}

async fn until_it_leaves(mut client: TcpStream) -> io::Result<()> {
    copy(&mut client, &mut sink()).await.map(drop)
}

/// Closing without lingering sends a reset in the place of an orderly end.
fn reset(client: TcpStream) -> io::Result<()> {
    client.set_zero_linger()
}
