//! Literals: what each spelling means, and the one message for each that means nothing.

use super::{check_body, check_shape};

#[test]
fn every_literal_has_its_value() {
    check_shape(
        "f(1s, 250ms, 1.5s, 50us, 1µs, 2μs, 3ns, 5m, 1h30m, 2d, 0s, 00s, 1h0m1s, 0.001us)",
        "f(1s, 250ms, 1.5s, 50us, 1us, 2us, 3ns, 5m, 1h30m, 2d, 0s, 0s, 1h1s, 1ns)",
    );
    check_shape("f(3, 1_000, 007, 18446744073709551615)", "f(3, 1000, 7, 18446744073709551615)");
    check_shape("f(1.5, 1_0.2_5, 2.0, 0.000001)", "f(1.5, 10.25, 2, 0.000001)");
    check_shape("f(50%, 99.9%, 0.0001%, 150 %, 12.50%)", "f(50%, 99.9%, 0.0001%, 150%, 12.5%)");
    check_shape(
        "f(100/s, 10/100ms, 5000/m, 1/2s, 1/1h30m)",
        "f(100/s, 10/100ms, 5000/m, 1/2s, 1/1h30m)",
    );
    check_shape(
        "f(64KiB, 1B, 1.5KiB, 2MiB, 1PiB)",
        "f(65536 bytes, 1 bytes, 1536 bytes, 2097152 bytes, 1125899906842624 bytes)",
    );
    check_shape("f(100ms..2s, 10%..20%, 1..2, 1s..1s)", "f(100ms..2s, 10%..20%, 1..2, 1s..1s)");
    check_shape("f(p50, p95, p99.9, p99.999, p0.001)", "f(p50, p95, p99.9, p99.999, p0.001)");
    check_shape(
        r#"f("", "a b", "\n\r\t\\\0\"\'", "\x41\u{e9}\u{1_f600}", "é// /*")"#,
        r#"f("", "a b", "\n\r\t\\\0\"'", "Aé😀", "é// /*")"#,
    );
    check_shape("f(true, full, p, p9x, _a)", "f(true, full, p, p9x, _a)");
}

#[test]
fn units_of_other_languages() {
    check_body(
        "f(5min, 2hours, 10sec, 3x)",
        &[
            r#"NL001 2 "5min" unknown unit `min` | help: did you mean `5m`?"#,
            r#"NL001 8 "2hours" unknown unit `hours` | help: did you mean `2h`?"#,
            r#"NL001 16 "10sec" unknown unit `sec` | help: did you mean `10s`?"#,
            r#"NL001 23 "3x" unknown unit `x` | help: durations: `d` `h` `m` `s` `ms` `us` `ns`; sizes: `B` `KiB` `MiB` `GiB` `TiB` `PiB`"#,
        ],
    );
    check_body(
        "f(10kb, 10MB, 5EiB)",
        &[
            r#"NL001 2 "10kb" unknown unit `kb` | help: did you mean `10KiB`?"#,
            r#"NL001 8 "10MB" unknown unit `MB` | help: did you mean `10MiB`?"#,
            r#"NL001 14 "5EiB" unknown unit `EiB` | help: durations: `d` `h` `m` `s` `ms` `us` `ns`; sizes: `B` `KiB` `MiB` `GiB` `TiB` `PiB`"#,
        ],
    );
}

#[test]
fn exponents_and_radix_prefixes() {
    check_body(
        "f(1e3, 1E3, 1e-3, 1e+3s, 1.5e3)",
        &[
            r#"NL001 2 "1e3" numbers have no exponent | help: write the number out"#,
            r#"NL001 7 "1E3" numbers have no exponent | help: write the number out"#,
            r#"NL001 12 "1e-3" numbers have no exponent | help: write the number out"#,
            r#"NL001 18 "1e+3" numbers have no exponent | help: write the number out"#,
            r#"NL001 25 "1.5e3" numbers have no exponent | help: write the number out"#,
        ],
    );
    check_body(
        "f(0x10ms, 0b1, 0o7)",
        &[
            r#"NL001 2 "0x10ms" `0x10ms`: numbers are decimal, not hexadecimal"#,
            r#"NL001 10 "0b1" `0b1`: numbers are decimal, not binary"#,
            r#"NL001 15 "0o7" `0o7`: numbers are decimal, not octal"#,
        ],
    );
}

