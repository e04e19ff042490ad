use ninelives::policy;
use tower::Layer;

fn main() {
    let _ = policy!(timeout(0s)).layer(());
}
