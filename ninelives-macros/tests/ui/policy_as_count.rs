use ninelives::policy;
use tower::Layer;

fn main() {
    let _ = policy!(retry(timeout(1s))).layer(());
}
