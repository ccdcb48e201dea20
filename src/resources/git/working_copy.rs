//! What is at the destination, and the commands that check out a commit there.

use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, CommandResult, End, Query, Stat};
use crate::model::step::Command;
use crate::provider::at_path;

use super::local_work::DONE;
use super::{Git, remote};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WorkingCopy {
    Absent,
    /// An empty directory.
    Empty,
    /// Files without a repository: an export, or something else.
    Files,
    /// A repository. It has no commit if a clone was interrupted.
    At {
        commit: Option<String>,
        /// Address of its remote. Empty if it has none.
        remote: String,
    },
}

impl WorkingCopy {
    /// Whether an action other than `sync` has nothing left to do.
    ///
    /// # Errors
    /// What is there was not made by this action.
    pub(super) fn is_done(&self, action: &str, git: &Git) -> Result<bool, Failure> {
        let path = &*git.destination;
        match self {
            Self::Absent | Self::Empty => Ok(false),
            Self::Files if action == "sync" => {
                Err(Failure::new(format!("`{path}` has files in it and is not a git working copy"))
                    .hint("name another directory, or move away what is there"))
            }
            Self::Files => Ok(true),
            // An interrupted export has its own remote. With another remote it is a real working copy.
            Self::At { commit: Some(_), remote } if action == "export" && !git.is_right(remote) => {
                Err(Failure::new(format!("`{path}` is a working copy, not an export"))
                    .hint("keep it with the action \"sync\", or remove it first"))
            }
            Self::At { commit, .. } => Ok(action == "checkout" && commit.is_some()),
        }
    }
}

impl Git {
    /// Looks at the destination.
    ///
    /// # Errors
    /// Something other than a working copy, or another user's.
    pub(super) fn working_copy(&self, remote: &str, known: &Known) -> Result<WorkingCopy, Stop> {
        let Some(stat) = at_path::directory(&self.destination, known)? else {
            return Ok(WorkingCopy::Absent);
        };
        if known.stat(&self.inside(".git"))?.is_none() {
            let empty = known.list(&self.destination)?.is_none_or(<[String]>::is_empty);
            return Ok(if empty { WorkingCopy::Empty } else { WorkingCopy::Files });
        }
        self.require_own(stat, known)?;
        let questions = [self.current_commit(), self.current_remote(remote)];
        known.want(questions.map(|command| Query::Command(Box::new(command))))?;
        let commit = known.command(&self.current_commit())?;
        let address = known.command(&self.current_remote(remote))?;
        let hash = Some(commit.stdout.trim()).filter(|_| commit.end == End::Exit(0));
        if matches!(commit.end, End::NotStarted(_) | End::Exit(127)) {
            let what = format!("can't read the working copy `{}`", *self.destination);
            return Err(remote::failed(what, &self.current_commit(), commit).into());
        }
        Ok(WorkingCopy::At {
            commit: hash.filter(|hash| remote::is_hash(hash)).map(str::to_owned),
            remote: address.stdout.trim_end().to_owned(),
        })
    }

    /// Whether an address is the declared one.
    pub(super) fn is_right(&self, remote: &str) -> bool {
        remote == self.remote_address().bare
    }

    /// git runs hooks and settings of the working copy, so it must not belong to another user.
    fn require_own(&self, stat: &Stat, known: &Known) -> Result<(), Stop> {
        let user = self.user.as_ref().unwrap_or(&known.host()?.user);
        if stat.owner == *user || stat.uid.to_string() == *user {
            return Ok(());
        }
        Err(Failure::new(format!(
            "the working copy `{}` belongs to `{}`, and git would run as `{user}`",
            *self.destination, stat.owner
        ))
        .hint(format!("let its owner run git: user = \"{}\"", stat.owner))
        .into())
    }

