use ninelives::host;

#[host]
fn cached() -> String {
    String::new()
}

fn main() {}
