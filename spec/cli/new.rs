//! `chefrs new`: what it makes is checked, tested and run at once; what exists is never changed.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::patience::CallInTime as _;

/// A directory to work in.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Calls a program in a folder: exit status, and all that it prints.
    fn call(&self, folder: &str, program: &str, words: &[&str]) -> (i32, String) {
        let programs = PathBuf::from(env!("CARGO_BIN_EXE_chefrs"));
        let programs = programs.parent().unwrap().display();
        let mut command = Command::new(program);
        command.args(words).current_dir(self.path(folder)).env_clear().env("HOME", self.0.path());
        command.env("PATH", format!("{programs}:/usr/local/bin:/usr/bin:/bin"));
        command.env("CHEFRS_STATE_DIRECTORY", self.path(".state")).stdin(Stdio::null());
        let output = command.output_in_time().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (
            output.status.code().unwrap_or(-1),
            text.replace(self.0.path().canonicalize().unwrap().to_str().unwrap(), "[DIR]"),
        )
    }

    /// A call that must succeed, and say this.
    fn says(&self, folder: &str, words: &[&str], part: &str) {
        let (status, text) = self.call(folder, env!("CARGO_BIN_EXE_chefrs"), words);
        assert_eq!(status, 0, "{words:?}: {text}");
        assert!(text.contains(part), "{words:?} does not say {part:?}: {text}");
    }

    /// Replaces the place that the files of an example are written to, so that specs don't meet there.
    fn elsewhere(&self, file: &str, name: &str) -> &Self {
        let text = fs::read_to_string(self.path(file)).unwrap();
        let example = format!("/tmp/chefrs-{name}");
        assert!(text.contains(&example), "{text}");
        fs::write(self.path(file), text.replace(&example, self.path("made").to_str().unwrap())).unwrap();
        self
    }
}

const CHECKED: &str = "with the facts of debian-12 and ubuntu-24.04";

#[test]
fn a_project_is_checked_tested_and_run_at_once() {
    let desk = Desk::new();
    desk.says(
        "",
        &["new", "project", "shop"],
        "next: in `shop`, `chefrs check`, then `chefrs plan -r server`\n",
    );
    desk.says("shop", &["check"], &format!("checked 1 recipe {CHECKED}, and 1 test: no problems found\n"));
    desk.says("shop", &["test"], "1 passed\n");
    let (status, text) = desk.call("shop", "sh", &["ci.sh"]);
    assert_eq!(status, 0, "{text}");
    desk.elsewhere("shop/recipes/server.lua", "shop");
    desk.says("shop", &["run", "-r", "server"], "2 updated, 0 up to date, 0 failed");
    desk.says("shop", &["run", "-r", "server"], "0 updated, 2 up to date, 0 failed");
}

#[test]
fn parts_of_a_project_go_where_they_belong() {
    let desk = Desk::new();
    desk.says("", &["new", "project", "shop"], "");
    desk.says("shop", &["new", "cookbook", "motd"], "next: `chefrs test motd`, then `chefrs plan -r motd`\n");
    assert!(!desk.path("shop/cookbooks/motd/ci.sh").exists());
    desk.says("shop/recipes", &["new", "recipe", "db"], "wrote [DIR]/shop/tests/db.lua\n");
    desk.says("shop", &["new", "resource", "note"], "others get it with `require \".\"`\n");
    desk.says("shop/cookbooks/motd/tests", &["new", "resource", "site"], "`require \"@motd\"`\n");
    desk.says(
        "shop",
        &["new", "recipe", "extra", "--cookbook", "motd"],
        "then `chefrs plan -r motd::extra`\n",
    );
    desk.says("shop", &["check"], &format!("checked 4 recipes {CHECKED}, and 9 tests: no problems found\n"));
    desk.elsewhere("shop/cookbooks/motd/attributes.lua", "motd");
    desk.elsewhere("shop/cookbooks/motd/cookbook.toml", "motd");
    desk.says("shop", &["run", "-r", "motd"], "2 updated, 0 up to date, 0 failed");
}

