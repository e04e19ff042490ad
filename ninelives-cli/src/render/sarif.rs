//! A SARIF 2.1.0 log, the exchange format of static analysis: GitHub, GitLab and editors read it.

mod model;

use super::{Place, Report, Summary, json_line};
use crate::output::Output;
use model::{
    ArtifactChange, ArtifactLocation, Configuration, Content, Document, Driver, Fix, Help,
    Invocation, Level, Location, Message, Notification, PhysicalLocation, Region, Replacement,
    Rule, Run, Tool,
};
use ninelives_dsl::codes::{self, Code};
use ninelives_dsl::diagnostic::{Diagnostic, Edit};
use ninelives_dsl::load::Load;
use ninelives_dsl::source::Span;
use std::collections::BTreeMap;
use std::io;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

/// Collects the results.
pub(crate) struct Log {
    /// What locations are relative to, as the places where they are read want them.
    directory: PathBuf,
    results: Vec<(Code, model::Finding)>,
}

impl Default for Log {
    fn default() -> Self {
        Self { directory: std::env::current_dir().unwrap_or_default(), results: Vec::new() }
    }
}

impl Report for Log {
    fn finding(&mut self, load: &Load, finding: &Diagnostic, _: &mut Output) -> io::Result<()> {
        let result = self.result(load, finding);
        self.results.push((finding.code, result));
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, output: &mut Output) -> io::Result<()> {
        output.result(&json_line(&self.document(summary))?)
    }
}

impl Log {
    fn document(&mut self, summary: &Summary) -> Document {
        let mut results = std::mem::take(&mut self.results);
        let found: BTreeMap<Code, usize> = {
            let mut codes: Vec<Code> = results.iter().map(|(code, _)| *code).collect();
            codes.sort();
            codes.dedup();
            codes.into_iter().zip(0..).collect()
        };
        for (code, result) in &mut results {
            result.rule_index = found.get(code).copied().unwrap_or_default();
        }
        let notifications = summary.problems.iter().map(|problem| Notification {
            level: Level::Error,
            message: Message { text: problem.clone() },
        });
        Document {
            schema: model::SCHEMA,
            version: model::VERSION,
            runs: [Run {
                tool: Tool {
                    driver: Driver {
                        name: "nl",
                        version: env!("CARGO_PKG_VERSION"),
                        rules: found.keys().map(rule).collect(),
                    },
                },
                invocations: [Invocation {
                    execution_successful: summary.problems.is_empty(),
                    tool_execution_notifications: notifications.collect(),
                }],
                column_kind: "unicodeCodePoints",
                results: results.into_iter().map(|(_, result)| result).collect(),
            }],
        }
    }

    fn result(&self, load: &Load, finding: &Diagnostic) -> model::Finding {
        let help = finding.help.as_ref().map(|help| format!("\nhelp: {help}"));
        let related = finding.labels.iter().map(|label| Location {
            message: Some(Message { text: label.message.clone() }),
            physical_location: self.physical(load, label.span),
        });
        let fix = finding.fix.as_ref().and_then(|fix| {
            let file = Place::new(load, fix.edits.first()?.span).file;
            let replacement = |edit: &Edit| Replacement {
                deleted_region: region(&Place::new(load, edit.span)),
                inserted_content: Content { text: edit.replacement.clone() },
            };
            let help = finding.help.as_deref().unwrap_or("write this instead");
            Some(Fix {
                description: Message { text: help.to_owned() },
                artifact_changes: [ArtifactChange {
                    artifact_location: self.artifact(file),
                    replacements: fix.edits.iter().map(replacement).collect(),
                }],
            })
        });
        model::Finding {
            rule_id: finding.code.code(),
            rule_index: 0,
            level: if finding.is_error() { Level::Error } else { Level::Warning },
            message: Message { text: finding.message.clone() + &help.unwrap_or_default() },
            locations: [Location {
                message: None,
                physical_location: self.physical(load, finding.span),
            }],
            related_locations: related.collect(),
            fixes: fix.into_iter().collect(),
        }
    }

    fn physical(&self, load: &Load, span: Span) -> PhysicalLocation {
        let place = Place::new(load, span);
        PhysicalLocation { artifact_location: self.artifact(place.file), region: region(&place) }
    }

    /// A relative reference where the file is below the current directory, else an absolute one.
    fn artifact(&self, file: &str) -> ArtifactLocation {
        let path = Path::new(file);
        let below = path.strip_prefix(&self.directory).unwrap_or(path);
        let mut uri = if below.is_absolute() { "file://".to_owned() } else { String::new() };
        for byte in below.to_string_lossy().replace(MAIN_SEPARATOR, "/").bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                    uri.push(char::from(byte));
                }
                _ => uri.push_str(&format!("%{byte:02X}")),
            }
        }
        ArtifactLocation { uri }
    }
}

fn region(place: &Place<'_>) -> Region {
    Region {
        start_line: place.start.line,
        start_column: place.start.column,
        end_line: place.end.line,
        end_column: place.end.column,
    }
}

fn rule(code: &Code) -> Rule {
    let default = code.level();
    Rule {
        id: code.code(),
        name: code.name(),
        short_description: Message { text: code.summary().to_owned() },
        help: Help { text: code.page().to_string(), markdown: code.page().to_string() },
        default_configuration: Configuration {
            enabled: default != codes::Level::Allow,
            level: if default == codes::Level::Deny { Level::Error } else { Level::Warning },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_relative_to_the_current_directory() {
        let log = Log { directory: "/home/me/project".into(), results: Vec::new() };
        let uri = |file| log.artifact(file).uri;
        assert_eq!(uri("policies/a.nl"), "policies/a.nl");
        assert_eq!(uri("/home/me/project/policies/a.nl"), "policies/a.nl");
        assert_eq!(uri("/home/me/other.nl"), "file:///home/me/other.nl");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
        assert_eq!(uri("é 1%.nl"), "%C3%A9%201%25.nl");
    }
}