#[test]
fn durations_of_several_parts() {
    check_body(
        "f(30m1h, 1h1h, 1s1ms1m)",
        &[
            r#"NL001 2 "30m1h" `30m1h`: units go from large to small, each once | fix: "30m1h" -> "1h30m""#,
            r#"NL001 9 "1h1h" `1h1h`: units go from large to small, each once | fix: "1h1h" -> "2h""#,
            r#"NL001 15 "1s1ms1m" `1s1ms1m`: units go from large to small, each once | fix: "1s1ms1m" -> "1m1s1ms""#,
        ],
    );
    check_body(
        "f(1.5h30m, 1h0.5m, 1h30, 1KiB1B)",
        &[
            r#"NL001 2 "1.5h30m" `1.5h30m`: a duration of several parts has whole parts | fix: "1.5h30m" -> "2h""#,
            r#"NL001 11 "1h0.5m" `1h0.5m`: a duration of several parts has whole parts | fix: "1h0.5m" -> "1h30s""#,
            r#"NL001 19 "1h30" `1h30`: the last part has no unit"#,
            r#"NL001 25 "1KiB1B" `1KiB1B`: a size has one unit"#,
        ],
    );
}

#[test]
fn separators_blanks_signs_and_points() {
    check_body(
        "f(1__0s, 1_s, 1_, 5_min)",
        &[
            r#"NL001 2 "1__0s" `1__0s`: `_` stands between two digits only | fix: "1__0s" -> "10s""#,
            r#"NL001 9 "1_s" `1_s`: `_` stands between two digits only | fix: "1_s" -> "1s""#,
            r#"NL001 14 "1_" `1_`: `_` stands between two digits only | fix: "1_" -> "1""#,
            r#"NL001 18 "5_min" `5_min`: `_` stands between two digits only"#,
        ],
    );
    check_body(
        "f(1 s, 3 KiB, 1.5 h)",
        &[
            r#"NL001 2 "1 s" a unit touches its number | fix: "1 s" -> "1s""#,
            r#"NL001 7 "3 KiB" a unit touches its number | fix: "3 KiB" -> "3KiB""#,
            r#"NL001 14 "1.5 h" a unit touches its number | fix: "1.5 h" -> "1.5h""#,
        ],
    );
    check_body(
        "f(.5s, . 5, -1s, - 1)",
        &[
            r#"NL001 2 ".5s" a number begins with a digit | fix: ".5s" -> "0.5s""#,
            r#"NL001 7 ". 5" a number begins with a digit | fix: ". 5" -> "0.5""#,
            r#"NL001 12 "-1s" values have no sign"#,
            r#"NL001 17 "- 1" values have no sign"#,
        ],
    );
}

#[test]
fn ratios() {
    check_body(
        "f(50%%, 50 % %, 50ms%, 0.00001%, 500000%)",
        &[
            r#"NL001 2 "50%%" a ratio has one `%` | fix: "50%%" -> "50%""#,
            r#"NL001 8 "50 % %" a ratio has one `%` | fix: "50 % %" -> "50 %""#,
            r#"NL001 16 "50ms%" a ratio has no unit"#,
            r#"NL001 23 "0.00001%" `0.00001%` has more than four decimals"#,
            r#"NL004 33 "500000%" `500000%` is too large: a ratio is at most 429496.7295%"#,
        ],
    );
    check_body(
        "f(33.33333333333%, 99999999999999999999%)",
        &[
            r#"NL001 2 "33.33333333333%" `33.33333333333%` has more than four decimals"#,
            r#"NL004 19 "99999999999999999999%" `99999999999999999999%` is too large: a ratio is at most 429496.7295%"#,
        ],
    );
}

#[test]
fn numbers_that_are_too_large_or_too_fine() {
    check_body(
        "f(99999999999999999999, 99999999999999999999s, 99999999999999999999B)",
        &[
            r#"NL004 2 "99999999999999999999" `99999999999999999999` is too large: a count is at most 18446744073709551615"#,
            r#"NL004 24 "99999999999999999999s" `99999999999999999999s` is too long: no duration is longer than 30d"#,
            r#"NL004 47 "99999999999999999999B" `99999999999999999999B` is too large: a size has at most 18446744073709551615 bytes"#,
        ],
    );
    check_body(
        "f(999999999999999d, 0.0000000001s, 1.3B, 1.1234567, 99999999999999.5)",
        &[
            r#"NL004 2 "999999999999999d" `999999999999999d` is too long: no duration is longer than 30d"#,
            r#"NL001 20 "0.0000000001s" `0.0000000001s` is not a whole number of nanoseconds"#,
            r#"NL001 35 "1.3B" `1.3B` is not a whole number of bytes"#,
            r#"NL001 41 "1.1234567" `1.1234567` has more than six decimals"#,
            r#"NL004 52 "99999999999999.5" `99999999999999.5` is too large: a number is at most 18446744073709.551615"#,
        ],
    );
}

