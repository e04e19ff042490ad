use ninelives::policy;
use tower::Layer;

fn main() {
    let _ = policy!(fallback + retry(3)).layer(());
}
