use ninelives::policy;
use tower::Layer;

fn main() {
    let _ = policy!(retry(max_atempts = 3)).layer(());
}
