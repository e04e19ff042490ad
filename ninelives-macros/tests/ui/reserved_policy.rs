use ninelives::policy;
use tower::Layer;

fn main() {
    let _ = policy!(rate_limit(100/s) + retry(3)).layer(());
}
