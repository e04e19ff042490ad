use ninelives::policy;
use tower::{Layer, service_fn};

struct Body;

async fn upload(_: Body) -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {
    let service = policy!(timeout(1s) | fallback).layer(service_fn(upload));
    let _ = service.send(Body);
}
