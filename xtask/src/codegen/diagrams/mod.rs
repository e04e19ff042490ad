//! The diagrams: SVG that says what the code does, in the colours of the reader's screen.

mod breaker;
mod drawing;
mod timeline;

use super::Files;
use std::path::Path;

pub(super) const FOLDER: &str = "docs/diagrams";

/// All of them.
pub(super) fn files(root: &Path) -> Result<Files, String> {
    let drawn =
        [("circuit_breaker.svg", breaker::draw(root)?), ("timeline.svg", timeline::draw()?)];
    Ok(drawn.map(|(name, drawing)| (Path::new(FOLDER).join(name), drawing)).into())
}
