//! A real call over loopback: a server on a thread of its own, a client that keeps its connection.

use super::within;
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo};
use ninelives::{Http, policy};
use ninelives_measure::{Case, tower_stack};
use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tower::{Layer, Service, service_fn};

type Ask = Request<Empty<Bytes>>;
type Failure = Box<dyn Error + Send + Sync>;

/// Starts a server on a free port; it ends with this program.
fn serve() -> io::Result<SocketAddr> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        runtime.block_on(async {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream));
            }
        });
    });
    Ok(address)
}

async fn answer(stream: TcpStream) {
    let answer = hyper::service::service_fn(|_: Request<Incoming>| async {
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"42"))))
    });
    // A client that goes away sees its own failure.
    let _ = stream.set_nodelay(true);
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), answer)
        .await;
}

/// Answers when the body is there.
fn client()
-> impl Service<Ask, Response = Response<Bytes>, Error = Failure, Future: Send> + Clone + Send + Sync
{
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build(connector);
    service_fn(move |request| {
        let answer = client.request(request);
        async move {
            let (parts, body) = answer.await?.into_parts();
            Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
        }
    })
}

fn case<S>(name: &'static str, runtime: &Arc<Runtime>, request: &Ask, mut service: S) -> Case
where
    S: Service<Ask> + Clone + Send + 'static,
{
    let (request, runtime) = (request.clone(), runtime.clone());
    let shared = move || Ok(runtime.clone());
    within::case(name, shared, async move || within::ask(&mut service, request.clone()).await)
        .only(&[])
}

/// Of a call that takes as long as this the percentiles say all; nothing of it repeats to the digit.
pub(super) fn cases() -> Result<[Case; 3], Box<dyn Error>> {
    let uri: Uri = format!("http://{}/", serve()?).parse()?;
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = uri;
    let runtime = Arc::new(Builder::new_current_thread().enable_all().build()?);
    let r3 = policy!(timeout(1s) + retry(3) + bulkhead(64)).classify(Http);
    Ok([
        case("loopback HTTP", &runtime, &request, client()),
        case("loopback HTTP, R3", &runtime, &request, r3.layer(client())),
        case("loopback HTTP, tower R3", &runtime, &request, tower_stack::r3().layer(client())),
    ])
}
