//! A JUnit report: a suite a file, a test case a finding. It is red exactly when the run fails: an
//! error is a failure, a warning is a skipped test, what cannot be read is an error.

use super::{Place, Report, Summary};
use crate::output::Output;
use ninelives_dsl::diagnostic::Diagnostic;
use ninelives_dsl::load::Load;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;
use std::io;

/// Collects the findings by file.
#[derive(Debug, Default)]
pub(crate) struct Suites(BTreeMap<String, Vec<TestCase>>);

impl Report for Suites {
    fn finding(&mut self, load: &Load, finding: &Diagnostic, _: &mut Output) -> io::Result<()> {
        let place = Place::new(load, finding.span);
        self.0.entry(place.file.to_owned()).or_default().push(test_case(&place, finding));
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, output: &mut Output) -> io::Result<()> {
        for file in &summary.files {
            self.0.entry(file.clone()).or_insert_with(|| {
                vec![TestCase::new("nothing to report", TestCaseStatus::success())]
            });
        }
        let mut report = quick_junit::Report::new("nl check");
        for (file, cases) in std::mem::take(&mut self.0) {
            report.add_test_suite(suite(&file, cases));
        }
        if !summary.problems.is_empty() {
            let cases = summary.problems.iter().map(|problem| {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
                status.set_message(problem.as_str());
                TestCase::new(problem.as_str(), status)
            });
            report.add_test_suite(suite("unreadable", cases.collect()));
        }
        output.result(&report.to_string().map_err(io::Error::other)?)
    }
}

fn suite(name: &str, cases: Vec<TestCase>) -> TestSuite {
    let mut suite = TestSuite::new(name);
    suite.add_test_cases(cases.into_iter().map(|mut case| {
        case.set_classname(name);
        case
    }));
    suite
}

fn test_case(place: &Place<'_>, finding: &Diagnostic) -> TestCase {
    let Place { file, start, .. } = place;
    let mut status = if finding.is_error() {
        TestCaseStatus::non_success(NonSuccessKind::Failure)
    } else {
        TestCaseStatus::skipped()
    };
    let at = format!("{file}:{}:{}: {}", start.line, start.column, finding.message);
    let help = finding.help.as_ref().map(|help| format!("\nhelp: {help}"));
    status
        .set_message(finding.message.as_str())
        .set_type(finding.severity.word())
        .set_description(at + &help.unwrap_or_default());
    let (code, name) = (finding.code, finding.code.name());
    TestCase::new(format!("{code} {name} at {}:{}", start.line, start.column), status)
}
