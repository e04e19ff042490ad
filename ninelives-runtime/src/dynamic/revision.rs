//! What a text is called by what it says.

use ninelives_dsl::format;
use ninelives_dsl::load::Load;
use ninelives_dsl::source::SourceFile;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// A hash of the canonical text: that of the file and of what it uses, laid out by the formatter,
/// comments included. Texts that differ in their layout alone have one revision.
///
/// Written as 16 hexadecimal digits, and read from them: `a3f1c27b60d9e845`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Revision(u64);

impl Revision {
    pub(crate) const fn to_bits(self) -> u64 {
        self.0
    }

    pub(crate) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(super) fn of(load: &Load) -> Self {
        let mut hash = Sha256::new();
        for file in &load.files {
            for line in canonical(file).lines().filter(|line| !line.is_empty()) {
                hash.update(line);
                hash.update("\n");
            }
            // No text holds this one, so none can end in another file's place.
            hash.update("\0");
        }
        let head = hash.finalize().first_chunk().copied();
        Self(u64::from_be_bytes(head.unwrap_or_default()))
    }
}

/// Blank lines are the only layout that the formatter leaves to the author.
fn canonical(file: &SourceFile) -> String {
    // Only a text with errors cannot be formatted, and such a text is never in force.
    format::declarations(file.text(), "").unwrap_or_else(|_| file.text().to_owned())
}

impl fmt::Display for Revision {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:016x}", self.0)
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Revision({self})")
    }
}

impl FromStr for Revision {
    type Err = InvalidRevision;

    fn from_str(text: &str) -> Result<Self, InvalidRevision> {
        let is_written_so = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let revision = u64::from_str_radix(text, 16).ok().filter(|_| is_written_so);
        revision.map(Self).ok_or_else(|| InvalidRevision(text.to_owned()))
    }
}

/// What was given for a [`Revision`] is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a revision, which is 16 hexadecimal digits")]
pub struct InvalidRevision(String);

#[cfg(test)]
mod tests {
    use super::*;
    use ninelives_dsl::load::{Front, load_bytes};

    fn of(text: &str) -> Revision {
        Revision::of(&load_bytes("it", text.as_bytes(), None, Front::Text))
    }

    #[test]
    fn layout_does_not_count_and_everything_else_does() {
        let text = "policy a = timeout(1s) + retry(3);\npolicy b = pass;\n";
        let laid_out = "policy a=timeout( 1s )\n   + retry(3)\n;\n\n\n\npolicy b = pass;";
        assert_eq!(of(text), of(laid_out));
        for other in [
            "policy a = timeout(2s) + retry(3);\npolicy b = pass;\n",
            "policy b = pass;\npolicy a = timeout(1s) + retry(3);\n",
            "// Why.\npolicy a = timeout(1s) + retry(3);\npolicy b = pass;\n",
        ] {
            assert_ne!(of(text), of(other), "{other}");
        }
    }

    #[test]
    fn it_is_read_as_it_is_written() {
        let revision = of("policy a = pass;");
        assert_eq!(revision.to_string().parse(), Ok(revision));
        assert_eq!(Revision(1).to_string(), "0000000000000001");
        for text in ["", "1", "+000000000000001", "000000000000000g", "00000000000000001"] {
            let refused = text.parse::<Revision>().unwrap_err();
            assert!(refused.to_string().starts_with(&format!("`{text}` is not")), "{refused}");
        }
    }
}
