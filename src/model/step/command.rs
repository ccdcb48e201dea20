//! A program to be run, with all that decides how.

use std::borrow::Cow;
use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

/// A program with its surroundings. No shell sees it unless the argument list names one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Command {
    /// Program and arguments.
    pub argv: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<Utf8PathBuf>,
    /// User to run as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Group to run as; the user's own unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Variables over a small fixed environment (PATH, HOME, USER, LANG=C.UTF-8).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// File mode creation mask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub umask: Option<u32>,
    /// Text for standard input; otherwise it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// Seconds until it is stopped; 0 stands for the default of its use.
    #[serde(default)]
    pub timeout: u64,
    /// Exit statuses that mean success; 0 where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<i32>,
    /// Program and arguments that tell why it failed; what they print is added to the failure. They change nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnose: Vec<String>,
    /// Program and arguments that put back what was there before, run where it fails, as the same user and in the same
    /// directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Box<[String]>>,
}

impl Command {
    /// A command without special surroundings.
    pub fn new<S: Into<String>>(argv: impl IntoIterator<Item = S>) -> Self {
        Self { argv: argv.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// The command that puts back what was there before, if there is one.
    #[must_use]
    pub fn undoing(&self) -> Option<Self> {
        let Self { undo: Some(argv), cwd, user, group, .. } = self.clone() else { return None };
        Some(Self { cwd, user, group, ..Self::new(argv) })
    }

    /// Whether an exit status means success.
    #[must_use]
    pub fn accepts(&self, status: i32) -> bool {
        if self.returns.is_empty() { status == 0 } else { self.returns.contains(&status) }
    }

    /// As a person would type it; a shell's script stands alone.
    #[must_use]
    pub fn display(&self) -> String {
        match self.argv.as_slice() {
            [sh, flag, script] if sh == "/bin/sh" && flag == "-c" => script.clone(),
            argv => argv.iter().map(|word| as_word(word)).collect::<Vec<_>>().join(" "),
        }
    }
}

/// A word as a shell takes it, in quotes where it needs them.
fn as_word(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || "_@%+=:,./-^".contains(c);
    // Braces are only read as a list where there is a comma.
    let whole = |c: char| plain(c) || (matches!(c, '{' | '}') && !word.contains([',', '.']));
    if !word.is_empty() && (word.chars().all(whole) || matches!(word, "[" | "]")) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}
