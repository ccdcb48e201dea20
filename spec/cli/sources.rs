//! What a recipe fetches: a working copy, a download, its archive, a directory of the cookbook; then again, and after
//! a change at the source.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::program::Program;

use crate::patience::CallInTime as _;
use crate::skipped::skip;

const RECIPE: &str = r#"
remote_directory "[DIR]/srv/static" { source = "static", purge = true }
git "[DIR]/srv/src" { repository = "[DIR]/up", local_changes = "discard" }
git "[DIR]/srv/tag" { repository = "file://[DIR]/up", revision = "v1", depth = 1 }
git "[DIR]/srv/export" { repository = "[DIR]/up", action = "export" }
remote_file "[DIR]/srv/a.tar" { source = "file://[DIR]/a.tar", action = "refresh" }
archive_file "[DIR]/srv/a.tar" { destination = "[DIR]/srv/app", strip_components = 1 }
"#;

fn git(directory: &Path, words: &[&str]) -> bool {
    let identity = ["-c", "user.name=cook", "-c", "user.email=cook@example.org"];
    let mut command = Command::new("git");
    command.args(identity).args(words).current_dir(directory).env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.output_in_time().is_ok_and(|output| output.status.success())
}

fn commit(up: &Path, text: &str) {
    fs::write(up.join("page"), text).unwrap();
    assert!(git(up, &["add", "."]) && git(up, &["commit", "--quiet", "-m", text]));
}

fn archive(path: &Path, text: &str) {
    let mut builder = tar::Builder::new(fs::File::create(path).unwrap());
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    builder.append_data(&mut header, "app-1/page", text.as_bytes()).unwrap();
    builder.finish().unwrap();
}

#[test]
fn sources_arrive_stay_and_follow() {
    let call = |words: &[&str]| Program::new(words);
    let first = call(&["--version"])
        .file("recipes/main.lua", RECIPE)
        .file("files/static/css/a.css", "a {}\n")
        .file("srv/static/stray", "")
        .output();
    let root = first.directory.path().to_owned();
    let up = root.join("up");
    fs::create_dir(&up).unwrap();
    if !git(&up, &["init", "--quiet"]) {
        skip("no git");
        return;
    }
    commit(&up, "one");
    assert!(git(&up, &["tag", "-a", "v1", "-m", "v1"]));
    commit(&up, "two");
    archive(&root.join("a.tar"), "one");
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();

    let output = call(&["run", "-r", "main"]).within(first.directory).output();
    assert_eq!(output.status, 0, "{}{}", output.stdout, output.stderr);
    assert!(output.stdout.contains("6 updated, 0 up to date"), "{}", output.stdout);
    assert_eq!((read("srv/src/page"), read("srv/tag/page")), ("two".into(), "one".into()));
    assert_eq!((read("srv/export/page"), read("srv/app/page")), ("two".into(), "one".into()));
    assert_eq!(read("srv/static/css/a.css"), "a {}\n");
    assert!(!root.join("srv/export/.git").exists());
    assert!(!root.join("srv/static/stray").exists());

    // Only the download that is asked for in any case is made again.
    let output = call(&["run", "-r", "main"]).within(output.directory).output();
    assert!(output.stdout.contains("1 updated, 5 up to date"), "{}", output.stdout);

    commit(&up, "three");
    archive(&root.join("a.tar"), "two");
    fs::write(root.join("srv/src/page"), "changed by hand").unwrap();
    let output = call(&["run", "-r", "main"]).within(output.directory).output();
    assert!(output.stdout.contains("3 updated, 3 up to date"), "{}", output.stdout);
    assert_eq!((read("srv/src/page"), read("srv/export/page")), ("three".into(), "two".into()));
    assert_eq!(read("srv/app/page"), "two");
}
