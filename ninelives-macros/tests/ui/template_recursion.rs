use ninelives::policy;

policy! {
    policy again(times: count) = retry(times) + again(times);
    policy search = again(3);
}

fn main() {
    let _ = search.run(|| async { Ok::<_, ()>(()) });
}
