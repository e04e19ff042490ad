//! Sections of a page, each between two marks: what explains the figures stays, the figures change.

fn marks(name: &str) -> [String; 2] {
    [format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->\n")]
}

/// What stands between the marks of a section.
pub fn section_of<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let [begin, end] = marks(name);
    Some(page.split_once(&begin)?.1.split_once(&end)?.0)
}

/// The page with another text between the marks of a section.
///
/// # Errors
/// When the page has no such section.
pub fn with_section(page: &str, name: &str, text: &str) -> Result<String, String> {
    let [begin, end] = marks(name);
    let parts =
        page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) = parts.ok_or_else(|| format!("the page has no section `{name}`"))?;
    Ok(format!("{before}{begin}{text}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "# Page\n<!-- begin a -->\n<!-- end a -->\ntext\n<!-- begin b -->\n<!-- end b -->\n";

    #[test]
    fn a_section_is_replaced_and_nothing_else() {
        let page = with_section(PAGE, "a", "long\n").unwrap();
        let page = with_section(&page, "b", "first\n").unwrap();
        let page = with_section(&page, "b", "second\n").unwrap();
        assert_eq!(section_of(&page, "a"), Some("long\n"));
        assert_eq!(section_of(&page, "b"), Some("second\n"));
        assert_eq!(page.replace("long\n", "").replace("second\n", ""), PAGE);
        assert!(with_section(&page, "c", "lost\n").is_err());
    }
}
