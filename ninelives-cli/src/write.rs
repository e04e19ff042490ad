//! Changing a file of the user: the whole new text or the old one, never a part.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use tempfile::Builder;

/// Puts `text` in the place of what the file holds.
///
/// A reader sees the old text or the new one. The file keeps its permissions; behind a symbolic link
/// it is the target that changes, and the link stays.
///
/// # Errors
/// When the file cannot be written; it is untouched then.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let target = fs::canonicalize(path)?;
    // A rename asks the directory alone: a file that may not be written must refuse by itself.
    let permissions = File::options().write(true).open(&target)?.metadata()?.permissions();
    let directory = target.parent().unwrap_or(Path::new("."));
    let mut new = Builder::new().prefix(".nl-").tempfile_in(directory)?;
    new.write_all(text.as_bytes())?;
    new.as_file().set_permissions(permissions)?;
    // Before the rename: else a crash could leave an empty file in the place of a good one.
    new.as_file().sync_all()?;
    new.persist(&target)?;
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn the_target_of_a_link_changes_and_keeps_its_permissions() {
        let directory = tempfile::tempdir().unwrap();
        let [file, link] = ["a.nl", "link.nl"].map(|name| directory.path().join(name));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("a.nl", &link).unwrap();
        replace(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_is_not_there_is_not_made() {
        let directory = tempfile::tempdir().unwrap();
        let missing = directory.path().join("a.nl");
        assert_eq!(replace(&missing, "new").unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
