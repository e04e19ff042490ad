//! libFuzzer's entry to [`ninelives_fuzz::format`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ninelives_fuzz::format::run(bytes));
