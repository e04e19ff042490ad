//! libFuzzer's entry to [`ninelives_fuzz::plan`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ninelives_fuzz::plan::run(bytes));
