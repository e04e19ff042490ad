//! What is found in a text, at the levels that the project and the command line ask for.

use crate::args::{Check, DeniedFinding};
use crate::config::Config;
use ninelives_dsl::diagnostic::Severity;
use ninelives_dsl::lint::{Level, warnings};
use ninelives_dsl::load::Load;

/// What findings there are, and how much they weigh.
pub(super) struct Judge {
    config: Config,
    denies_warnings: bool,
}

impl Judge {
    /// Reads `nl.toml`; flags are stronger.
    ///
    /// # Errors
    /// What is wrong with `nl.toml`.
    pub(super) fn new(options: &Check) -> Result<Self, String> {
        let mut config = match &options.project {
            project if project.no_config => Config::default(),
            project => project.config.as_deref().map_or_else(Config::nearest, Config::read)?,
        };
        let flags = &options.levels;
        let mut denies_warnings = false;
        let mut set = |code: &_, level| config.levels.command_line(*code, level);
        // The strictest comes last and holds.
        flags.allow.iter().for_each(|code| set(code, Level::Allow));
        flags.warn.iter().for_each(|code| set(code, Level::Warn));
        for denied in &flags.deny {
            match denied {
                DeniedFinding::Warnings => denies_warnings = true,
                DeniedFinding::Finding(code) => set(code, Level::Deny),
            }
        }
        Ok(Self { config, denies_warnings })
    }

    /// Adds what loading a text does not find by itself, by place.
    pub(super) fn complete(&self, load: &mut Load) {
        let mut found = warnings(load, &self.config.levels);
        if self.denies_warnings {
            found.iter_mut().for_each(|warning| warning.severity = Severity::Error);
        }
        if let Some(host) = &self.config.host {
            found.extend(host.check(&load.plan, &self.config.file));
            found.sort_by_key(|finding| finding.span);
        }
        load.diagnostics.append(&mut found);
    }
}
