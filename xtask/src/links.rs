//! The links of the built book. A page that leads out of `docs/` is right where the repository is read, and
//! leads to nothing where the book is: such files are copied beside the pages, as plain text. Then every link
//! has to lead to a file, and its anchor to an id.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Where the files lie in the book.
const COPIES: &str = "files";

/// Makes the links of all pages below `book` good, and says how many there are, or which are dead.
pub(crate) fn settle(root: &Path, book: &Path) -> Result<usize, String> {
    let mut pages = BTreeMap::new();
    collect(book, book, &mut pages).map_err(|error| format!("{}: {error}", book.display()))?;
    for (page, html) in &mut pages {
        let before = html.clone();
        for link in before.lines().flat_map(|line| values(line, &["href", "src"])) {
            if let Some(file) = outside(root, page, link) {
                let copy = copied(root, book, &file)
                    .map_err(|error| format!("{}: {error}", file.display()))?;
                let up = "../".repeat(page.components().count() - 1);
                *html = html.replace(&format!("=\"{link}\""), &format!("=\"{up}{copy}\""));
            }
        }
        if *html != before {
            fs::write(book.join(page), html.as_str())
                .map_err(|error| format!("{}: {error}", page.display()))?;
        }
    }
    check(book, &pages)
}

/// Every page below a folder, by its path.
fn collect(
    book: &Path,
    folder: &Path,
    pages: &mut BTreeMap<PathBuf, String>,
) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(book, &path, pages)?;
        } else if path.extension().is_some_and(|it| it == "html") {
            let name = path.strip_prefix(book).unwrap_or(&path).to_owned();
            pages.insert(name, fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

/// The file of the repository that a link leads to, when that is not below `docs/`.
fn outside(root: &Path, page: &Path, link: &str) -> Option<PathBuf> {
    let (path, _) = parts(link)?;
    let target = resolved(&Path::new("docs").join(page), path)?;
    // What ends in `.md` has been made to end in `.html`, there too.
    [target.with_extension("md"), target]
        .into_iter()
        .find(|file| !file.starts_with("docs") && root.join(file).is_file())
}

/// Copies a file into the book, and says where it is. A browser shows `.txt`, and would save `.nl` and `.md`.
fn copied(root: &Path, book: &Path, file: &Path) -> std::io::Result<String> {
    let name = format!("{COPIES}/{}.txt", file.display());
    let copy = book.join(&name);
    if let Some(folder) = copy.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(root.join(file), copy)?;
    Ok(name)
}

fn check(book: &Path, pages: &BTreeMap<PathBuf, String>) -> Result<usize, String> {
    let ids = |html: &str| {
        let ids = html.lines().flat_map(|line| values(line, &["id"])).map(str::to_owned);
        ids.collect::<BTreeSet<_>>()
    };
    let ids: BTreeMap<_, _> = pages.iter().map(|(page, html)| (page, ids(html))).collect();
    let mut links = 0;
    let mut dead = BTreeSet::new();
    for (page, html) in pages {
        for link in html.lines().flat_map(|line| values(line, &["href", "src"])) {
            let Some((path, anchor)) = parts(link) else { continue };
            links += 1;
            let target = if path.is_empty() { Some(page.clone()) } else { resolved(page, path) };
            let there = target.is_some_and(|target| {
                book.join(&target).is_file()
                    && (anchor.is_empty()
                        || ids.get(&target).is_some_and(|ids| ids.contains(anchor)))
            });
            if !there {
                dead.insert(format!("{}: {link} leads to nothing", page.display()));
            }
        }
    }
    if dead.is_empty() { Ok(links) } else { Err(dead.into_iter().collect::<Vec<_>>().join("\n")) }
}

/// The values of attributes in the tags of a line.
fn values<'h>(line: &'h str, names: &[&str]) -> Vec<&'h str> {
    let tags = line.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    let tags = tags.map(|(tag, _)| tag).filter(|tag| !tag.starts_with("base "));
    let values = tags.flat_map(|tag| {
        names.iter().filter_map(move |name| {
            let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
            rest.split_once('"').map(|(value, _)| value)
        })
    });
    values.collect()
}

/// Path and anchor of a link that stays on this machine.
fn parts(link: &str) -> Option<(&str, &str)> {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    (!path.contains(':') && !path.starts_with('/')).then_some((path, anchor))
}

/// A path seen from a page, without `..`; none if it leaves what there is.
fn resolved(page: &Path, path: &str) -> Option<PathBuf> {
    let mut flat = page.parent()?.to_owned();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir => flat.pop().then_some(())?,
            Component::CurDir => {}
            part => flat.push(part),
        }
    }
    Some(flat)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    /// A repository with one file outside of `docs/`, and its book with one page in a folder.
    fn book(body: &str) -> (TempDir, PathBuf) {
        let root = TempDir::new().unwrap();
        let book = root.path().join("target/book");
        fs::create_dir_all(book.join("layers")).unwrap();
        fs::write(root.path().join("README.md"), "# Read me\n").unwrap();
        fs::write(book.join("index.html"), "<h1 id=\"start\">Start</h1>\n").unwrap();
        fs::write(book.join("layers/to.html"), body).unwrap();
        (root, book)
    }

    #[test]
    fn a_link_out_of_the_pages_leads_to_a_copy() {
        let (root, book) = book("<a class=\"l\" href=\"../../README.html#read-me\">it</a>\n");
        assert_eq!(settle(root.path(), &book), Ok(1));
        let page = fs::read_to_string(book.join("layers/to.html")).unwrap();
        assert!(page.contains("href=\"../files/README.md.txt\""), "{page}");
        assert_eq!(fs::read_to_string(book.join("files/README.md.txt")).unwrap(), "# Read me\n");
    }

    #[test]
    fn a_dead_link_and_a_dead_anchor_are_named() {
        for link in ["../none.html", "../index.html#end", "#here", "../../none.nl", "../../../../a"]
        {
            let (root, book) = book(&format!("<p><a href=\"{link}\">it</a></p>\n"));
            let dead = format!("layers/to.html: {link} leads to nothing");
            assert_eq!(settle(root.path(), &book), Err(dead));
        }
        for link in ["../index.html#start", "https://example.org/", "#"] {
            let (root, book) = book(&format!("<a href=\"{link}\">it</a>\n"));
            assert!(settle(root.path(), &book).is_ok(), "{link}");
        }
    }
}
