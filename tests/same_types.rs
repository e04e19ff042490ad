//! `policy!` makes the types that the Rust operators make, and `policy!(<…>)` names them.

#![allow(deprecated, reason = "policies as short as the case: the checker warns of some")]

use ninelives::policy;
use ninelives_runtime::policy::{
    bulkhead, circuit_breaker, fail, fallback, fallback_with, pass, retry, timeout, to,
};
use std::time::Duration;

fn same<T>(_macro: &T, _operators: &T) {}

/// The value, the type written down, and the operators' value have one type.
macro_rules! same {
    ($([$($text:tt)*] $operators:expr;)*) => {
        $({
            let named: policy!(<$($text)*>) = policy!($($text)*);
            same(&named, &$operators);
        })*
    };
}

#[ninelives::host]
fn cached(_: Option<u8>, _: Option<Result<u8, u8>>) -> u8 {
    0
}

#[ninelives::host]
async fn east(request: u8) -> Result<u8, u8> {
    Ok(request)
}

fn t() -> ninelives::Policy<ninelives_runtime::timeout::Timeout> {
    timeout(Duration::from_secs(1))
}

#[test]
fn a_policy_has_the_type_of_its_operators() {
    same! {
        [pass] pass();
        [fail] fail();
        [timeout(1s)] t();
        [timeout(1s) + retry(3) + bulkhead(4)] t() + retry(3) + bulkhead(4);
        [circuit_breaker + pass] circuit_breaker() + pass();
        [timeout(1s) + retry(3) | fallback] (t() + retry(3)) | fallback();
        [timeout(1s) | retry | bulkhead(1)] t() | retry(3) | bulkhead(1);
        [timeout(1s) | fallback(@cached)] t() | fallback_with(cached);
        [timeout(1s) + to(@east)] t() + to(east);
        [timeout(1s) & retry & fallback] t() & retry(3) & fallback();
        [(timeout(1s) & retry) & (pass & bulkhead(1))] (t() & retry(3)) & (pass() & bulkhead(1));
        [(timeout(1s) | retry) + bulkhead(1)] (t() | retry(3)) + bulkhead(1);
        [(timeout(1s) & retry) + bulkhead(1) + retry] (t() & retry(3)) + bulkhead(1) + retry(3);
        [timeout(1s) + (retry + bulkhead(1) | pass)] t() + ((retry(3) + bulkhead(1)) | pass());
        [retry + pass & timeout(1s)] retry(3) + (pass() & t());
    }
}

mod policies {
    ninelives::policy! {
        pub policy pair = timeout(1s) & retry;
        pub policy three = pair & bulkhead(1);
        pub policy inner = timeout(1s) + retry | fallback;
        pub policy outer = bulkhead(1) + inner;
    }
}

#[test]
fn a_reference_has_the_type_of_what_it_names() {
    let pair = t() & retry(3);
    same(policies::pair.plan(), pair.plan());
    same(policies::three.plan(), (pair & bulkhead(1)).plan());
    let inner = (t() + retry(3)) | fallback();
    same(policies::outer.plan(), (bulkhead(1) + inner).plan());
    same(policies::outer.plan(), (bulkhead(1) + policies::inner).plan());
    same(policies::three.plan(), (policies::pair & bulkhead(1)).plan());
}
