use ninelives::policy;

policy! {
    policy search = timeout(1s) | fallback({ |_, _| "none" });
}

fn main() {
    let _ = search.run(|| async { Err::<&str, ()>(()) });
}
