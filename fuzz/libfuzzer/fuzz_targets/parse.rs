//! libFuzzer's entry to [`ninelives_fuzz::parse`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ninelives_fuzz::parse::run(bytes));
