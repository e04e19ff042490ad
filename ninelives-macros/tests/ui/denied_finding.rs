//! A finding that the text denies is an error, wherever the policy stands.
type Denied = ninelives::policy!(<timeout(1s) + #[deny(no-jitter)] retry(3, jitter = none)>);

fn main() {
    let _ = ninelives::policy!(#[deny(unbounded-latency)] retry(3));
    let _: Option<Denied> = None;
}
