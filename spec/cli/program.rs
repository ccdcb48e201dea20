//! One call of the program in a directory and an environment of its own: files in, words in, words out.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::planned::Planned;
use crate::patience::CallInTime as _;

/// A call that has not been made yet. A stream that is not mentioned must stay empty; the status must be 0 unless said.
#[must_use = "a call says nothing until `check` or `output` makes it"]
pub(crate) struct Program {
    directory: TempDir,
    /// Where the call is made, below the directory.
    folder: String,
    words: Vec<String>,
    environment: Vec<(String, String)>,
    stdout: Expected,
    stderr: Expected,
    status: i32,
}

enum Expected {
    Exactly(String),
    Containing(Vec<String>),
}

/// What a call gave.
pub(crate) struct Output {
    /// Exit status; -1 after a signal.
    pub(crate) status: i32,
    /// Standard output; the directory of the call reads `[DIR]`, and how long a run took `[TIME]`.
    pub(crate) stdout: String,
    /// Standard error, likewise.
    pub(crate) stderr: String,
    /// The directory, to look at what was made there.
    pub(crate) directory: TempDir,
}

impl Program {
    /// `chefrs` with these words, in an empty directory; a run keeps its state in `.state` there.
    pub(crate) fn new(words: &[&str]) -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            folder: String::new(),
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            environment: Vec::new(),
            stdout: Expected::Exactly(String::new()),
            stderr: Expected::Exactly(String::new()),
            status: 0,
        }
    }

    /// The same words and environment once more, in a directory that an earlier call has left.
    pub(crate) fn within(mut self, directory: TempDir) -> Self {
        self.directory = directory;
        self
    }

    /// Puts a file into the directory; its folders are made. `[DIR]` in its text reads as the directory.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        let place = self.directory.path().to_str().unwrap();
        let text = text.replace("[DIR]", place);
        let path = self.directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Takes a folder of the directory from everyone but its owner, as a state directory has to be.
    pub(crate) fn private(self, path: &str) -> Self {
        self.mode(path, 0o700)
    }

    /// Sets the permission bits of something in the directory.
    pub(crate) fn mode(self, path: &str, bits: u32) -> Self {
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(bits)).unwrap();
        self
    }

    /// Makes the call in a folder of the directory, which is made too.
    pub(crate) fn inside(mut self, folder: &str) -> Self {
        fs::create_dir_all(self.path(folder)).unwrap();
        folder.clone_into(&mut self.folder);
        self
    }

    /// Where something of the directory lies.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    /// Sets a variable; the environment is otherwise bare.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// All of standard output.
    pub(crate) fn stdout(mut self, text: &str) -> Self {
        self.stdout = Expected::Exactly(text.to_owned());
        self
    }

    /// A part of standard output.
    pub(crate) fn stdout_has(mut self, text: &str) -> Self {
        self.stdout = self.stdout.and(text);
        self
    }

    /// All of standard error.
    pub(crate) fn stderr(mut self, text: &str) -> Self {
        self.stderr = Expected::Exactly(text.to_owned());
        self
    }

    /// A part of standard error.
    pub(crate) fn stderr_has(mut self, text: &str) -> Self {
        self.stderr = self.stderr.and(text);
        self
    }

    /// Exit status.
    pub(crate) fn status(mut self, status: i32) -> Self {
        self.status = status;
        self
    }

    /// Makes the call and compares everything; gives what came out for further looks.
    pub(crate) fn check(self) -> Output {
        let (words, status) = (self.words.join(" "), self.status);
        let expected = (self.stdout, self.stderr);
        let output = made(&self.words, &self.environment, self.directory, &self.folder);
        let all = format!(
            "chefrs {words}\nstatus: {}\nstdout:\n{}\nstderr:\n{}",
            output.status, output.stdout, output.stderr
        );
        expected.0.hold(&output.stdout, "stdout", &all);
        expected.1.hold(&output.stderr, "stderr", &all);
        assert_eq!(output.status, status, "{all}");
        output
    }

    /// Makes the call without expecting anything of what it says.
    pub(crate) fn output(self) -> Output {
        made(&self.words, &self.environment, self.directory, &self.folder)
    }
}

impl Expected {
    fn and(self, text: &str) -> Self {
        let mut parts = match self {
            Self::Containing(parts) => parts,
            Self::Exactly(_) => Vec::new(),
        };
        parts.push(text.to_owned());
        Self::Containing(parts)
    }

    fn hold(&self, actual: &str, stream: &str, all: &str) {
        match self {
            Self::Exactly(text) => assert_eq!(actual, text, "{stream} of {all}"),
            Self::Containing(parts) => {
                for part in parts {
                    assert!(actual.contains(part.as_str()), "no {part:?} in {stream} of {all}");
                }
            }
        }
    }
}

/// Makes a call. What is run on this machine is planned before, and the plan comes true.
fn made(words: &[String], environment: &[(String, String)], directory: TempDir, folder: &str) -> Output {
    let aside = |words: &[String]| call(words, environment, directory.path(), folder).1;
    let planned = Planned::of(words, aside);
    let (status, stdout, stderr) = call(words, environment, directory.path(), folder);
    let lies = planned.and_then(|planned| planned.lies(aside)).unwrap_or_default().join("\n");
    assert!(lies.is_empty(), "{words:?}: {lies}\n{stdout}{stderr}");
    Output { status, stdout, stderr, directory }
}

/// Exit status, standard output and standard error of a call.
fn call(
    words: &[String],
    environment: &[(String, String)],
    directory: &Path,
    folder: &str,
) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(words)
        .current_dir(directory.join(folder))
        .env_clear()
        .env("HOME", directory)
        .env("CHEFRS_STATE_DIRECTORY", directory.join(".state"))
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .env("COLUMNS", "100")
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .output_in_time()
        .unwrap();
    let place = directory.to_str().unwrap();
    let text = |bytes: &[u8]| timeless(&String::from_utf8(bytes.to_vec()).unwrap().replace(place, "[DIR]"));
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// The line that counts, without its time.
pub(crate) fn timeless(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| match line.rsplit_once(" in ") {
        Some((counts, time))
            if counts.contains(" up to date, ") && time.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            format!("{counts} in [TIME]\n")
        }
        _ => line.to_owned(),
    });
    lines.collect()
}
