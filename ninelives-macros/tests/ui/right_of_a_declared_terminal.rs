use ninelives::policy;

policy! {
    policy answer = timeout(1s) + fallback;
    pub policy api = answer + retry(3);
}

fn main() {
    let _ = api.run(|| async { Ok::<_, ()>(()) });
}
