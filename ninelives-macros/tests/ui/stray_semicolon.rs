use ninelives::policy;
use tower::Layer;

fn main() {
    let policy = policy!(timeout(1s););
    let _ = policy.layer(());
}
