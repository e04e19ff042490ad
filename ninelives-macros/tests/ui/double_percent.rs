use ninelives::policy;
use tower::Layer;

fn main() {
    let _ = policy!(circuit_breaker(failure_rate = 50%%)).layer(());
}
