use ninelives::policy;
use tower::Layer;

fn main() {
    let _ = policy!({ () } | timeout(1s)).layer(());
}
