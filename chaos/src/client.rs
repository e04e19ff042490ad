//! A real HTTP client as a tower service, whose errors say what the network did.

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use std::error::Error;
use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use tower_service::Service;

/// A request; its body is in memory, so that a policy may repeat it.
pub type Ask = Request<Full<Bytes>>;
/// A whole answer.
pub type Reply = Response<Bytes>;

/// Why there was no whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// There was no connection.
    Refused,
    /// The connection was reset.
    Reset,
    /// It ended before the answer did.
    CutShort,
    /// Anything else: no fault of ours leads here.
    Other,
}

impl Failure {
    fn of(error: &(dyn Error + 'static)) -> Self {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<std::io::Error>() {
                match error.kind() {
                    ErrorKind::ConnectionRefused => return Self::Refused,
                    ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => return Self::Reset,
                    ErrorKind::UnexpectedEof => return Self::CutShort,
                    _ => {}
                }
            }
            if error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message)
            {
                return Self::CutShort;
            }
            cause = error.source();
        }
        Self::Other
    }
}

/// The client. Each request has a connection of its own, and the client itself repeats nothing.
#[derive(Clone, Debug)]
pub struct Client {
    server: SocketAddr,
    client: legacy::Client<HttpConnector, Full<Bytes>>,
}

impl Client {
    /// Of one server.
    pub fn new(server: SocketAddr) -> Self {
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .retry_canceled_requests(false)
            .build_http();
        Self { server, client }
    }
}

impl Service<Ask> for Client {
    type Response = Reply;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Ask) -> Self::Future {
        let uri = format!("http://{}{}", self.server, request.uri().path());
        let client = self.client.clone();
        Box::pin(async move {
            *request.uri_mut() = uri.parse().map_err(|_| Failure::Other)?;
            let answer = client.request(request).await.map_err(|error| Failure::of(&error))?;
            let (parts, body) = answer.into_parts();
            let body = body.collect().await.map_err(|error| Failure::of(&error))?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        })
    }
}

/// A request with this method and [`ID`](crate::server::ID), to whatever server a client is of.
pub fn ask(method: Method, id: &str) -> Ask {
    let body = if method == Method::GET { "" } else { "body" };
    let mut request = Request::new(Full::from(body));
    *request.method_mut() = method;
    if let Ok(id) = id.parse() {
        request.headers_mut().insert(crate::server::ID, id);
    }
    request
}
