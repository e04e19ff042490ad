mod policies {
    ninelives::policies!("nowhere.nl");
}

fn main() {}
