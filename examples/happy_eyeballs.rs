//! Two addresses of one service: the first answer wins, the other attempt is dropped.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

mod support;

use ninelives::{Http, policy};
use std::time::Duration;
use support::{Answer, Ask, Failure, Faults, Server};
use tower::{Layer, ServiceExt, util::BoxCloneSyncService};

type Address = BoxCloneSyncService<Ask, Answer, Failure>;

/// A client that calls `server`, whatever address the request carries.
fn at(server: &Server) -> Address {
    let uri = support::ask(server).uri().clone();
    let client = support::client().map_request(move |mut request: Ask| {
        *request.uri_mut() = uri.clone();
        request
    });
    BoxCloneSyncService::new(client)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let good = Faults { resets: 0, errors: 0, slow: 0, delay: Duration::ZERO };
    let stuck = Faults { slow: 1000, delay: Duration::from_secs(30), ..good };
    let (stuck, good) = (Server::start(stuck, 1).await?, Server::start(good, 1).await?);
    let (v6, v4) = (at(&stuck), at(&good));

    let policy = policy!((timeout(2s) + to({ v6 })) & (timeout(2s) + to({ v4 })));
    let service = policy.classify(Http).layer(support::client());
    let began = std::time::Instant::now();
    let answer = service.oneshot(support::ask(&stuck)).await?;
    println!("{} after {:?}; one address never answers", answer.status(), began.elapsed());
    assert!(answer.status().is_success() && began.elapsed() < Duration::from_secs(1));
    Ok(())
}