#[test]
fn a_cookbook_by_itself_is_worked_on_in_its_directory() {
    let desk = Desk::new();
    desk.says("", &["new", "cookbook", "motd", "-o", "ops/motd_book"], "wrote ops/motd_book/ci.sh\n");
    let folder = "ops/motd_book";
    desk.says(folder, &["test"], "2 passed\n");
    desk.says(folder, &["check"], &format!("checked 1 recipe {CHECKED}, and 2 tests: no problems found\n"));
    let (status, text) = desk.call(folder, "sh", &["ci.sh"]);
    assert_eq!(status, 0, "{text}");
    desk.says("ops/motd_book/recipes", &["new", "recipe", "extra"], "then `chefrs plan -r motd::extra`\n");
    desk.says(folder, &["new", "resource", "site"], "wrote [DIR]/ops/motd_book/resources/site.lua\n");
    desk.says("ops/motd_book/recipes", &["test"], "5 passed\n");
    desk.elsewhere("ops/motd_book/attributes.lua", "motd");
    desk.elsewhere("ops/motd_book/cookbook.toml", "motd");
    desk.says("ops/motd_book/recipes", &["run", "-r", "motd"], "2 updated, 0 up to date, 0 failed");
    desk.says(
        folder,
        &["run", "-e", "file '/tmp' { action = 'nothing' }"],
        "0 updated, 0 up to date, 1 skipped, 0 failed",
    );
    // Its own recipes are those of the cookbook, and are not there a second time under another name.
    let (status, text) = desk.call(folder, env!("CARGO_BIN_EXE_chefrs"), &["plan", "-r", "default"]);
    assert_eq!(status, 3, "{text}");
}

#[test]
fn what_exists_is_never_changed() {
    let desk = Desk::new();
    desk.says("", &["new", "project", "shop"], "");
    fs::write(desk.path("shop/tests/db.lua"), "-- mine\n").unwrap();
    for (words, says) in [
        (
            ["new", "recipe", "db"],
            "error: `[DIR]/shop/tests/db.lua` exists already\nhint: take another name; nothing was written\n",
        ),
        (["new", "recipe", "a/b"], "error: `a/b` is not a valid name for a recipe\n"),
        (["new", "resource", "Site"], "error: `Site` is not a valid name for a custom resource\n"),
        (["new", "cookbook", "9a"], "error: `9a` is not a valid name for a cookbook\n"),
        (["new", "cookbook", "Acme/motd"], "a name with a scope is `scope/name`"),
        (["new", "project", "a b"], "error: `a b` is not a valid name for a project\n"),
        (["new", "project", "."], "error: `./chefrs.toml` exists already\n"),
    ] {
        let (status, text) = desk.call("shop", env!("CARGO_BIN_EXE_chefrs"), &words);
        assert_eq!(status, 64, "{words:?}: {text}");
        assert!(text.contains(says), "{words:?}: {text}");
    }
    assert_eq!(fs::read_to_string(desk.path("shop/tests/db.lua")).unwrap(), "-- mine\n");
    let mut names: Vec<_> =
        fs::read_dir(desk.path("shop/recipes")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["server.lua"]);
    let (status, text) =
        desk.call("shop", env!("CARGO_BIN_EXE_chefrs"), &["new", "recipe", "x", "--cookbook", "nginx"]);
    assert_eq!(status, 64, "{text}");
    assert!(
        text.contains("the project has no cookbook `nginx`\nnote: one of that name ships with chefrs\n"),
        "{text}"
    );
}

#[test]
fn what_can_not_be_written_leaves_nothing() {
    let desk = Desk::new();
    // A file is in the way of a directory.
    fs::create_dir(desk.path("shop")).unwrap();
    fs::write(desk.path("shop/tests"), "").unwrap();
    let (status, text) = desk.call("", env!("CARGO_BIN_EXE_chefrs"), &["new", "project", "shop"]);
    assert_eq!(status, 1, "{text}");
    assert!(text.contains("error: the files can't be written to `shop`: "), "{text}");
    assert!(!desk.path("shop/chefrs.toml").exists());
    assert!(!desk.path("shop/recipes/server.lua").exists());
}