    /// Prints the current commit.
    pub(super) fn current_commit(&self) -> Command {
        self.inner(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
    }

    /// Prints the address of the remote.
    pub(super) fn current_remote(&self, remote: &str) -> Command {
        self.inner(&["config", "--get", &format!("remote.{remote}.url")])
    }

    /// Prints a line for each submodule, with a mark before those that differ from the commit.
    pub(super) fn submodule_state(&self) -> Command {
        self.inner(&["submodule", "status", "--recursive"])
    }

    /// Whether a submodule differs from the commit.
    pub(super) fn submodules_differ(&self, known: &Known) -> Result<bool, Stop> {
        if !self.enable_submodules {
            return Ok(false);
        }
        let told = known.command(&self.submodule_state())?;
        Ok(told.end != End::Exit(0) || told.stdout.lines().any(|line| !line.starts_with(' ')))
    }

    /// The commands that bring the destination to the commit. Each can be repeated after an interruption. With
    /// `is_forced`, local changes are overwritten; without, git refuses to.
    pub(super) fn fetch(
        &self,
        copy: &WorkingCopy,
        remote: &str,
        commit: Option<&str>,
        is_forced: bool,
    ) -> Vec<Command> {
        let mut commands = Vec::new();
        if !matches!(copy, WorkingCopy::At { .. }) {
            commands.push(self.command(&["init", "--quiet", "--", self.destination.as_str()]));
        }
        let (current, right) = match copy {
            WorkingCopy::At { commit, remote } => (commit.as_deref(), self.is_right(remote)),
            WorkingCopy::Absent | WorkingCopy::Empty | WorkingCopy::Files => (None, false),
        };
        if !right {
            let refs = format!("+refs/heads/*:refs/remotes/{remote}/*");
            // The address is set last: it shows that everything before is done, if the run ends here.
            commands.push(self.inner(&["config", &format!("remote.{remote}.fetch"), &refs]));
            commands.push(self.inner(&[
                "config",
                &format!("remote.{remote}.url"),
                &self.remote_address().bare,
            ]));
        }
        let target = commit.unwrap_or("FETCH_HEAD");
        let mut fetch = vec!["fetch", "--quiet", "--force"];
        let depth = self.depth.map(|depth| format!("--depth={depth}"));
        match &depth {
            Some(depth) => {
                fetch.extend([depth, "--no-tags", "--", remote, target_or(commit, &self.revision)]);
            }
            // A full fetch gets all branches and tags. Any other ref must be named.
            None if self.revision.starts_with("refs/") => fetch.extend(["--", remote, &self.revision]),
            None => fetch.extend(["--tags", "--", remote]),
        }
        // The current commit need not be fetched.
        if !right || current.is_none() || current != commit {
            commands.push(self.inner(&fetch));
        }
        let force = if is_forced { "--force" } else { "--no-overwrite-ignore" };
        commands.push(self.inner(&["checkout", "--quiet", force, "--detach", target]));
        // From now on the commit does not count as local work.
        commands.push(self.inner(&["update-ref", DONE, "HEAD"]));
        if self.enable_submodules {
            commands.push(self.inner(&["submodule", "sync", "--quiet", "--recursive"]));
            let mut update = vec!["submodule", "update", "--quiet", "--init", "--recursive"];
            update.extend(is_forced.then_some("--force"));
            update.extend(depth.as_deref());
            commands.push(self.inner(&update));
        }
        commands
    }
}

/// What a shallow fetch names: the commit if only that is known, or else its ref.
fn target_or<'a>(commit: Option<&'a str>, revision: &'a str) -> &'a str {
    match commit {
        Some(commit) if commit.eq_ignore_ascii_case(revision) => commit,
        _ => revision,
    }
}

/// The answer of a command that printed nothing.
pub(super) fn printed_nothing() -> Answer {
    Answer::Command(CommandResult::default())
}

/// The answer of a command that printed one line.
pub(super) fn printed(line: String) -> Answer {
    Answer::Command(CommandResult { stdout: line + "\n", ..CommandResult::default() })
}
