//! A text without syntax errors, laid out, says the same; laid out again, it stays as it is.

use ninelives_dsl::decode::decode;
use ninelives_dsl::diff::diff;
use ninelives_dsl::format::{Refusal, declarations, expression};
use ninelives_dsl::load::{Front, Load, load_bytes};
use ninelives_dsl::source::FileId;

/// Formats the text as a file and as one expression.
pub fn run(bytes: &[u8]) {
    let Ok(text) = decode(bytes, FileId::default()) else { return };
    if let Some(laid_out) = stable(&text, |text| declarations(text, "")) {
        let (before, after) = (load(&text), load(&laid_out));
        assert_eq!(errors(&before), errors(&after), "\n{text}\n{laid_out}");
        let comparable = !before.has_errors();
        assert!(!comparable || diff(&before, &after).is_empty(), "\n{text}\n{laid_out}");
    }
    stable(&text, |text| expression(text, "    "));
}

/// That the tree is the same is verified by the formatter itself, which refuses to give anything else
/// away: a refusal is the failure here.
fn stable(text: &str, format: impl Fn(&str) -> Result<String, Refusal>) -> Option<String> {
    let once = match format(text) {
        Err(Refusal::Invalid(findings)) => {
            assert!(!findings.is_empty());
            return None;
        }
        once => once,
    };
    assert!(once.is_ok(), "{once:?}\n{text}");
    let once = once.ok()?;
    assert_eq!(format(&once).as_ref(), Ok(&once), "\n{text}");
    Some(once)
}

fn load(text: &str) -> Load {
    load_bytes("fuzz.nl", text.as_bytes(), None, Front::Text)
}

/// The errors by their codes. Not in the order of their places: of two at one place, parentheses around
/// what the one marks put it before the other.
fn errors(load: &Load) -> Vec<&'static str> {
    let mut codes: Vec<_> = load.diagnostics.iter().map(|finding| finding.code.code()).collect();
    codes.sort_unstable();
    codes
}
