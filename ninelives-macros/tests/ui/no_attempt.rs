use ninelives::policy;
use tower::Layer;

fn main() {
    let _ = policy!(retry(0)).layer(());
}
