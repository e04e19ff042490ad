use ninelives::policy;
use tower::Layer;

fn main() {
    let _ = policy!(retry(99999999999999999999)).layer(());
}
