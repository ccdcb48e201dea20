//! `docs`, `man` and `editor` write documents: whole, never through a link, and over nothing but their own files.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::program::Program;
use crate::skipped::is_root;

/// Commands with the directory that they write to, one of the files there, and what their error begins with.
const WRITERS: [(&[&str], &str, &str, &str); 3] = [
    (&["docs", "-o", "made"], "made", "index.html", "the documentation can't be written to `made`: "),
    (&["man", "made"], "made", "chefrs-run.1", "the manual pages can't be written to `made`: "),
    (&["editor"], ".chefrs-editor", "chefrs.d.luau", "the types can't be written to `./.chefrs-editor`: "),
];

/// Somebody who is not root.
const OTHER: Option<u32> = Some(65534);

/// Lays something in the way of each, and asserts that the command says it and leaves it as it is.
fn refused(lay: impl Fn(&Path, &str), said: &str) {
    for (words, directory, name, error) in WRITERS {
        let folder = tempfile::tempdir().unwrap();
        lay(&folder.path().join(directory), name);
        // `docs` counts what is no page before it writes.
        let said =
            if words[0] == "docs" && said.contains("regular") { "is not a page of the doc" } else { said };
        let output = Program::new(words).within(folder).output();
        assert_eq!(output.status, 1, "{words:?}: {}{}", output.stdout, output.stderr);
        assert!(output.stderr.starts_with(&format!("error: {error}")), "{}", output.stderr);
        assert!(output.stderr.contains(said), "{}", output.stderr);
        let kept = fs::read_to_string(output.directory.path().join("kept"));
        assert!(!kept.is_ok_and(|kept| kept != "kept"), "{words:?} wrote through a link");
    }
}

/// Makes the directory, and a file beside it that must stay as it is.
fn beside(directory: &Path) -> std::path::PathBuf {
    fs::create_dir(directory).unwrap();
    let kept = directory.parent().unwrap().join("kept");
    fs::write(&kept, "kept").unwrap();
    kept
}

#[test]
fn what_lies_in_the_way_of_documents_is_left_alone() {
    refused(|directory, name| symlink(beside(directory), directory.join(name)).unwrap(), "regular file");
    refused(
        |directory, name| {
            beside(directory);
            mkfifo(&directory.join(name), Mode::S_IRWXU).unwrap();
        },
        "regular file",
    );
    refused(
        |directory, name| {
            beside(directory);
            fs::create_dir(directory.join(name)).unwrap();
        },
        "regular file",
    );
}

#[test]
fn root_writes_no_documents_through_links_or_over_files_of_others() {
    if !is_root() {
        return;
    }
    refused(
        |directory, name| {
            beside(directory);
            fs::write(directory.join(name), "theirs").unwrap();
            chown(directory.join(name), OTHER, OTHER).unwrap();
        },
        "is there and belongs to `nobody`",
    );
    // The directory itself is a link that another user laid, to one of root's.
    refused(
        |directory, _| {
            let real = directory.with_file_name("real");
            fs::create_dir(&real).unwrap();
            symlink(&real, directory).unwrap();
            std::os::unix::fs::lchown(directory, OTHER, OTHER).unwrap();
        },
        "belongs to `nobody` and leads to",
    );
}

#[test]
fn documents_are_replaced_whole_and_keep_their_mode() {
    for (words, directory, name, _) in WRITERS {
        let output = Program::new(words).output();
        assert_eq!(output.status, 0, "{words:?}: {}", output.stderr);
        let path = output.directory.path().join(directory).join(name);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode(&path) & 0o700, 0o600, "{words:?}");
        let first = fs::read(&path).unwrap();
        fs::write(&path, &first[..first.len() / 2]).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        fs::hard_link(&path, output.directory.path().join("other-name")).unwrap();
        let output = Program::new(words).within(output.directory).output();
        assert_eq!(output.status, 0, "{words:?}: {}", output.stderr);
        let again = fs::read(&path).unwrap();
        assert!(again == first && mode(&path) == 0o640, "{words:?}");
        // The file that was there is not written into.
        let other = fs::read(output.directory.path().join("other-name")).unwrap();
        assert_eq!(other.len(), first.len() / 2, "{words:?}");
        let names: Vec<_> =
            fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(!names.iter().any(|name| name.to_string_lossy().starts_with(".chefrs-")), "{names:?}");
    }
}
