//! A real HTTP server on loopback that answers as it is told, and knows what it was asked.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The header by which a request is known.
pub const ID: &str = "x-id";
/// What every answer says: longer than any truncated one.
const BODY: &str = "one line says how a call survives, and this answer has many of them";

/// One answer.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// The seconds of its `Retry-After`.
    pub retry_after: Option<u16>,
}

impl From<u16> for Answer {
    fn from(status: u16) -> Self {
        Self { status, retry_after: None }
    }
}

/// A request that the server has seen, once for each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// Its method.
    pub method: Method,
    /// Its [`ID`].
    pub id: String,
}

/// A running server. It ends when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Script {
    answers: VecDeque<Answer>,
    served: Vec<Served>,
}

impl Server {
    /// Listens on a free port. The n-th request gets the n-th answer, and those after the last of them
    /// get `200 OK`.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn start(answers: impl IntoIterator<Item = Answer>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let script = Script { answers: answers.into_iter().collect(), served: Vec::new() };
        let script = Arc::new(Mutex::new(script));
        let shared = script.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let script = shared.clone();
                let service =
                    hyper::service::service_fn(move |request| serve(request, script.clone()));
                let mut server = hyper::server::conn::http1::Builder::new();
                let connection =
                    server.keep_alive(false).serve_connection(TokioIo::new(stream), service);
                tokio::spawn(async move { drop(connection.await) });
            }
        });
        Ok(Self { address, script, accepting })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has seen.
    pub fn served(&self) -> Vec<Served> {
        lock(&self.script).served.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(
    request: Request<Incoming>,
    script: Arc<Mutex<Script>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let id = request.headers().get(ID).and_then(|id| id.to_str().ok()).unwrap_or("").to_owned();
    let method = request.method().clone();
    let whole = request.into_body().collect().await;
    let answer = {
        let mut script = lock(&script);
        script.served.push(Served { method, id });
        script.answers.pop_front().unwrap_or(Answer::from(200))
    };
    let mut response = Response::new(Full::new(Bytes::from_static(BODY.as_bytes())));
    let status = if whole.is_ok() { answer.status } else { 400 };
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    if let Some(seconds) = answer.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response)
}

fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}
