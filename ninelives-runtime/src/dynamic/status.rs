//! What an operator asks first: which text is in force, and did the last attempt fail.

use super::findings::LoadError;
use super::revision::Revision;
use std::fmt;
use std::time::{Duration, SystemTime};

/// How it stands with the text of a book.
///
/// # Examples
/// ```
/// use ninelives_runtime::dynamic::{Host, PolicyBook};
///
/// let book = PolicyBook::from_text("policy search = timeout(1s);", Host::new()).unwrap();
/// book.reload("policy search = timeout(1").unwrap_err();
/// let status = book.status();
/// assert_eq!((status.generation(), status.revision()), (1, book.revision()));
/// assert!(status.failed().unwrap().error().to_string().contains("NL001"));
///
/// book.reload("policy search = timeout(2s);").unwrap();
/// assert!(book.status().failed().is_none());
/// ```
#[derive(Clone, Debug)]
pub struct Status {
    pub(super) generation: u64,
    pub(super) revision: Revision,
    pub(super) since: SystemTime,
    pub(super) failed: Option<FailedReload>,
}

/// An attempt to put a text in force that changed nothing.
#[derive(Clone, Debug)]
pub struct FailedReload {
    at: SystemTime,
    error: LoadError,
}

impl Status {
    /// The number of the text in force; the first is 1.
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// The revision of the text in force.
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// Since when it is in force.
    pub const fn since(&self) -> SystemTime {
        self.since
    }

    /// The last attempt, if it failed for another reason than that it came [too late](LoadError::Conflict).
    /// The next text that is taken over, or is found unchanged, clears
    /// it: so nothing here means that what was tried last is what runs.
    pub const fn failed(&self) -> Option<&FailedReload> {
        self.failed.as_ref()
    }
}

impl FailedReload {
    pub(super) fn now(error: LoadError) -> Self {
        Self { at: SystemTime::now(), error }
    }

    /// When it failed.
    pub const fn at(&self) -> SystemTime {
        self.at
    }

    /// Why.
    pub const fn error(&self) -> &LoadError {
        &self.error
    }
}

/// `generation 3, revision a3f1c27b60d9e845, in force for 2m 5s`, and a second paragraph where the
/// last attempt failed.
impl fmt::Display for Status {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { generation, revision, since, failed } = self;
        let age = Age::of(*since);
        write!(out, "generation {generation}, revision {revision}, in force for {age}")?;
        match failed {
            Some(FailedReload { at, error }) => {
                write!(out, "\nthe last reload failed {} ago: {error}", Age::of(*at))
            }
            None => Ok(()),
        }
    }
}

/// How long ago, in its two largest units.
struct Age(Duration);

impl Age {
    /// A clock that was set back makes it nothing.
    fn of(time: SystemTime) -> Self {
        Self(time.elapsed().unwrap_or_default())
    }
}

impl fmt::Display for Age {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
        match (days, hours, minutes) {
            (0, 0, 0) => write!(out, "{seconds}s"),
            (0, 0, _) => write!(out, "{minutes}m {}s", seconds % 60),
            (0, _, _) => write!(out, "{hours}h {}m", minutes % 60),
            _ => write!(out, "{days}d {}h", hours % 24),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_its_two_largest_units() {
        for (seconds, said) in
            [(0, "0s"), (59, "59s"), (125, "2m 5s"), (7_260, "2h 1m"), (180_000, "2d 2h")]
        {
            assert_eq!(Age(Duration::from_secs(seconds)).to_string(), said);
        }
    }
}
