//! A page as its text and its blocks of code.

/// A part of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'p> {
    /// What is between the blocks.
    Text(&'p str),
    /// A block, with what stands behind its first fence.
    Block { kind: &'p str, body: &'p str },
}

/// The parts of a page, in order.
pub(crate) fn pieces(page: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut pieces = Vec::new();
    let mut rest = page;
    while let Some((text, opened)) = rest.split_once("```") {
        let (kind, body) = opened.split_once('\n').ok_or("a block without an end")?;
        let (body, after) = body.split_once("```").ok_or("a block without an end")?;
        pieces.extend([Piece::Text(text), Piece::Block { kind, body }]);
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

/// The file that a block is, if its first line says so: `// src/main.rs`, `# nl.toml`.
pub(crate) fn file_of(body: &str) -> Option<&str> {
    let comment = body.lines().next().unwrap_or_default();
    let name = comment.strip_prefix("// ").or_else(|| comment.strip_prefix("# "))?;
    (name.contains('.') && !name.contains(' ')).then_some(name)
}

/// The commands of a `console` block.
pub(crate) fn commands(body: &str) -> impl Iterator<Item = &str> {
    body.lines().filter_map(|line| line.strip_prefix("$ "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_its_parts_one_behind_the_other() {
        let pieces = pieces("one\n```nl\npolicy a = pass;\n```\ntwo\n").unwrap();
        let block = Piece::Block { kind: "nl", body: "policy a = pass;\n" };
        assert_eq!(pieces, [Piece::Text("one\n"), block, Piece::Text("\ntwo\n")]);
        assert!(super::pieces("```console\n$ echo\n").is_err());
    }

    #[test]
    fn a_block_is_a_file_when_its_first_line_is_a_name() {
        assert_eq!(file_of("// src/main.rs\nfn main() {}\n"), Some("src/main.rs"));
        assert_eq!(file_of("# nl.toml\n"), Some("nl.toml"));
        assert_eq!(file_of("// what it does.\n"), None);
        assert_eq!(file_of("policy a = pass;\n"), None);
    }
}
