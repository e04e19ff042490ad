//! What the text allows is not said, and `deprecated` allows all of it.
#![deny(deprecated)]

mod policies {
    ninelives::policy! {
        #![allow(unbounded-latency)]
        pub policy search = retry(3, jitter = none, backoff = fixed(0s));
    }
}

#[allow(deprecated)]
fn quiet() {
    let _ = ninelives::policy!(retry(3));
}

fn main() {
    let _ = ninelives::policy!(#[allow(unbounded-latency)] retry(3));
    let _ = ninelives::policy!(timeout(1s) + retry(3));
    let _ = &policies::search;
    quiet();
}
