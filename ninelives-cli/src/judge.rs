//! What is found in a text, at the levels that the project and the command line ask for.

use crate::args::{DeniedFinding, Levels, Project};
use crate::config::Config;
use ninelives_dsl::diagnostic::Severity;
use ninelives_dsl::host::HostNames;
use ninelives_dsl::lint::{Level, warnings};
use ninelives_dsl::load::Load;
use std::path::Path;

/// What findings there are, and how much they weigh.
#[derive(Default)]
pub(crate) struct Judge {
    config: Config,
    denies_warnings: bool,
}

impl Judge {
    /// Reads the `nl.toml` that holds in the directory `here`; flags are stronger.
    ///
    /// # Errors
    /// What is wrong with `nl.toml`.
    pub(crate) fn new(flags: &Levels, project: &Project, here: &Path) -> Result<Self, String> {
        let mut config = match &project.config {
            _ if project.no_config => Config::default(),
            Some(file) => Config::read(file, file)?,
            None => Config::nearest(here)?,
        };
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
    pub(crate) fn complete(&self, load: &mut Load) {
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

    /// What the host program registers, if the project says so.
    pub(crate) fn host(&self) -> Option<&HostNames> {
        self.config.host.as_ref()
    }
}
