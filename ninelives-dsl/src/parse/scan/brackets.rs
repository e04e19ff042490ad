//! Brackets: balanced, and nested no deeper than the limit, so that all behind the scan may recurse.

use super::{Bracket, Scanner};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::parse::report::Report;

impl Scanner<'_> {
    pub(super) fn open_bracket(&mut self, byte: u8, report: &mut Report) {
        if self.open.brackets.len() >= limits::NESTING {
            let at = self.at;
            self.refuse(report, |report| {
                Diagnostic::error(
                    codes::LIMIT,
                    report.span(at, at + 1),
                    format!("brackets nest deeper than {}", limits::NESTING),
                )
                .with_help("give an inner part a name of its own: `policy inner = …;`")
            });
            self.open.excess += 1;
        } else {
            let bracket = Bracket { byte, at: self.at };
            self.enter_host(bracket, report);
            self.open.brackets.push(bracket);
        }
        self.at += 1;
    }

    pub(super) fn close_bracket(&mut self, byte: u8, report: &mut Report) {
        let at = self.at;
        self.at += 1;
        if self.open.excess > 0 {
            self.open.excess -= 1;
            return;
        }
        let opener = match byte {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        let outside = self.outside_host();
        let matching = self
            .open
            .brackets
            .iter()
            .rposition(|bracket| bracket.byte == opener)
            .filter(|depth| *depth >= outside);
        match (matching, self.open.brackets.last().copied()) {
            (Some(depth), Some(last)) => {
                if last.byte != opener {
                    self.refuse(report, |report| never_closed(last, report));
                }
                let begin = self.open.brackets.get(depth).map_or(at, |open| open.at);
                self.open.brackets.truncate(depth);
                if byte == b'}' {
                    self.blank(begin + 1..at);
                    self.leave_host(depth);
                }
            }
            (None, Some(_)) if self.host.is_some() => {}
            (None, Some(last)) => {
                self.open.brackets.pop();
                self.refuse(report, |report| mismatched(last, byte, at, report));
            }
            (_, None) if self.left_open && self.open.start.is_none() => self.open.broken = true,
            (_, None) => self.refuse(report, |report| {
                Diagnostic::error(
                    codes::SYNTAX,
                    report.span(at, at + 1),
                    format!("`{}` closes nothing", char::from(byte)),
                )
            }),
        }
    }
}

pub(super) fn never_closed(bracket: Bracket, report: &Report) -> Diagnostic {
    Diagnostic::error(
        codes::SYNTAX,
        report.span(bracket.at, bracket.at + 1),
        format!("`{}` is never closed", char::from(bracket.byte)),
    )
}

fn mismatched(open: Bracket, found: u8, at: usize, report: &Report) -> Diagnostic {
    let expected = match open.byte {
        b'(' => ')',
        b'[' => ']',
        _ => '}',
    };
    Diagnostic::error(
        codes::SYNTAX,
        report.span(at, at + 1),
        format!("expected `{expected}`, found `{}`", char::from(found)),
    )
    .with_label(
        report.span(open.at, open.at + 1),
        format!("closes this `{}`", char::from(open.byte)),
    )
}
