use ninelives::policy;
use tower::Layer;

fn main() {
    let _ = policy!(timeuot(1s) + retry(3)).layer(());
}
