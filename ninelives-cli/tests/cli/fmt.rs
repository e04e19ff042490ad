//! `nl fmt`.

use crate::sandbox::{Sandbox, transcript};
use insta::assert_snapshot;
use std::fs;
use std::path::Path;

/// What the files of this test begin as, and end as.
const UGLY: &str = "policy a=timeout( 1s )+b&c // why\n;\n\n\n\nlet d = 100 / s;";
const PRETTY: &str = "policy a = timeout(1s) + (b & c); // why\n\nlet d = 100/s;\n";
const UGLY_RUST: &str = "fn  f( ) {\n    policy!( @a|b );\n}\n";
const PRETTY_RUST: &str = "fn  f( ) {\n    policy!(@a | b);\n}\n";

fn files(name: &str) -> Sandbox {
    Sandbox::new(name)
        .with("ugly.nl", UGLY)
        .with("pretty.nl", PRETTY)
        .with("ugly.rs", UGLY_RUST)
        .with("deep/pretty.rs", PRETTY_RUST)
        .with("other.txt", UGLY)
}

#[test]
fn files_that_change_are_written_and_named() {
    let sandbox = files("fmt_writes");
    assert_snapshot!(sandbox.run("fmt"), @"
    exit 0
    ── stdout
    ugly.nl
    ugly.rs
    ");
    assert_eq!(sandbox.text("ugly.nl"), PRETTY);
    assert_eq!(sandbox.text("ugly.rs"), PRETTY_RUST);
    assert_eq!(sandbox.text("other.txt"), UGLY);
    assert_snapshot!(sandbox.run("fmt"), @"exit 0");
}

#[test]
fn check_writes_nothing_and_names_what_would_change() {
    let sandbox = files("fmt_check");
    assert_snapshot!(sandbox.run("fmt --check"), @"
    exit 1
    ── stdout
    ugly.nl
    ugly.rs
    ");
    assert_eq!(sandbox.text("ugly.nl"), UGLY);
    assert_snapshot!(sandbox.run("fmt --check pretty.nl deep"), @"exit 0");
}

#[test]
fn diff_writes_nothing_and_shows_what_would_change() {
    let sandbox = files("fmt_diff");
    assert_snapshot!(sandbox.run("fmt --diff"), @r#"
    exit 1
    ── stdout
    --- ugly.nl
    +++ ugly.nl
    @@ -1,6 +1,3 @@
    -policy a=timeout( 1s )+b&c // why
    -;
    -
    -
    +policy a = timeout(1s) + (b & c); // why
     
    -let d = 100 / s;
    \ No newline at end of file
    +let d = 100/s;
    --- ugly.rs
    +++ ugly.rs
    @@ -1,3 +1,3 @@
     fn  f( ) {
    -    policy!( @a|b );
    +    policy!(@a | b);
     }
    "#);
    assert_snapshot!(sandbox.run("fmt --check --diff ugly.rs"), @"
    exit 1
    ── stdout
    --- ugly.rs
    +++ ugly.rs
    @@ -1,3 +1,3 @@
     fn  f( ) {
    -    policy!( @a|b );
    +    policy!(@a | b);
     }
    ");
    assert_eq!(sandbox.text("ugly.nl"), UGLY);
    assert_snapshot!(sandbox.run("fmt --diff pretty.nl"), @"exit 0");
}

#[test]
fn stdin_goes_to_stdout() {
    let sandbox = Sandbox::new("fmt_stdin");
    assert_snapshot!(sandbox.pipe(UGLY, "fmt -"), @"
    exit 0
    ── stdout
    policy a = timeout(1s) + (b & c); // why

    let d = 100/s;
    ");
    assert_snapshot!(sandbox.pipe(UGLY_RUST, "fmt - --stdin-filename a.rs"), @"
    exit 0
    ── stdout
    fn  f( ) {
        policy!(@a | b);
    }
    ");
    assert_snapshot!(sandbox.pipe(UGLY, "fmt - --check"), @"
    exit 1
    ── stdout
    <stdin>
    ");
    assert_snapshot!(sandbox.pipe(PRETTY, "fmt - --check"), @"exit 0");
    assert_snapshot!(sandbox.pipe(UGLY_RUST, "fmt - --diff --stdin-filename a.rs"), @"
    exit 1
    ── stdout
    --- a.rs
    +++ a.rs
    @@ -1,3 +1,3 @@
     fn  f( ) {
    -    policy!( @a|b );
    +    policy!(@a | b);
     }
    ");
    assert_snapshot!(sandbox.pipe("policy a = ;", "fmt - --stdin-filename b.nl"), @"
    exit 1
    ── stderr
    error[NL001 syntax]: expected a policy after `=`
     --> b.nl:1:10
      |
    1 | policy a = ;
      |          ^
    ");
}

#[test]
fn stdin_comes_out_byte_for_byte() {
    let sandbox = Sandbox::new("fmt_bytes");
    let text = "\u{feff}policy a = b; // \u{1b}[31mred\r\n";
    fs::write(sandbox.0.join("in"), text).unwrap();
    let stdin = fs::File::open(sandbox.0.join("in")).unwrap();
    let output = sandbox.nl(["fmt", "-"]).stdin(stdin).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
}

#[test]
fn what_cannot_be_formatted_is_left_and_said_and_the_others_are_done() {
    let sandbox = Sandbox::new("fmt_bad_input")
        .with("1_syntax.nl", "policy a=;\npolicy b = (c;")
        .with("2_binary.nl", b"\xff\xfe\0")
        .with("3_nul.nl", "policy a = b;\0")
        .with("4_rust.rs", "fn a() { policy!(")
        .with("5_empty.nl", "")
        .with("ugly.nl", UGLY);
    assert_snapshot!(sandbox.run("fmt"), @"
    exit 1
    ── stdout
    ugly.nl
    ── stderr
    error[NL001 syntax]: expected a policy after `=`
     --> 1_syntax.nl:1:9
      |
    1 | policy a=;
      |         ^

    error[NL001 syntax]: `(` is never closed
     --> 1_syntax.nl:2:12
      |
    2 | policy b = (c;
      |            ^

    error[NL012 encoding]: the text is not valid UTF-8
     --> 2_binary.nl:1:1
      |
    1 | ��␀
      | ^
      |
      = help: this looks like UTF-16: save the file as UTF-8

    error[NL012 encoding]: the text contains a NUL byte
     --> 3_nul.nl:1:14
      |
    1 | policy a = b;␀
      |              ^

    error: `4_rust.rs` is not Rust: line 1: cannot parse string into token stream
    ");
    assert_eq!(sandbox.text("1_syntax.nl"), "policy a=;\npolicy b = (c;");
    assert_eq!(sandbox.text("ugly.nl"), PRETTY);
}

#[test]
fn an_unreadable_file_is_named_and_the_others_are_done() {
    let sandbox = files("fmt_unreadable");
    assert_snapshot!(sandbox.run("fmt missing.nl ugly.nl missing/"), @"
    exit 2
    ── stdout
    ugly.nl
    ── stderr
    error: cannot read `missing.nl`: No such file or directory (os error 2)
    error: cannot read `missing/`: No such file or directory (os error 2)
    ");
    assert_eq!(sandbox.text("ugly.nl"), PRETTY);
    fs::create_dir(sandbox.0.join("empty")).unwrap();
    assert_snapshot!(sandbox.run("fmt empty"), @"
    exit 2
    ── stderr
    error: no `*.nl` or `*.rs` file in `empty`
    ");
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_its_target_changes() {
    let sandbox = files("fmt_link");
    std::os::unix::fs::symlink("ugly.nl", sandbox.0.join("link.nl")).unwrap();
    assert_snapshot!(sandbox.run("fmt link.nl"), @"
    exit 0
    ── stdout
    link.nl
    ");
    assert!(sandbox.0.join("link.nl").is_symlink());
    assert_eq!(sandbox.text("ugly.nl"), PRETTY);
}

#[test]
fn ten_megabytes_and_ten_thousand_policies_are_like_any_other_file() {
    let many = "policy a=timeout( 1s )+retry(3)|fallback ;\n".repeat(10_000);
    let large = format!("policy a = b; // {}\n", "x".repeat(10 * 1024 * 1024));
    let sandbox = Sandbox::new("fmt_large").with("large.nl", large).with("many.nl", many);
    assert_snapshot!(sandbox.run("fmt"), @"
    exit 0
    ── stdout
    many.nl
    ");
    let line = "policy a = timeout(1s) + retry(3) | fallback;\n";
    assert_eq!(sandbox.text("many.nl"), line.repeat(10_000));
}

#[test]
fn help_says_what_the_layout_is() {
    assert_snapshot!(Sandbox::new("fmt_help").run("fmt --help"), @"
    exit 0
    ── stdout
    Lay out policy files, and the bodies of `policy!` in Rust files

    Usage: nl fmt [OPTIONS] [FILE|DIR|-]...

    Arguments:
      [FILE|DIR|-]...  Files, directories (searched for `*.nl` and `*.rs`, ignore files respected), or `-` for stdin, whose text goes to stdout [default: .]

    Options:
          --check                      Write nothing; print the names of the files that would change
          --color <auto|always|never>  Use colours; `auto` asks the terminal and NO_COLOR [default: auto]
          --diff                       Write nothing; print the changes as a unified diff
          --stdin-filename <NAME>      What stdin is called in messages; it is Rust when this ends in `.rs`
      -h, --help                       Print help

    Example: nl fmt policies/ src/
             nl fmt --check --diff .
             nl fmt - --stdin-filename src/client.rs < src/client.rs

    Prints the names of the files it changes. Lines have up to 100 columns; what does not fit is broken at
    its weakest operator, which leads the next line; arguments that do not fit stand one a line. Values
    keep their units, groups stay, `+` and `&` side by side get the parentheses that tell them apart. Each
    comment stays where it is read. A text is written only after it was parsed again and found to say the
    same.

    In `.rs` files the bodies of `policy!` are laid out, except those of `policy!(…)` and `policy![…]` that
    are Rust expressions too: rustfmt owns them. A body that is not the language is left to rustc.

    Exit codes: 0 done, or nothing to do; 1 with --check or --diff: a file would change, or a file has
    syntax errors and is left as it is; 2 a file cannot be read or written.
    ");
}

#[test]
fn the_repository_is_formatted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut nl = Sandbox::new("fmt_repository").nl(["fmt", "--check", "--diff", "."]);
    assert_eq!(transcript(nl.current_dir(root)), "exit 0\n");
}
