use ninelives::policy;
use tower::Layer;

fn main() {
    let _ = policy!((timeout(1s) | pass) + (timeout(1s) | pass) + (timeout(1s) | pass) + (timeout(1s) | pass) + (timeout(1s) | pass) + (timeout(1s) | pass) + (pass | timeout(1s))).layer(());
}
