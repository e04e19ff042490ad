ninelives::policy! {}

fn main() {}
