mod policies {
    ninelives::policies!("expression.nl");
}

fn main() {
    let _ = policies::search.run(|| async { Ok::<_, ()>(()) });
}
