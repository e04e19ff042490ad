use ninelives::policy;

policy! {
    policiy search = timeout(1s);
}

fn main() {
    let _ = search.run(|| async { Ok::<_, ()>(()) });
}
