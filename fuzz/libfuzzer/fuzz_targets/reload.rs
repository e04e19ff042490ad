//! libFuzzer's entry to [`ninelives_fuzz::reload`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ninelives_fuzz::reload::run(bytes));
