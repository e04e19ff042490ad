//! `use` on real directories.

use super::*;
use crate::codes;
use std::fs;
use std::path::PathBuf;

/// A directory of its own, gone when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str, files: &[(&str, &str)]) -> Self {
        let id = std::process::id();
        let path = std::env::temp_dir().join(format!("ninelives-{id}-{test}"));
        let _ = fs::remove_dir_all(&path);
        for (name, text) in files {
            let file = path.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        Self(path)
    }

    fn load(&self, name: &str) -> Load {
        load_path(&self.0.join(name), Front::Text).unwrap()
    }

    fn found(&self, name: &str) -> Vec<String> {
        let load = self.load(name);
        let root = format!("{}/", self.0.display());
        load.diagnostics
            .iter()
            .map(|finding| {
                let file = &load.files[finding.span.file.index()];
                let text = format!(
                    "{} {} `{}` {}",
                    finding.code,
                    file.name(),
                    file.slice(finding.span),
                    finding.message
                );
                text.replace(&root, "")
            })
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn imports_are_flat_and_a_file_is_read_once() {
    let folder = Folder::new(
        "flat",
        &[
            ("a.nl", "use \"b.nl\"; use \"sub/../c.nl\"; policy a = b + c;"),
            ("b.nl", "use \"c.nl\"; policy b = c;"),
            ("c.nl", "policy c = pass;"),
            ("sub/d.nl", ""),
        ],
    );
    let load = folder.load("a.nl");
    assert_eq!(load.diagnostics, []);
    assert_eq!(load.files.len(), 3);
    let entries: Vec<_> = load.plan.policies.iter().filter(|it| it.entry).collect();
    assert_eq!(entries.len(), 1);
}

#[test]
fn what_an_import_uses_is_not_seen() {
    let folder = Folder::new(
        "transitive",
        &[
            ("a.nl", "use \"b.nl\"; policy a = c;"),
            ("b.nl", "use \"c.nl\"; policy b = c;"),
            ("c.nl", "policy c = pass;"),
        ],
    );
    assert_eq!(folder.found("a.nl"), ["NL002 a.nl `c` unknown policy `c`"]);
    let help = folder.load("a.nl").diagnostics[0].help.clone().unwrap();
    assert!(help.contains("c.nl"), "{help}");
}

#[test]
fn names_are_unique_in_the_whole_load() {
    let folder = Folder::new(
        "unique",
        &[
            ("a.nl", "use \"b.nl\"; policy c = pass;"),
            ("b.nl", "use \"c.nl\"; policy b = c;"),
            ("c.nl", "policy c = pass;"),
        ],
    );
    assert_eq!(folder.found("a.nl"), ["NL005 a.nl `c` `c` is declared twice"]);
}

#[test]
fn files_that_use_each_other_are_one_error() {
    let folder = Folder::new(
        "circle",
        &[
            ("a.nl", "use \"b.nl\"; policy a = b;"),
            ("b.nl", "use \"a.nl\"; policy b = pass;"),
            ("self.nl", "use \"self.nl\"; policy c = pass;"),
        ],
    );
    assert_eq!(
        folder.found("a.nl"),
        ["NL007 b.nl `\"a.nl\"` files use each other in a circle: `a.nl`, `b.nl`"]
    );
    assert_eq!(folder.found("self.nl"), ["NL007 self.nl `\"self.nl\"` `self.nl` uses itself"]);
}

#[test]
fn use_is_at_most_eight_files_deep() {
    let files: Vec<_> = (0..12)
        .map(|n| {
            let text = format!("use \"{}.nl\"; policy q{n} = pass;", n + 1);
            (format!("{n}.nl"), text)
        })
        .collect();
    let files: Vec<_> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let folder = Folder::new("deep", &files);
    assert_eq!(folder.found("0.nl"), ["NL010 8.nl `\"9.nl\"` `use` is more than 8 files deep"]);
}

#[test]
fn nothing_outside_the_directory_is_read() {
    let folder = Folder::new(
        "outside",
        &[
            ("secret.nl", "policy secret = pass;"),
            (
                "in/a.nl",
                "use \"../secret.nl\"; use \"link.nl\"; use \"/etc/passwd\"; use \"sub/../../secret.nl\"; policy a = secret;",
            ),
        ],
    );
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.0.join("secret.nl"), folder.0.join("in/link.nl")).unwrap();
    let load = folder.load("in/a.nl");
    assert_eq!(load.files.len(), 1);
    assert_eq!(load.diagnostics.len(), 4, "{:?}", folder.found("in/a.nl"));
    assert!(load.diagnostics.iter().all(|it| it.code == codes::IMPORT));
    #[cfg(unix)]
    assert!(load.diagnostics[1].message.contains("outside"));
}

#[test]
fn an_import_that_cannot_be_read_silences_the_names_it_may_hold() {
    let folder = Folder::new(
        "missing",
        &[
            ("a.nl", "use \"gone.nl\"; use \"folder\"; policy a = from_gone + retry(other);"),
            ("folder/x.nl", ""),
        ],
    );
    assert_eq!(
        folder.found("a.nl"),
        [
            "NL014 a.nl `\"gone.nl\"` `gone.nl` cannot be read: there is no such file",
            "NL014 a.nl `\"folder\"` `folder` cannot be read: not a file",
        ]
    );
}

/// Loads a file of the folder as an editor has it, and calls it by its name alone.
fn as_edited(folder: &Folder, name: &str, unsaved: &[(&str, &str)]) -> Load {
    let root = fs::canonicalize(&folder.0).unwrap();
    let text = |path: &Path| {
        let found = unsaved.iter().find(|(name, _)| root.join(name) == path);
        found.map(|(_, text)| *text)
    };
    load_document(&folder.0.join(name), Path::new(name), &text, Front::Text).unwrap()
}

