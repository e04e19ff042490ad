//! Files as clients name them: `file` URIs, which are paths with some bytes escaped.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The path of a `file` URI; `None` for any other.
pub(super) fn to_path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let path = rest.strip_prefix("localhost").filter(|path| path.starts_with('/')).unwrap_or(rest);
    let path = path.split(['?', '#']).next().filter(|path| path.starts_with('/'))?;
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, behind @ ..] = rest {
        let escaped = behind.get(..2).filter(|_| *first == b'%');
        let byte =
            escaped.and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { behind.get(2..)? } else { behind };
    }
    let path = String::from_utf8(bytes).ok().filter(|path| !path.contains('\0'))?;
    // `/c:/policies` names a path of Windows.
    let drive = path.get(1..).filter(|path| cfg!(windows) && path.get(1..2) == Some(":"));
    Some(PathBuf::from(drive.unwrap_or(&path)))
}

/// The URI of a file.
pub(super) fn of_path(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', if cfg!(windows) { "/" } else { "\\" });
    let mut uri = String::from("file://");
    if !path.starts_with('/') {
        uri.push('/');
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            // Writing to a string cannot fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn path_comes_back_from_its_uri() {
        for path in ["/a/b.nl", "/a b/ü#?%20.nl", "/\u{1f600}.nl", "/a\\b.nl", "/"] {
            assert_eq!(to_path(&of_path(Path::new(path))).unwrap(), Path::new(path), "{path}");
        }
        assert_eq!(of_path(Path::new("/a b/ü.nl")), "file:///a%20b/%C3%BC.nl");
    }

    #[test]
    fn clients_escape_as_they_like() {
        let path = |uri| to_path(uri).map(|path| path.to_string_lossy().into_owned());
        assert_eq!(path("file:///a%2Fb%3ac.nl").unwrap(), "/a/b:c.nl");
        assert_eq!(path("file://localhost/a.nl").unwrap(), "/a.nl");
        assert_eq!(path("file:///a%zz%.nl").unwrap(), "/a%zz%.nl");
        for none in ["untitled:a", "file://host/a", "a.nl", "", "file:///a%00", "file:///%ff"] {
            assert_eq!(path(none), None, "{none}");
        }
    }
}
