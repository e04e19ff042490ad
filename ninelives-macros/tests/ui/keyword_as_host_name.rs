use ninelives::policy;

fn main() {
    let _ = policy!(timeout(1s) | fallback(@match));
}