#[test]
fn rates() {
    check_body(
        "f(0/s, 1.5/s, 10s/s, 10/, 10/x, 10/0s, 10/5, 2000000000/s, 2/ns)",
        &[
            r#"NL004 2 "0/s" `0/s`: a rate is at least one call | help: a lower rate has a longer period: `1/2s` is half a call a second"#,
            r#"NL001 7 "1.5/s" `1.5/s`: a rate begins with a whole count | help: a rate that is not whole has a longer period: `3/2s`"#,
            r#"NL001 14 "10s/s" `10s/s`: a rate begins with a whole count | help: a rate that is not whole has a longer period: `3/2s`"#,
            r#"NL001 24 "," expected the period of the rate, such as `s`, found `,`"#,
            r#"NL001 26 "10/x" unknown unit `x` | help: durations: `d` `h` `m` `s` `ms` `us` `ns`; sizes: `B` `KiB` `MiB` `GiB` `TiB` `PiB`"#,
            r#"NL004 32 "10/0s" `10/0s`: the period of a rate is not zero"#,
            r#"NL001 39 "10/5" `10/5`: the period of a rate is a unit or a duration | help: such as `100/s` or `10/100ms`"#,
            r#"NL004 45 "2000000000/s" `2000000000/s` is too fast: a rate is at most 1000000000/s"#,
            r#"NL004 59 "2/ns" `2/ns` is too fast: a rate is at most 1000000000/s"#,
        ],
    );
}

#[test]
fn quantiles() {
    check_body(
        "f(p0, p100, p150, p99.9999, p99.9s, p99.9.9, a.9)",
        &[
            r#"NL004 2 "p0" `p0`: a quantile lies strictly between p0 and p100"#,
            r#"NL004 6 "p100" `p100`: a quantile lies strictly between p0 and p100"#,
            r#"NL004 12 "p150" `p150`: a quantile lies strictly between p0 and p100"#,
            r#"NL001 18 "p99.9999" `p99.9999` has more than three decimals"#,
            r#"NL001 28 "p99.9s" `p99.9s` is not a quantile | help: a quantile is `p` and digits, such as `p95` or `p99.9`"#,
            r#"NL001 36 "p99.9.9" `p99.9.9` is not a quantile | help: a quantile is `p` and digits, such as `p95` or `p99.9`"#,
            r#"NL001 45 "a.9" `a.9` is not a quantile | help: a quantile is `p` and digits, such as `p95` or `p99.9`"#,
        ],
    );
}

#[test]
fn ranges() {
    check_body(
        "f(2s..1s, 1s..2, 10%..5%, 1s.., 1s..x, 1/s..2/s)",
        &[
            r#"NL004 2 "2s..1s" the range runs backwards | fix: "2s..1s" -> "1s..2s""#,
            r#"NL001 10 "1s..2" the ends of a range are two durations, two ratios or two counts | help: such as `100ms..2s`"#,
            r#"NL004 17 "10%..5%" the range runs backwards | fix: "10%..5%" -> "5%..10%""#,
            r#"NL001 30 "," expected the upper end of the range, found `,`"#,
            r#"NL001 36 "x" expected the upper end of the range, found `x`"#,
            r#"NL001 42 ".." `..` is not an operator | help: a range has two ends of one kind: `100ms..2s`"#,
        ],
    );
}

#[test]
fn escapes() {
    check_body(
        r#"f("\q", "\x80", "\u{110000}", "\u{}", "\u{1234567}")"#,
        &[
            r#"NL001 3 "\\q" `\q` is not an escape | help: the escapes are Rust's: `\n` `\r` `\t` `\\` `\0` `\"` `\'` `\x41` `\u{1f600}`"#,
            r#"NL001 9 "\\x80" `\x80` is not an escape | help: the escapes are Rust's: `\n` `\r` `\t` `\\` `\0` `\"` `\'` `\x41` `\u{1f600}`"#,
            r#"NL001 17 "\\u{110000}" `\u{110000}` is not an escape | help: the escapes are Rust's: `\n` `\r` `\t` `\\` `\0` `\"` `\'` `\x41` `\u{1f600}`"#,
            r#"NL001 31 "\\u{}" `\u{}` is not an escape | help: the escapes are Rust's: `\n` `\r` `\t` `\\` `\0` `\"` `\'` `\x41` `\u{1f600}`"#,
            r#"NL001 39 "\\u{1234567}" `\u{1234567}` is not an escape | help: the escapes are Rust's: `\n` `\r` `\t` `\\` `\0` `\"` `\'` `\x41` `\u{1f600}`"#,
        ],
    );
}