#[test]
fn what_is_not_saved_holds_in_the_place_of_the_disk() {
    let folder = Folder::new(
        "unsaved",
        &[("a.nl", "use \"sub/b.nl\"; policy a = b;"), ("sub/b.nl", "policy b = pass;")],
    );
    let messages = |unsaved: &[(&str, &str)]| {
        let load = as_edited(&folder, "a.nl", unsaved);
        let names: Vec<_> = load.files.iter().map(|file| file.name().to_owned()).collect();
        let said: Vec<_> = load.diagnostics.iter().map(|it| it.message.clone()).collect();
        (names, said)
    };
    let files = vec!["a.nl".to_owned(), "sub/b.nl".to_owned()];
    assert_eq!(messages(&[]), (files.clone(), vec![]));
    let unknown = vec!["unknown policy `b`".to_owned()];
    assert_eq!(messages(&[("sub/b.nl", "policy c = pass;")]), (files, unknown));
    // A file that is on no disk yet, in a directory that is.
    let new = [("a.nl", "use \"sub/c.nl\"; policy a = c;"), ("sub/c.nl", "policy c = pass;")];
    assert_eq!(messages(&new), (vec!["a.nl".to_owned(), "sub/c.nl".to_owned()], vec![]));
}

#[cfg(unix)]
#[test]
fn what_is_not_saved_opens_no_way_out_of_the_directory() {
    let folder =
        Folder::new("unsaved-outside", &[("in/a.nl", ""), ("out/b.nl", "policy b = pass;")]);
    std::os::unix::fs::symlink(folder.0.join("out"), folder.0.join("in/link")).unwrap();
    for path in ["../out/b.nl", "link/b.nl", "link/new.nl"] {
        let text = format!("use \"{path}\"; policy a = b;");
        let unsaved =
            [("in/a.nl", text.as_str()), ("out/b.nl", "policy b = fail;"), ("out/new.nl", "")];
        let load = as_edited(&folder, "in/a.nl", &unsaved);
        assert_eq!(load.files.len(), 1, "{path}");
        let message = &load.diagnostics[0].message;
        assert!(message.ends_with("lies outside the directory of the first file"), "{message}");
    }
}

#[test]
fn a_text_without_a_directory_imports_nothing() {
    let load = load_bytes("<stdin>", b"use \"a.nl\";", None, Front::Text);
    assert_eq!(load.diagnostics.len(), 1);
    assert_eq!(load.diagnostics[0].code, codes::IMPORT);
}

#[test]
fn bytes_that_are_no_text_are_one_error() {
    let load = load_bytes("a.nl", b"policy a = \xff;", None, Front::Text);
    assert_eq!(load.diagnostics.len(), 1);
    assert_eq!(load.diagnostics[0].code, codes::ENCODING);
    assert!(load.has_errors());
}

#[test]
fn every_place_where_a_file_was_looked_for_is_told() {
    let folder = Folder::new(
        "looked-at",
        &[("a.nl", "use \"b/b.nl\"; use \"gone.nl\";"), ("b/b.nl", "use \"c.nl\";")],
    );
    let looked_at = folder.load("a.nl").looked_at;
    let places: Vec<_> = ["a.nl", "b/b.nl", "gone.nl", "b/c.nl"].map(|it| folder.0.join(it)).into();
    assert_eq!(looked_at, places);
}

mod values {
    //! Texts that are one value.

    use super::*;
    use crate::catalogue::{HEDGE, RETRY, TIMEOUT};
    use crate::value::{Backoff, Budget, Number, Ratio};
    use proptest::prelude::*;
    use std::time::Duration;

    fn found(text: &str, parameter: &ParameterEntry) -> String {
        let findings = load_value(text, parameter, None).unwrap_err();
        let [finding] = &findings[..] else { panic!("`{text}`: {findings:?}") };
        finding.message.clone()
    }

    #[test]
    fn a_value_is_read_as_its_parameter_takes_it() {
        let read = |text, parameter| load_value(text, parameter, None).unwrap();
        let second = Duration::from_secs(1);
        assert_eq!(read("1s", &TIMEOUT.parameters[0]), Value::Duration(second));
        let backoff = RETRY.parameter("backoff").unwrap();
        assert_eq!(read("fixed(base = 1s)", backoff), Value::Backoff(Backoff::fixed(second)));
        // A ratio stands for a budget; the rest of it is the layer's own default.
        let budget = HEDGE.parameter("budget").unwrap();
        let expected = Budget { ratio: Ratio::percent(7), ..Budget::HEDGE };
        assert_eq!(read("7%", budget), Value::Budget(expected));
        let factor = Value::Backoff(Backoff::exponential(second)).parts().get(1);
        let read = load_value("2", backoff, factor);
        assert_eq!(read, Ok(Value::Number(Number::whole(2))));
    }

    #[test]
    fn what_is_not_one_value_is_one_finding() {
        let duration = &TIMEOUT.parameters[0];
        assert_eq!(found("5", duration), "expected a duration, found a count");
        assert_eq!(found("timeout(1s)", duration), "expected a duration, found a policy");
        assert_eq!(found("patience", duration), "unknown name `patience`");
        for text in ["", "1s, 2s", "1s; 2s", "1s 2s", "1s) + retry(3", "{ 1s }", "a: 1s"] {
            assert!(load_value(text, duration, None).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_value_that_is_accepted_or_has_findings(text: String) {
            for parameter in RETRY.parameters {
                match load_value(&text, parameter, None) {
                    Ok(value) => {
                        prop_assert!(parameter.accepts.contains(&value.kind().unwrap()));
                    }
                    Err(findings) => prop_assert!(!findings.is_empty()),
                }
            }
        }
    }
}
