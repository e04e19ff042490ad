use ninelives::policy;
use tower::Layer;

fn main() {
    let _ = policy!(retry(3, max_attempts = 4)).layer(());
}
