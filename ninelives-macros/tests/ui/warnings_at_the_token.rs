//! What the checker warns of is a warning of the compiler, which `deprecated` denies or allows.
#![deny(deprecated)]

mod policies {
    ninelives::policy! {
        policy inner = timeout(1s) + retry(3, jitter = none);
        pub policy outer = timeout(500ms) + hedge(after = 500ms) + inner;
    }
}

fn main() {
    let _ = ninelives::policy!(retry(3));
    let _ = &policies::outer;
}
