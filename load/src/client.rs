//! The HTTP client of one user, who keeps one connection, as a tower service.

use crate::account::{Counters, Outcome};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use ninelives::{Class, PolicyError};
use std::error::Error;
use std::sync::Arc;
use tower::Service;

pub(crate) type Ask = Request<Empty<Bytes>>;
/// With its body in memory: a deadline covers that, too.
pub(crate) type Answer = Response<Bytes>;
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// Counts each call, and each that was answered.
pub(crate) fn client(
    counters: Arc<Counters>,
) -> impl Service<Ask, Response = Answer, Error = Failure, Future: Send> + Clone + Send + Sync + 'static
{
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new())
        .retry_canceled_requests(false)
        .pool_max_idle_per_host(1)
        .build(connector);
    tower::service_fn(move |request| {
        let (client, counters) = (client.clone(), counters.clone());
        async move {
            counters.called();
            let (parts, body) = client.request(request).await?.into_parts();
            let body = body.collect().await?.to_bytes();
            counters.answered();
            Ok(Response::from_parts(parts, body))
        }
    })
}

/// The mark of an answer that the server did not give.
#[derive(Clone, Copy)]
struct Degraded;

/// What the fallback answers.
pub(crate) fn degraded() -> Answer {
    let mut answer = Response::new(Bytes::from_static(b"about 42"));
    *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    answer.extensions_mut().insert(Degraded);
    answer
}

/// Which kind of end that is.
pub(crate) fn outcome(result: &Result<Answer, PolicyError<Failure>>) -> Outcome {
    match result {
        Ok(answer) if answer.extensions().get::<Degraded>().is_some() => Outcome::Degraded,
        Ok(answer) if answer.status().is_success() => Outcome::Ok,
        Err(PolicyError::Rejected(rejected)) if rejected.class() == Class::Rejected => {
            Outcome::Refused
        }
        Ok(_) | Err(_) => Outcome::Failed,
    }
}
