//! A command with all its options.

use std::borrow::Cow;
use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

/// A command with its options. No shell is involved, except if `argv` starts one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Command {
    /// Program and arguments.
    pub argv: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<Utf8PathBuf>,
    /// User to run as. Default: the current user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Group to run as. Default: the user's primary group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Environment variables to add to a small fixed environment (`PATH`, `HOME`, `USER`, `LANG=C.UTF-8`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// File mode creation mask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub umask: Option<u32>,
    /// Text for standard input. Default: empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// Timeout in seconds. 0 means the default of the caller.
    #[serde(default)]
    pub timeout: u64,
    /// Whether it only waits for something that other changes may bring. A plan does not run it while one is pending.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
    /// Whether its output tells of the file that is its last argument. A plan does not know the output while a change to
    /// that file is pending.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tells_of_file: bool,
    /// Whether a recipe brings it to look at the machine, so that it may read anything. A plan does not know the output while
    /// a command that may do anything is pending, or a change to a file that it names.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reads_anything: bool,
    /// Exit statuses that mean success. Empty means just 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<i32>,
    /// A read-only command to run after a failure. Its output is added to the failure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnose: Vec<String>,
    /// A command to run after a failure, to restore the previous state. It runs as the same user in the same directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Box<[String]>>,
}

impl Command {
    /// Creates a command without options.
    pub fn new<S: Into<String>>(argv: impl IntoIterator<Item = S>) -> Self {
        Self { argv: argv.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// The command with what it does not set itself, taken from the one around it.
    #[must_use]
    pub fn inheriting(&self, around: Self) -> Self {
        let mut command = self.clone();
        command.cwd = command.cwd.or(around.cwd);
        // A group belongs to its user: combined with another user, it would be a surprise.
        if command.user.is_none() {
            command.user = around.user;
            command.group = command.group.or(around.group);
        }
        command.umask = command.umask.or(around.umask);
        for (name, value) in around.environment {
            command.environment.entry(name).or_insert(value);
        }
        command
    }

    /// The command that restores the previous state, if there is one.
    #[must_use]
    pub fn undoing(&self) -> Option<Self> {
        let Self { undo: Some(argv), cwd, user, group, .. } = self.clone() else { return None };
        Some(Self { cwd, user, group, ..Self::new(argv) })
    }

    /// The file of which alone its output tells, if there is one.
    #[must_use]
    pub fn told_file(&self) -> Option<&Utf8Path> {
        self.argv.last().filter(|_| self.tells_of_file).map(Utf8Path::new)
    }

    /// All absolute paths in its arguments, those in the text of a script included.
    pub fn paths_in_arguments(&self) -> impl Iterator<Item = Utf8PathBuf> {
        let ends = |c: char| c.is_whitespace() || "'\"`;|&()<>=,:".contains(c);
        let words = self.argv.iter().skip(1).flat_map(move |word| word.split(ends));
        words.filter(|word| word.starts_with('/') && word.len() > 1).map(Utf8PathBuf::from)
    }

    /// Whether an exit status means success.
    #[must_use]
    pub fn accepts(&self, status: i32) -> bool {
        if self.returns.is_empty() { status == 0 } else { self.returns.contains(&status) }
    }

    /// The command line as a person would type it. For `sh -c` just the script.
    #[must_use]
    pub fn display(&self) -> String {
        match self.argv.as_slice() {
            [sh, flag, script] if sh == "/bin/sh" && flag == "-c" => script.clone(),
            argv => argv.iter().map(|word| as_word(word)).collect::<Vec<_>>().join(" "),
        }
    }
}

/// Quotes a word for a shell if necessary.
fn as_word(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || "_@%+=:,./-^".contains(c);
    // A shell expands braces only around a comma or `..`.
    let whole = |c: char| plain(c) || (matches!(c, '{' | '}') && !word.contains([',', '.']));
    if !word.is_empty() && (word.chars().all(whole) || matches!(word, "[" | "]")) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}
