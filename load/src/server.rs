//! The HTTP server on loopback: on a thread and a runtime of its own, beside that of the clients.

use crate::account::Counters;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// How the server treats requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Temper {
    /// How long it takes for each.
    pub(crate) takes: Duration,
    /// It fails one of so many.
    pub(crate) fails: u64,
    /// It never answers one of so many.
    pub(crate) hangs: u64,
}

impl Temper {
    /// What becomes of a request, by its number: a second try has another one.
    const fn fate(self, number: u64) -> Fate {
        if number % self.fails == self.fails / 2 {
            Fate::Fails
        } else if number % self.hangs == self.hangs / 3 {
            Fate::Hangs
        } else {
            Fate::Answers
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fate {
    Answers,
    Fails,
    Hangs,
}

/// What all connections share.
#[derive(Debug)]
struct State {
    temper: Temper,
    is_well: AtomicBool,
    counters: Arc<Counters>,
}

impl State {
    async fn answer(&self) -> Response<Full<Bytes>> {
        let number = self.counters.reached();
        let is_well = self.is_well.load(Ordering::Relaxed);
        let fate = if is_well { Fate::Answers } else { self.temper.fate(number) };
        if fate == Fate::Hangs {
            pending::<()>().await;
        }
        tokio::time::sleep(self.temper.takes).await;
        let mut response = Response::new(Full::new(Bytes::from_static(b"42")));
        if fate == Fate::Fails {
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        }
        response
    }
}

/// A running server; it ends when this is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    state: Arc<State>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on a free port.
    pub(crate) fn start(temper: Temper, counters: Arc<Counters>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let state = Arc::new(State { temper, is_well: AtomicBool::new(true), counters });
        let (end, ended) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let shared = state.clone();
        let thread = std::thread::Builder::new().name("server".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = ended => {}
                    _ = accept(listener, shared) => {}
                }
            });
        })?;
        Ok(Self { address, state, end: Some(end), thread: Some(thread) })
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether it answers everything, or fails and hangs as its temper is.
    pub(crate) fn set_well(&self, is_well: bool) {
        self.state.is_well.store(is_well, Ordering::Relaxed);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has shown itself: requests were not answered.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(serve(stream, state.clone()));
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    let answer = service_fn(move |_: Request<Incoming>| {
        let state = state.clone();
        async move { Ok::<_, Infallible>(state.answer().await) }
    });
    // A client that goes away in the middle counts its own failure.
    let _ = stream.set_nodelay(true);
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), answer)
        .await;
}

#[cfg(test)]
mod tests {
    use super::{Fate, Temper};
    use std::time::Duration;

    #[test]
    fn one_of_so_many_fails_and_one_hangs() {
        let temper = Temper { takes: Duration::ZERO, fails: 100, hangs: 1000 };
        let count = |fate| (0..10_000).filter(|number| temper.fate(*number) == fate).count();
        assert_eq!([Fate::Fails, Fate::Hangs].map(count), [100, 10]);
    }
}
