//! Levels of findings that are set from outside of a text, by flags and by `nl.toml`.

use ninelives_dsl::codes::{self, Code};
use ninelives_dsl::lint::Level;
use ninelives_dsl::suggest::nearest;

/// The finding of that name or code, which is to have this level.
///
/// # Errors
/// When there is none, and for an error that is to be less.
pub(crate) fn finding(name: &str, level: Level) -> Result<Code, String> {
    let Some(code) = codes::find(name) else {
        let near = nearest(name, codes::all().map(Code::name));
        let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
        return Err(format!("no finding is called `{name}`{hint}"));
    };
    if codes::ERRORS.contains(&code) && level != Level::Deny {
        return Err(format!("{code} {} is an error whatever is said of it", code.name()));
    }
    Ok(code)
}
