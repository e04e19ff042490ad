//! The page of a code, as `nl explain CODE` prints it: Markdown.

use std::fmt;

/// What a finding is, why it is wrong, an example of it, and what to use instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page(String);

impl Page {
    /// Takes the page out of a file: all of it, or its `//!` header.
    pub(super) fn cut(file: &str) -> Self {
        let header: Vec<&str> = file.lines().map_while(|line| line.strip_prefix("//!")).collect();
        if header.is_empty() {
            return Self(file.to_owned());
        }
        let lines = header.into_iter().map(|line| line.strip_prefix(' ').unwrap_or(line));
        Self(lines.flat_map(|line| [line, "\n"]).collect())
    }

    /// The text that has the finding; `None` where it takes more than a text.
    pub fn example(&self) -> Option<&str> {
        self.block("## Example")
    }

    /// The text to write instead.
    pub fn instead(&self) -> Option<&str> {
        self.block("## Use instead")
    }

    /// The code below a heading.
    fn block(&self, heading: &str) -> Option<&str> {
        let (_, below) = self.0.split_once(heading)?;
        let (_, block) = below.split_once("```nl\n")?;
        block.split_once("```").map(|(block, _)| block)
    }
}

impl fmt::Display for Page {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{NO_JITTER, SYNTAX, all};

    #[test]
    fn page_of_a_rule_is_its_header() {
        let page = NO_JITTER.page();
        assert!(page.to_string().starts_with("A retry waits without jitter.\n\n## Why\n"));
        assert!(!page.to_string().contains("use "), "{page}");
        let body = "policy search = timeout(1s) + retry(3, jitter = none);\n";
        assert_eq!(page.example(), Some(body));
        assert!(page.instead().is_some_and(|instead| instead.contains("full")));
    }

    #[test]
    fn every_page_says_why() {
        for code in all() {
            assert!(code.page().to_string().contains("\n## Why\n\n"), "{code:?}");
        }
        assert!(SYNTAX.page().example().is_some());
    }
}
