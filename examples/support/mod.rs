//! A deliberately flaky HTTP server on loopback, and a client for it: what the examples protect.

#![allow(dead_code, reason = "each example uses a part of it")]

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// What goes wrong, in requests of a thousand.
#[derive(Clone, Copy)]
pub(crate) struct Faults {
    pub(crate) resets: u64,
    pub(crate) errors: u64,
    pub(crate) slow: u64,
    pub(crate) delay: Duration,
}

/// The running server: where it listens, and how many requests reached it.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    served: Arc<AtomicU64>,
}

impl Server {
    /// Listens on a free port. The n-th connection always meets the same fate for one seed.
    pub(crate) async fn start(faults: Faults, seed: u64) -> std::io::Result<Self> {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let (address, served) = (listener.local_addr()?, Arc::new(AtomicU64::new(0)));
        let counter = served.clone();
        tokio::spawn(async move {
            let mut random = fastrand::Rng::with_seed(seed);
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(stream, faults, random.u64(..1000)));
            }
        });
        Ok(Self { address, served })
    }

    /// How many requests reached the server since the last time this was asked.
    pub(crate) fn take_served(&self) -> u64 {
        self.served.swap(0, Ordering::Relaxed)
    }
}

async fn serve(stream: TcpStream, faults: Faults, fate: u64) {
    if fate < faults.resets {
        // Closing with a zero linger sends a reset instead of an orderly end.
        let _ = stream.set_zero_linger();
        return;
    }
    let answer = hyper::service::service_fn(move |_: Request<hyper::body::Incoming>| async move {
        let status = if fate < faults.resets + faults.errors {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::OK
        };
        if fate >= 1000 - faults.slow {
            tokio::time::sleep(faults.delay).await;
        }
        let mut response = Response::new(Full::new(Bytes::from_static(b"42")));
        *response.status_mut() = status;
        Ok::<_, Infallible>(response)
    });
    let mut connection = hyper::server::conn::http1::Builder::new();
    // One request a connection, which has one fate.
    connection.keep_alive(false);
    let _ = connection.serve_connection(TokioIo::new(stream), answer).await;
}

/// The client's request and answer: bodies in memory, so that a policy may repeat the one and a
/// deadline covers the other.
pub(crate) type Ask = Request<Empty<Bytes>>;
pub(crate) type Answer = Response<Bytes>;
pub(crate) type Failure = hyper_util::client::legacy::Error;

/// A real HTTP client as a tower service. What repeats a request is the policy, and nothing else.
pub(crate) fn client()
-> impl tower::Service<Ask, Response = Answer, Error = Failure, Future: Send> + Clone + Send {
    let client: Client<HttpConnector, Empty<Bytes>> =
        Client::builder(TokioExecutor::new()).retry_canceled_requests(false).build_http();
    tower::service_fn(move |request| {
        let client = client.clone();
        async move {
            let (parts, body) = client.request(request).await?.into_parts();
            let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
            Ok(Response::from_parts(parts, body))
        }
    })
}

/// `GET /` of the server.
pub(crate) fn ask(server: &Server) -> Ask {
    let uri = format!("http://{}/", server.address);
    Request::get(uri).body(Empty::new()).unwrap_or_default()
}
