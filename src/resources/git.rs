//! `git`: a working copy of a repository.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::content::AbsolutePath;
use crate::model::known::{Known, Stop};
use crate::model::step::{Attributes, Command};
use crate::provider::{Provider, ownership};

mod address;
mod local_work;
mod login;
mod provider;
mod remote;
mod working_copy;

use login::RemoteAddress;

/// A working copy of a git repository, at the commit that a branch, tag or hash names.
///
/// The commit is checked out detached. Local changes and local commits are not lost unless you say so: see
/// `local_changes`. Untracked files stay. `revision` is looked up in the remote repository in each run, unless it is
/// the full hash of a commit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Git {
    /// Directory of the working copy.
    destination: AbsolutePath,
    /// Address of the remote repository: `https://…`, `ssh://…`, `user@host:path`, `file://…`, or an absolute path. A
    /// login in it (`https://user:password@host/…`) is passed to git in secret, and is not stored in the working copy.
    repository: String,
    /// Branch, tag, full name of a ref, or full hash of a commit.
    #[serde(default = "head")]
    revision: String,
    /// Number of commits to fetch. Default: the whole history.
    depth: Option<u32>,
    /// Whether submodules are checked out too.
    #[serde(default)]
    enable_submodules: bool,
    /// What happens to local changes of tracked files, and to local commits. `"fail"`: nothing is changed, and the
    /// resource fails and lists them. `"keep"`: changed files stay; the resource fails only if the new commit changes
    /// the same files. `"discard"`: they are lost.
    #[serde(default)]
    local_changes: LocalChanges,
    /// Name of the remote in the working copy.
    #[serde(default = "origin")]
    remote: String,
    /// User who runs git and owns the working copy.
    user: Option<String>,
    /// Group to run git as. Default: the user's primary group.
    group: Option<String>,
    /// Private key for ssh, such as a deploy key.
    ssh_key: Option<AbsolutePath>,
    /// File with the host keys that ssh accepts; all others are refused. Default: the user's `known_hosts`.
    known_hosts: Option<AbsolutePath>,
    /// Variables for git.
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// Seconds until a command is stopped.
    #[serde(default = "quarter_hour")]
    timeout: u64,
    /// Whether a value is a secret.
    #[serde(skip)]
    secret: bool,
}

/// What becomes of work that was done in a working copy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum LocalChanges {
    /// Nothing is touched: the resource fails.
    #[default]
    Fail,
    /// Changed files stay as they are; it fails only where the other commit changes the same files.
    Keep,
    /// Files become what the commit says.
    Discard,
}

fn head() -> String {
    "HEAD".to_owned()
}

fn origin() -> String {
    "origin".to_owned()
}

fn quarter_hour() -> u64 {
    900
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

impl Git {
    fn inside(&self, path: &str) -> Utf8PathBuf {
        self.destination.join(path)
    }

    /// The address, with the login split off.
    fn remote_address(&self) -> RemoteAddress {
        login::split_off_login(&self.repository, self.secret)
    }

    /// git without prompts, and without transports that run a program from the address.
    fn command(&self, arguments: &[&str]) -> Command {
        let argv = ["git", "-c", "protocol.ext.allow=never", "-c", "advice.detachedHead=false"];
        let mut command =
            Command { timeout: self.timeout, ..Command { argv: words(&argv), ..self.surroundings() } };
        if matches!(arguments.first(), Some(&("ls-remote" | "fetch" | "submodule")))
            && let Some(login) = self.remote_address().login
        {
            login.pass_to(&mut command);
        }
        command.argv.extend(words(arguments));
        command
    }

    /// Like [`Self::command`], in the working copy.
    fn inner(&self, arguments: &[&str]) -> Command {
        Command { cwd: Some(self.destination.to_path_buf()), ..self.command(arguments) }
    }

    /// Name of the remote. An export in progress has its own.
    fn remote_of(&self, action: &str) -> &str {
        if action == "export" { "chefrs-export" } else { &self.remote }
    }

    fn attributes(&self, known: &Known) -> Result<Attributes, Stop> {
        let owner = Attributes { owner: self.user.clone(), group: self.group.clone(), mode: None };
        ownership::require_accounts(&owner, known)?;
        let group = match (&self.group, &self.user) {
            (None, Some(user)) => known.user(user)?.map(|user| user.group.clone()),
            (group, _) => group.clone(),
        };
        Ok(Attributes { group, ..owner })
    }
}
