use ninelives::policy;
use tower::Layer;

fn main() {
    let _ = policy!().layer(());
}
