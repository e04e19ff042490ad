use ninelives::policy;

policy! {
    policy search = timeout(1s);
    policy search = timeout(2s);
}

fn main() {
    let _ = search.run(|| async { Ok::<_, ()>(()) });
}
