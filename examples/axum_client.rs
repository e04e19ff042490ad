//! A policy around a real HTTP client in an axum handler: the handler's upstream is flaky, its own
//! callers see none of it.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

mod support;

use axum::{Router, extract::State, routing::get};
use http::StatusCode;
use ninelives::Http;
use std::sync::Arc;
use std::time::Duration;
use support::{Faults, Server};
use tower::{Layer, Service, ServiceExt};

/// In a module of its own: a static called `search` may not be shadowed by a local variable.
mod policies {
    ninelives::policy! {
        /// Calls of the upstream service: one breaker and one bulkhead for the whole process.
        pub policy upstream_calls =
              bulkhead(256)
            + timeout(2s)
            + retry(6, backoff = exponential(5ms, max = 50ms), budget = 100%)
            + circuit_breaker(failure_rate = 90%)
            + timeout(250ms);
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let faults = Faults { resets: 100, errors: 150, slow: 0, delay: Duration::ZERO };
    let upstream = Arc::new(Server::start(faults, 3).await?);

    let client = policies::upstream_calls.classify(Http).layer(support::client());
    let handler = move |State(upstream): State<Arc<Server>>| {
        let client = client.clone();
        async move {
            match client.oneshot(support::ask(&upstream)).await {
                Ok(answer) => {
                    (answer.status(), String::from_utf8_lossy(answer.body()).into_owned())
                }
                Err(refused) => (StatusCode::BAD_GATEWAY, refused.to_string()),
            }
        }
    };
    let app = Router::new().route("/", get(handler)).with_state(upstream.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let uri = format!("http://{}/", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });

    let mut succeeded = 0;
    let mut caller = support::client();
    for _ in 0..200 {
        let request = http::Request::get(&uri).body(Default::default())?;
        succeeded += u32::from(caller.ready().await?.call(request).await?.status().is_success());
    }
    println!("{succeeded} of 200 answered; the upstream saw {} requests", upstream.take_served());
    assert!(succeeded >= 199);
    Ok(())
}
