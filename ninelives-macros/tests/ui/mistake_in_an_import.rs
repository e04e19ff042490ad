use ninelives::policy;

policy! {
    use "mistake.nl";
    pub policy api = search | fallback;
}

fn main() {
    let _ = api.run(|| async { Ok::<_, ()>(()) });
}
