mod policies {
    ninelives::policies!("mistake.nl");
}

fn main() {
    let _ = policies::search.run(|| async { Ok::<_, ()>(()) });
}
