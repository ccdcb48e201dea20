//! A project, and a repository that people push to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use tempfile::TempDir;

use super::published::Index;
use crate::patience::CallInTime as _;

/// Both, in one directory. `[OPS]` stands for the URL of the repository, `[DIR]` for the project.
pub(super) struct Ground {
    folder: TempDir,
    variables: Mutex<Vec<(String, String)>>,
}

impl Ground {
    /// An empty project, and an empty repository. None if there is no git.
    pub(super) fn new() -> Option<Self> {
        let ground = Self { folder: tempfile::tempdir().unwrap(), variables: Mutex::default() };
        if Command::new("git").arg("--version").output_in_time().is_err() {
            crate::skipped::skip("no git");
            return None;
        }
        fs::create_dir(ground.project()).unwrap();
        ground.git(&["init", "--quiet", "--initial-branch=main", "work"]);
        ground.git(&["init", "--quiet", "--bare", "--initial-branch=main", "ops.git"]);
        ground.git(&["-C", "ops.git", "config", "receive.denyDeleteCurrent", "ignore"]);
        Some(ground)
    }

    /// The directory of all.
    pub(super) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// An empty index beside the project.
    pub(super) fn index(&self, name: &str) -> Index {
        Index::new(self.folder.path().join(name), &self.project())
    }

    /// Sets a variable for all calls that come.
    pub(super) fn variable(&self, name: &str, value: &str) {
        self.variables.lock().unwrap().push((name.to_owned(), value.to_owned()));
    }

    /// The directory of the project.
    pub(super) fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// The URL of the repository.
    pub(super) fn url(&self) -> String {
        format!("file://{}", self.folder.path().join("ops.git").display())
    }

    /// Calls git in the directory of all.
    pub(super) fn git(&self, words: &[&str]) -> String {
        let mut command = Command::new("git");
        for name in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{name}_NAME"), "Ada")
                .env(format!("GIT_{name}_EMAIL"), "ada@example.org");
            command.env(format!("GIT_{name}_DATE"), "2026-01-01T00:00:00Z");
        }
        let output =
            quiet(&mut command).args(words).current_dir(self.folder.path()).output_in_time().unwrap();
        assert!(output.status.success(), "git {words:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Writes a file of the work tree of the repository.
    pub(super) fn pushed(&self, path: &str, text: &str) -> &Self {
        write(&self.folder.path().join("work").join(path), &self.filled(text));
        self
    }

    /// Commits the work tree, with tags, and pushes everything. Returns the commit.
    pub(super) fn push(&self, tags: &[&str]) -> String {
        self.git(&["-C", "work", "add", "--all"]);
        self.git(&["-C", "work", "commit", "--quiet", "--allow-empty", "-m", "x"]);
        for tag in tags {
            self.git(&["-C", "work", "tag", "--force", "-a", "-m", "x", tag]);
        }
        self.git(&["-C", "work", "push", "--quiet", "--mirror", "../ops.git"]);
        self.git(&["-C", "work", "rev-parse", "HEAD"])
    }

    /// Pushes a version of a cookbook in a directory of the repository, which writes a file with its version.
    pub(super) fn version(&self, name: &str, version: &str, rest: &str) -> String {
        let needs = "[capabilities]\nfile = [\"[DIR]/**\"]";
        let manifest = format!("name = \"{name}\"\nversion = \"{version}\"\n{rest}\n{needs}\n");
        self.pushed(&format!("{name}/cookbook.toml"), &manifest);
        let recipe = format!("file \"[DIR]/{name}\" {{ content = \"{version}\\n\" }}\n");
        self.pushed(&format!("{name}/recipes/default.lua"), &recipe);
        self.push(&[&format!("{name}-v{version}")])
    }

    /// Writes a file of the project.
    pub(super) fn file(&self, path: &str, text: &str) -> &Self {
        write(&self.project().join(path), &self.filled(text));
        self
    }

    /// Writes `[cookbooks]`, a line each, and grants them files of the project.
    pub(super) fn takes(&self, lines: &str) -> &Self {
        self.takes_and_grants(lines, &[])
    }

    /// The same, with grants for others too.
    pub(super) fn takes_and_grants(&self, lines: &str, others: &[&str]) -> &Self {
        let aliases = lines.lines().filter_map(|line| line.split_once(" = ")).map(|(alias, _)| alias);
        let grants: Vec<String> = aliases
            .chain(others.iter().copied())
            .map(|alias| format!("[grants.{alias}]\nfile = [\"[DIR]/**\"]\n"))
            .collect();
        self.file("chefrs.toml", &format!("[cookbooks]\n{lines}\n{}", grants.concat()))
    }

    /// The text of a file of the project.
    pub(super) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.project().join(path)).unwrap_or_default()
    }

    fn filled(&self, text: &str) -> String {
        text.replace("[OPS]", &self.url()).replace("[DIR]", self.project().to_str().unwrap())
    }

    /// Calls `chefrs` in the project: its exit status, and all that it prints.
    pub(super) fn call(&self, words: &[&str]) -> (i32, String) {
        let output = self.command(env!("CARGO_BIN_EXE_chefrs"), words).output_in_time().unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8(text).unwrap().replace(&self.url(), "[OPS]");
        let text = text.replace(self.project().to_str().unwrap(), "[DIR]");
        (output.status.code().unwrap_or(-1), text)
    }

    /// A call of a program in the project.
    pub(super) fn command(&self, program: &str, words: &[&str]) -> Command {
        let words: Vec<String> = words.iter().map(|word| self.filled(word)).collect();
        let mut command = Command::new(program);
        command.args(words).current_dir(self.project());
        command.env_clear().env("HOME", self.folder.path()).env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.env("CHEFRS_STATE_DIRECTORY", self.folder.path().join(".state")).stdin(Stdio::null());
        command.envs(self.variables.lock().unwrap().iter().cloned());
        quiet(&mut command);
        command
    }

    /// A call that must succeed.
    pub(super) fn done(&self, words: &[&str]) -> String {
        let (status, text) = self.call(words);
        assert_eq!(status, 0, "{words:?}: {text}");
        text
    }

    /// A call that must fail, and say these things.
    pub(super) fn fails(&self, words: &[&str], status: i32, says: &[&str]) {
        let (found, text) = self.call(words);
        assert_eq!(found, status, "{words:?}: {text}");
        for part in says {
            assert!(text.contains(part), "{words:?} does not say {part:?}: {text}");
        }
    }

    /// The directory of the cache.
    pub(super) fn cache(&self) -> PathBuf {
        self.folder.path().join(".cache/chefrs")
    }

    /// Takes the repository away, and puts it back.
    pub(super) fn without_repository(&self, look: impl FnOnce()) {
        let (here, away) = (self.folder.path().join("ops.git"), self.folder.path().join("away"));
        fs::rename(&here, &away).unwrap();
        look();
        fs::rename(&away, &here).unwrap();
    }
}

/// Without the configuration of whoever runs the specs.
fn quiet(command: &mut Command) -> &mut Command {
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1")
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
