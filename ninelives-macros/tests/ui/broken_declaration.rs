use ninelives::policy;

policy! {
    policy search = timeout(1s) + ;
    pub policy api = search | fallback;
}

fn main() {
    let _ = search.run(|| async { Ok::<_, ()>(()) });
    let _ = api.run(|| async { Ok::<_, ()>(()) });
}
