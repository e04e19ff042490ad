ninelives::policy! {
    #[allow(dead_code)]
    pub policy a = #[deny(NL108)] retry(3);
}

fn main() {}
