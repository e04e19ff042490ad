//! The levels that are set from outside of a text.

use crate::codes::{Code, Level};
use std::collections::BTreeMap;

/// The levels that a project and a command line ask for.
///
/// From weak to strong: the level a code has by itself, the project's, the command line's, the
/// innermost attribute of the text, and a deny of the command line, which nothing softens.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    project: BTreeMap<Code, Level>,
    command_line: BTreeMap<Code, Level>,
}

impl Settings {
    /// Sets a level as `nl.toml` does.
    pub fn project(&mut self, code: Code, level: Level) {
        self.project.insert(code, level);
    }

    /// Sets a level as a flag does.
    pub fn command_line(&mut self, code: Code, level: Level) {
        self.command_line.insert(code, level);
    }

    /// What becomes of a finding about which the text says `attribute`.
    pub(super) fn level(&self, code: Code, attribute: Option<Level>) -> Level {
        let flag = self.command_line.get(&code).copied();
        let denied = flag.filter(|level| *level == Level::Deny);
        let project = || self.project.get(&code).copied();
        denied.or(attribute).or(flag).or_else(project).unwrap_or_else(|| code.level())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::NO_JITTER;

    #[test]
    fn stronger_voice_decides() {
        use Level::{Allow, Deny, Warn};
        let level = |project, flag, attribute| {
            let mut settings = Settings::default();
            if let Some(level) = project {
                settings.project(NO_JITTER, level);
            }
            if let Some(level) = flag {
                settings.command_line(NO_JITTER, level);
            }
            settings.level(NO_JITTER, attribute)
        };
        assert_eq!(level(None, None, None), Warn);
        assert_eq!(level(Some(Deny), None, None), Deny);
        assert_eq!(level(Some(Deny), Some(Allow), None), Allow);
        assert_eq!(level(Some(Deny), Some(Warn), Some(Allow)), Allow);
        assert_eq!(level(Some(Allow), Some(Allow), Some(Deny)), Deny);
        assert_eq!(level(Some(Allow), Some(Deny), Some(Allow)), Deny);
    }
}
