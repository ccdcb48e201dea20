//! The commit that a revision names in the remote repository.

use crate::model::error::{FailedCommand, Failure};
use crate::model::known::{Known, Stop};
use crate::model::query::{CommandResult, End};
use crate::model::step::Command;

use super::{Git, address};

impl Git {
    /// The command that looks up the revision; `None` for a full hash.
    pub(super) fn look_up(&self) -> Option<Command> {
        if is_hash(&self.revision) {
            return None;
        }
        let peeled = format!("{}^{{}}", self.revision);
        Some(self.command(&["ls-remote", "--", &self.remote_address().bare, &self.revision, &peeled]))
    }

    /// The commit to check out.
    ///
    /// # Errors
    /// git is missing, the repository can't be read, or it has no such revision.
    pub(super) fn commit(&self, known: &Known) -> Result<String, Stop> {
        let Some(command) = self.look_up() else { return Ok(self.revision.to_ascii_lowercase()) };
        let told = known.command(&command)?;
        if told.end != End::Exit(0) {
            let what = format!("can't read the repository `{}`", address::shown(&self.repository));
            return Err(failed(what, &command, told).into());
        }
        found(&told.stdout, &self.revision).ok_or_else(|| self.no_such_revision().into())
    }

    fn no_such_revision(&self) -> Failure {
        let revision = &self.revision;
        let failure = Failure::new(format!("`{}` has no `{revision}`", address::shown(&self.repository)));
        if revision.len() >= 7 && revision.chars().all(|c| c.is_ascii_hexdigit()) {
            return failure.hint("a commit is named by all 40 digits of its hash");
        }
        failure.hint(format!("see what it has: git ls-remote {}", address::shown(&self.repository)))
    }
}

/// A failure of git, with a hint if git is missing.
pub(super) fn failed(what: String, command: &Command, told: &CommandResult) -> Failure {
    // The options for the credential helper only distract.
    let asks = |word: &String| word.starts_with("credential.");
    let words =
        command.argv.iter().enumerate().filter(|(at, word)| {
            !(asks(word) || *word == "-c" && command.argv.get(at + 1).is_some_and(asks))
        });
    let argv = words.map(|(_, word)| address::shown(word)).collect();
    let output = told.stderr.lines().chain(told.stdout.lines()).map(str::to_owned).collect();
    let command = FailedCommand { argv, status: Some(told.end.to_string()), output };
    let failure = Failure { command: Some(command), ..Failure::new(what) };
    match &told.end {
        End::NotStarted(_) | End::Exit(127) => {
            failure.hint("if git is not there, declare it before this resource: package \"git\"")
        }
        _ if told.stderr.contains("Host key verification failed") => failure
            .hint("put the host's key into a file, and name it: known_hosts = \"/etc/ssh/ssh_known_hosts\""),
        _ => failure,
    }
}

/// The commit in the output of `ls-remote`: the peeled tag first, then tag, branch, or the ref itself.
fn found(listing: &str, revision: &str) -> Option<String> {
    let refs: Vec<(&str, &str)> = listing.lines().filter_map(|line| line.split_once('\t')).collect();
    let names = [
        format!("{revision}^{{}}"),
        revision.to_owned(),
        format!("refs/tags/{revision}^{{}}"),
        format!("refs/tags/{revision}"),
        format!("refs/heads/{revision}"),
    ];
    let hash = |name: &String| refs.iter().find(|(_, found)| *found == name).map(|(hash, _)| *hash);
    names.iter().find_map(hash).filter(|hash| is_hash(hash)).map(str::to_owned)
}

/// Whether a revision is a full hash.
pub(super) fn is_hash(revision: &str) -> bool {
    matches!(revision.len(), 40 | 64) && revision.chars().all(|c| c.is_ascii_hexdigit())
}
