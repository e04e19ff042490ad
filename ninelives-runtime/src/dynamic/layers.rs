//! The layers of one text by their paths: all request types and services share their state.

use super::link::Link;
use crate::config::InvalidConfig;
use crate::path::Path;
use std::collections::HashMap;

/// The layers made so far. What has a state of its own is made here and nowhere else, so this is
/// where a new text can take over a layer of the text before it.
#[derive(Debug, Default)]
pub(super) struct Layers(HashMap<String, Link>);

impl Layers {
    /// The layer at `path`; made when it is asked for first.
    pub(super) fn get(
        &mut self,
        path: &str,
        make: impl FnOnce(Path) -> Result<Link, InvalidConfig>,
    ) -> Result<Link, InvalidConfig> {
        if let Some(link) = self.0.get(path) {
            return Ok(link.clone());
        }
        let link = make(path.to_owned().into())?;
        self.0.insert(path.to_owned(), link.clone());
        Ok(link)
    }
}
