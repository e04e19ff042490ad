//! Help, versions, wrong use, and what the system may do to the program.

use crate::sandbox::{Sandbox, transcript};
use insta::assert_snapshot;
use std::process::{Command, Stdio};

#[test]
fn help_names_the_verbs_the_exit_codes_and_the_other_name() {
    assert_snapshot!(Sandbox::new("help").run("--help"), @"
    exit 0
    ── stdout
    Checks and explains Nine Lives policy files

    Usage: nl [OPTIONS] <COMMAND>

    Commands:
      check        Find what is wrong in policy files
      fmt          Lay out policy files, and the bodies of `policy!` in Rust files
      explain      Print what policies do, every default written out; or what a finding means
      diff         Print what a change means: policies, bounds, and the state that a reload keeps
      lsp          Answer an editor: the language server, over stdin and stdout
      completions  Print the script with which a shell completes this command line
      man          Print the manual page, or write the pages of all verbs
      help         Print this message or the help of the given subcommand(s)

    Options:
          --color <auto|always|never>  Use colours; `auto` asks the terminal and NO_COLOR [default: auto]
      -h, --help                       Print help
      -V, --version                    Print version

    Exit codes: 0 nothing to report, 1 errors found, 2 it could not be done: wrong use, an unreadable
    file, a broken nl.toml.
    The same program is installed as `ninelives`, for systems where `nl` is coreutils' line numberer.
    ");
}

#[test]
fn each_verb_shows_an_example() {
    let sandbox = Sandbox::new("verb_help");
    assert_snapshot!(sandbox.run("check --help"), @"
    exit 0
    ── stdout
    Find what is wrong in policy files

    Usage: nl check [OPTIONS] [FILE|DIR|-]...

    Arguments:
      [FILE|DIR|-]...
              Files, directories (searched for `*.nl`, ignore files respected), or `-` for stdin
              
              [default: .]

    Options:
          --color <auto|always|never>
              Use colours; `auto` asks the terminal and NO_COLOR
              
              [default: auto]

          --format <FORMAT>
              How findings are printed: people read stderr, machines stdout

              Possible values:
              - human:   Source snippets
              - concise: One line a finding
              - json:    One JSON object
              - sarif:   A SARIF 2.1.0 log
              - github:  Annotations of GitHub Actions
              - junit:   A JUnit report
              
              [default: human]

          --output-file <FILE>
              Print into a file what would be printed

          --fix
              Write the certain fixes into the files

          --allow <NAME>
              Leave a warning out; by name or code, repeatable

          --warn <NAME>
              Say a warning, and no more; by name or code, repeatable

          --deny <NAME|warnings>
              Make a warning an error, or all that are said; by name or code, repeatable

          --config <FILE>
              Use this file instead of the nearest `nl.toml` in the current directory or above

          --no-config
              Use no `nl.toml`

      -h, --help
              Print help (see a summary with '-h')

    Examples: nl check policies/ --deny warnings
              nl check --format sarif --output-file nl.sarif
              nl check --fix api.nl

    Exit codes: 0 nothing found or warnings only, 1 errors found, 2 it could not be done: wrong use, an
    unreadable file, a broken nl.toml.
    ");
    assert_snapshot!(sandbox.run("explain --help"), @"
    exit 0
    ── stdout
    Print what policies do, every default written out; or what a finding means

    Usage: nl explain [OPTIONS] [FILE|DIR|-|CODE|NAME]...

    Arguments:
      [FILE|DIR|-|CODE|NAME]...
              Files, directories, `-` for stdin, and codes or names of findings

    Options:
          --all
              Every finding there is

          --color <auto|always|never>
              Use colours; `auto` asks the terminal and NO_COLOR
              
              [default: auto]

          --format <FORMAT>
              How it is printed

              Possible values:
              - human: For people
              - json:  One JSON object
              
              [default: human]

      -h, --help
              Print help (see a summary with '-h')

    Example: nl explain api.nl
             nl explain NL002
             nl explain --all --format json
    ");
}

#[test]
fn the_help_of_lsp_leads_to_the_settings_of_editors() {
    assert_snapshot!(Sandbox::new("lsp_help").run("lsp --help"), @"
    exit 0
    ── stdout
    Answer an editor: the language server, over stdin and stdout

    Usage: nl lsp [OPTIONS]

    Options:
          --color <auto|always|never>  Use colours; `auto` asks the terminal and NO_COLOR [default: auto]
          --allow <NAME>               Leave a warning out; by name or code, repeatable
          --warn <NAME>                Say a warning, and no more; by name or code, repeatable
          --deny <NAME|warnings>       Make a warning an error, or all that are said; by name or code, repeatable
          --config <FILE>              Use this file instead of the nearest `nl.toml` in the current directory or above
          --no-config                  Use no `nl.toml`
      -h, --help                       Print help

    Example: nl lsp --deny warnings

    Editors start it; docs/editors.md has the settings of Helix, Neovim, VS Code and Zed. Findings are
    those of `nl check` with the same flags, in the folder that the editor has open.
    ");
}

#[test]
fn the_help_of_diff_says_what_exits_with_1() {
    assert_snapshot!(Sandbox::new("diff_help").run("diff --help"), @"
    exit 0
    ── stdout
    Print what a change means: policies, bounds, and the state that a reload keeps

    Usage: nl diff [OPTIONS] <OLD|-> <NEW|->

    Arguments:
      <OLD|->
              The old text: a file, or `-` for stdin

      <NEW|->
              The new text: a file, or `-` for stdin

    Options:
          --color <auto|always|never>
              Use colours; `auto` asks the terminal and NO_COLOR
              
              [default: auto]

          --format <FORMAT>
              How the difference is printed

              Possible values:
              - human: For people
              - json:  One JSON object
              
              [default: human]

          --deny <WHAT>
              Exit with 1 when there is such a change; several are separated by commas

              Possible values:
              - changes:    Anything but the text alone
              - worse:      A bound that got worse
              - lost-state: State that is lost: it starts afresh, or its layer is gone

      -h, --help
              Print help (see a summary with '-h')

    Example: nl diff old.nl new.nl
             git show HEAD:api.nl | nl diff - api.nl --deny worse,lost-state

    A difference by itself exits with 0, as errors in one of the texts exit with 1: `--deny` says what else does.
    ");
}

#[test]
fn the_version_is_the_packages() {
    let version = Sandbox::new("version").run("--version");
    assert_eq!(version, format!("exit 0\n── stdout\nnl {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_other_binary_is_the_same_program() {
    let mut other = Command::new(env!("CARGO_BIN_EXE_ninelives"));
    let nl = Sandbox::new("other").run("check --help");
    let ninelives = transcript(other.args(["check", "--help"]));
    assert_eq!(nl.replace("Usage: nl", "Usage: ninelives"), ninelives);
}

#[test]
fn wrong_use_exits_with_2() {
    let sandbox = Sandbox::new("wrong_use");
    assert_snapshot!(sandbox.run("chekc"), @"
    exit 2
    ── stderr
    error: unrecognized subcommand 'chekc'

      tip: a similar subcommand exists: 'check'

    Usage: nl [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(sandbox.run("check --format yaml"), @"
    exit 2
    ── stderr
    error: invalid value 'yaml' for '--format <FORMAT>'
      [possible values: human, concise, json, sarif, github, junit]

    For more information, try '--help'.
    ");
    assert!(sandbox.run("").starts_with("exit 2\n"));
    assert!(sandbox.run("explain").starts_with("exit 2\n"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let sandbox = Sandbox::new("broken_pipe").with("a.nl", "policy a = timeout(1s);");
    for arguments in [["--help", "--help"], ["check", "a.nl"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let status = sandbox
            .nl(arguments)
            .stdout(writer.try_clone().unwrap())
            .stderr(writer)
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(0), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_exits_with_2() {
    let sandbox = Sandbox::new("disk_full").with("a.nl", "policy a = timeout(1s);");
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output =
        sandbox.nl(["check", "a.nl"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("error: cannot write: "), "{stderr}");
}
