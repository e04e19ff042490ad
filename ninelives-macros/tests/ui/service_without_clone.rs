use ninelives::policy;
use std::future::{Ready, ready};
use std::task::{Context, Poll};
use tower::{Layer, Service};

struct Connection;

impl Service<u32> for Connection {
    type Response = u32;
    type Error = std::io::Error;
    type Future = Ready<Result<u32, std::io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: u32) -> Self::Future {
        ready(Ok(request))
    }
}

fn main() {
    let service = policy!(timeout(1s)).layer(Connection);
    let _ = service.send(7);
}
