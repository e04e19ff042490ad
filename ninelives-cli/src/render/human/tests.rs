use super::draw;
use insta::assert_snapshot;
use ninelives_dsl::codes;
use ninelives_dsl::diagnostic::{Diagnostic, Severity};
use ninelives_dsl::load::Load;
use ninelives_dsl::source::{FileId, SourceFile, Span};

fn load(texts: &[&str]) -> Load {
    let mut load = Load::default();
    for (text, name) in texts.iter().zip(["a.nl", "b.nl"]) {
        load.files.push(SourceFile::new(name, *text));
    }
    load
}

fn span(start: usize, end: usize) -> Span {
    Span::new(FileId(0), start, end)
}

fn plain(text: &str, finding: &Diagnostic) -> String {
    draw(&load(&[text]), finding, false)
}

#[test]
fn a_fix_is_drawn_as_a_patch_under_its_help() {
    let finding = Diagnostic::error(codes::UNKNOWN_NAME, span(11, 18), "unknown policy `timeuot`")
        .with_help("did you mean `timeout`?")
        .with_fix(span(11, 18), "timeout");
    assert_snapshot!(plain("policy a = timeuot(1s);", &finding), @"
    error[NL002 unknown-name]: unknown policy `timeuot`
     --> a.nl:1:12
      |
    1 | policy a = timeuot(1s);
      |            ^^^^^^^
      |
    help: did you mean `timeout`?
      |
    1 - policy a = timeuot(1s);
    1 + policy a = timeout(1s);
      |
    ");
}

#[test]
fn help_without_a_fix_stands_below_the_source() {
    let finding = Diagnostic::error(codes::OUT_OF_RANGE, span(17, 18), "`0` is out of range")
        .with_help("at least one attempt is made");
    assert_snapshot!(plain("policy a = retry(0);\npolicy b = pass;\n", &finding), @"
    error[NL004 out-of-range]: `0` is out of range
     --> a.nl:1:18
      |
    1 | policy a = retry(0);
      |                  ^
      |
      = help: at least one attempt is made
    ");
}

#[test]
fn a_warning_says_so() {
    let mut finding = Diagnostic::error(codes::MISPLACED, span(0, 6), "odd");
    finding.severity = Severity::Warning;
    assert_snapshot!(plain("policy a = pass;", &finding), @"
    warning[NL017 misplaced]: odd
     --> a.nl:1:1
      |
    1 | policy a = pass;
      | ^^^^^^
    ");
}

#[test]
fn labels_are_drawn_in_their_own_file_and_beside_the_finding() {
    let load = load(&["policy a = pass;\npolicy a = fail;\n", "policy a = pass;\n"]);
    let finding = Diagnostic::error(codes::DUPLICATE, span(24, 25), "`a` is declared twice")
        .with_label(span(7, 8), "first here")
        .with_label(Span::new(FileId(1), 7, 8), "and here");
    assert_snapshot!(draw(&load, &finding, false), @"
    error[NL005 duplicate]: `a` is declared twice
     --> a.nl:2:8
      |
    1 | policy a = pass;
      |        - first here
    2 | policy a = fail;
      |        ^
      |
     ::: b.nl:1:8
      |
    1 | policy a = pass;
      |        - and here
    ");
}

#[test]
fn places_too_far_apart_to_be_read_together_are_listed() {
    let text = format!("policy a = pass;\n{}policy a = pass;\n", "\n".repeat(20_000));
    let second = text.len() - 10;
    let finding = Diagnostic::error(codes::DUPLICATE, span(second, second + 1), "`a` twice")
        .with_label(span(7, 8), "first here");
    assert_snapshot!(plain(&text, &finding), @"
    error[NL005 duplicate]: `a` twice
    --> a.nl:20002:8
     = note: a.nl:1:8: first here
    ");
}

#[test]
fn the_end_of_the_file_can_be_pointed_at() {
    let text = "policy a = ";
    let finding =
        Diagnostic::error(codes::SYNTAX, span(text.len(), text.len()), "expected a policy");
    assert_snapshot!(plain(text, &finding), @"
    error[NL001 syntax]: expected a policy
     --> a.nl:1:12
      |
    1 | policy a = 
      |            ^
    ");
    assert_snapshot!(plain("", &Diagnostic::error(codes::SYNTAX, span(0, 0), "empty")), @"
    error[NL001 syntax]: empty
     --> a.nl:1:1
      |
    1 |
      | ^
    ");
}

#[test]
fn wide_characters_tabs_and_line_ends_keep_the_underline_in_place() {
    let text = "\tpolicy é漢 = x;\r\n";
    let finding = Diagnostic::error(codes::UNKNOWN_NAME, span(16, 17), "unknown policy `x`");
    assert_snapshot!(plain(text, &finding), @"
    error[NL002 unknown-name]: unknown policy `x`
     --> a.nl:1:14
      |
    1 |     policy é漢 = x;
      |                  ^
    ");
}

#[test]
fn terminal_escapes_of_the_text_are_made_visible() {
    let mut load = Load::default();
    load.files.push(SourceFile::new("\u{1b}.nl", "\u{1b}[2J"));
    load.files.push(SourceFile::new("\u{1b}.nl", "\u{1b}".repeat(100_000)));
    for id in [0, 1] {
        let span = Span::new(FileId(id), 1, 2);
        let finding = Diagnostic::error(codes::SYNTAX, span, "unexpected `\u{1b}[2J`")
            .with_label(span, "\u{1b}[31m")
            .with_help("remove `\u{1b}[2J`");
        let drawing = draw(&load, &finding, false);
        assert!(!drawing.contains('\u{1b}'), "{drawing}");
        let drawing = draw(&load, &finding.with_fix(span, "\u{1b}[m"), false);
        assert!(!drawing.contains('\u{1b}'), "{drawing}");
    }
}

#[test]
fn no_span_whatever_makes_the_drawing_fail() {
    let texts = ["", "\n", "a", "é漢\u{200b}\u{301}", "\ta\r\n\r\nb", "\0\u{1b}[0m\u{202e}\n\n"];
    for text in texts {
        for start in 0..text.len() + 3 {
            for end in 0..text.len() + 3 {
                let finding = Diagnostic::error(codes::SYNTAX, span(start, end), "m")
                    .with_label(span(end, start), "l")
                    .with_fix(span(start, end), "\tf\n");
                assert!(plain(text, &finding).starts_with("error[NL001 syntax]: m\n"));
            }
        }
    }
    let nowhere = Span::new(FileId(7), 0, 1);
    let finding = Diagnostic::error(codes::SYNTAX, nowhere, "m").with_fix(nowhere, "");
    assert_snapshot!(plain("a", &finding), @"error[NL001 syntax]: m");
}
