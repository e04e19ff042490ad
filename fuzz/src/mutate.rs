//! Seeded mutations, for where there is no fuzzer: a few changes of one input, some with parts of
//! another.

use fastrand::Rng;

/// The words of the language and what stands between them; libFuzzer reads the same file.
const DICTIONARY: &str = include_str!("../dictionary.txt");
/// The changes of one input.
const CHANGES: usize = 6;
/// The bytes of one change.
const LONGEST: usize = 48;

/// Changes inputs.
#[derive(Debug)]
pub struct Mutator {
    rng: Rng,
    words: Vec<Vec<u8>>,
}

impl Mutator {
    /// The same seed makes the same changes.
    pub fn new(seed: u64) -> Self {
        Self { rng: Rng::with_seed(seed), words: words() }
    }

    /// One of the inputs, changed.
    pub fn mutate(&mut self, inputs: &[impl AsRef<[u8]>]) -> Vec<u8> {
        let mut bytes = self.pick(inputs).to_vec();
        for _ in 0..self.rng.usize(1..=CHANGES) {
            let range = self.range(bytes.len());
            let change = match self.rng.u8(..6) {
                0 => Vec::new(),
                1 => vec![self.rng.u8(..)],
                2 => {
                    let copied = self.range(bytes.len());
                    bytes.get(copied).unwrap_or_default().to_vec()
                }
                3 => {
                    let other = self.pick(inputs);
                    let copied = self.range(other.len());
                    other.get(copied).unwrap_or_default().to_vec()
                }
                _ => self.rng.choice(&self.words).cloned().unwrap_or_default(),
            };
            // Half of the changes take the place of something.
            let end = if self.rng.bool() { range.end } else { range.start };
            bytes.splice(range.start..end, change);
        }
        bytes
    }

    fn pick<'i>(&mut self, inputs: &'i [impl AsRef<[u8]>]) -> &'i [u8] {
        self.rng.choice(inputs).map(AsRef::as_ref).unwrap_or_default()
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.rng.usize(..=length);
        start..length.min(start + self.rng.usize(..=LONGEST))
    }
}

/// The entries of the dictionary, one a line: `"…"`, with `\"`, `\\` and `\x0a`.
fn words() -> Vec<Vec<u8>> {
    let entries = DICTIONARY.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    entries.map(unescaped).collect()
}

fn unescaped(mut entry: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some((plain, escaped)) = entry.split_once('\\') {
        bytes.extend_from_slice(plain.as_bytes());
        let hex = escaped.strip_prefix('x').and_then(|rest| rest.split_at_checked(2));
        let byte = hex.and_then(|(hex, rest)| Some((u8::from_str_radix(hex, 16).ok()?, rest)));
        // A quote or a backslash stands for itself.
        let (byte, rest) = byte
            .or_else(|| escaped.as_bytes().first().copied().zip(escaped.get(1..)))
            .unwrap_or_default();
        bytes.push(byte);
        entry = rest;
    }
    bytes.extend_from_slice(entry.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninelives_dsl::catalogue;

    #[test]
    fn the_dictionary_has_every_word_of_the_catalogue() {
        let words = words();
        let policies = catalogue::POLICIES.iter().map(|policy| policy.name);
        let parameters = catalogue::POLICIES.iter().flat_map(|policy| policy.parameters);
        let parameters = parameters.map(|parameter| parameter.name);
        for word in policies.chain(parameters).chain(catalogue::words()) {
            assert!(words.iter().any(|known| known == word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn escapes_of_the_dictionary_are_read() {
        assert_eq!(unescaped(r#"a\"b\\c\x0a\xc2\xb5s"#), "a\"b\\c\nµs".as_bytes());
    }

    #[test]
    fn one_seed_makes_the_same_changes() {
        let row = |seed| {
            let mut mutator = Mutator::new(seed);
            Vec::from_iter((0..100).map(|_| mutator.mutate(&["policy a = retry(3);"])))
        };
        assert_eq!(row(1), row(1));
        assert_ne!(row(1), row(2));
    }
}
