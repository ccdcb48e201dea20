//! Local changes and commits in the working copy.

use super::{Git, LocalChanges, remote};
use crate::model::english::{count, list, list_some};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{End, Query};
use crate::model::step::Command;

/// Ref of the commit that chefrs checked out last.
pub(super) const DONE: &str = "refs/chefrs/commit";
/// Number of files and commits that are listed by name.
const SHOWN: usize = 5;

/// Work in a working copy that nobody else has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LocalWork {
    /// Tracked files that differ from the commit, with git's names.
    files: Vec<String>,
    /// Commits on no branch or tag of the remote, each with its subject. Only filled if another commit is to be checked
    /// out.
    commits: Vec<String>,
}

impl LocalWork {
    pub(super) fn is_any(&self) -> bool {
        !(self.files.is_empty() && self.commits.is_empty())
    }

    pub(super) fn has_files(&self) -> bool {
        !self.files.is_empty()
    }

    /// For messages: `local changes of page and 1 local commit (1a2b3c4 Fix)`.
    pub(super) fn words(&self) -> String {
        let files =
            (!self.files.is_empty()).then(|| format!("local changes of {}", list_some(&self.files, SHOWN)));
        let number = count(self.commits.len(), "local commit");
        let commits =
            (!self.commits.is_empty()).then(|| format!("{number} ({})", list_some(&self.commits, SHOWN)));
        list(&files.into_iter().chain(commits).collect::<Vec<_>>(), "and")
    }
}

impl Git {
    /// Local work in a working copy at the commit `current`, if `wanted` is to be checked out.
    pub(super) fn local_work(
        &self,
        current: &str,
        wanted: Option<&str>,
        known: &Known,
    ) -> Result<LocalWork, Stop> {
        let moves = wanted != Some(current);
        let status = self.told(&self.status(), known)?;
        let files: Vec<String> = status.lines().filter_map(changed).map(str::to_owned).collect();
        if files.is_empty() && !moves {
            return Ok(LocalWork::default());
        }
        let commands = [self.own_refs(), self.own_branch(), self.commits_of_nobody_else()];
        known.want(commands.map(|command| Query::Command(Box::new(command))))?;
        let refs = self.told(&self.own_refs(), known)?;
        // Before chefrs kept a ref, a commit that it had checked out was on no branch either: it is not local work.
        let on_branch = known.command(&self.own_branch())?.end == End::Exit(0);
        let noted = refs.lines().any(|name| name == DONE);
        let mut commits = Vec::new();
        if moves && (on_branch || noted) {
            let told = self.told(&self.commits_of_nobody_else(), known)?;
            commits.extend(told.lines().map(str::to_owned));
        }
        Ok(LocalWork { files, commits })
    }

    /// Fails for work that would be lost, unless `local_changes` allows it.
    pub(super) fn require_nothing_lost(&self, work: &LocalWork) -> Result<(), Failure> {
        let lost = match self.local_changes {
            LocalChanges::Discard => false,
            LocalChanges::Keep => !work.commits.is_empty(),
            LocalChanges::Fail => work.is_any(),
        };
        if !lost {
            return Ok(());
        }
        let ways = if work.commits.is_empty() { "\"keep\" or \"discard\"" } else { "\"discard\"" };
        Err(Failure::impossible(format!(
            "the working copy `{}` has {}, which would be lost",
            *self.destination,
            work.words()
        ))
        .hint("bring them into the repository, or move them away")
        .hint(format!("or say what happens to them: local_changes = {ways}")))
    }

    /// Prints a line for each tracked file that differs. Untracked files are never lost.
    pub(super) fn status(&self) -> Command {
        let submodules =
            if self.enable_submodules { "--ignore-submodules=untracked" } else { "--ignore-submodules=all" };
        let mut command = self.inner(&["status", "--porcelain=v2", "--untracked-files=no", submodules]);
        // Otherwise `git status` would write to the index.
        command.environment.insert("GIT_OPTIONAL_LOCKS".into(), "0".into());
        command
    }

    /// Prints the refs of chefrs.
    fn own_refs(&self) -> Command {
        self.inner(&["for-each-ref", "--format=%(refname)", "refs/chefrs"])
    }

    /// Succeeds if a branch is checked out, and fails for a detached commit.
    fn own_branch(&self) -> Command {
        self.inner(&["symbolic-ref", "--quiet", "HEAD"])
    }

    /// Prints the commits that came neither from the remote nor from chefrs.
    fn commits_of_nobody_else(&self) -> Command {
        self.inner(&[
            "log",
            "--no-decorate",
            "--format=%h %s",
            "--max-count=100",
            "HEAD",
            "--not",
            "--remotes",
            "--tags",
            "--glob=refs/chefrs/*",
        ])
    }

    /// The output of a command.
    fn told<'k>(&self, command: &Command, known: &'k Known) -> Result<&'k str, Stop> {
        let told = known.command(command)?;
        if told.end == End::Exit(0) {
            return Ok(&told.stdout);
        }
        let what = format!("can't tell what was changed in the working copy `{}`", *self.destination);
        Err(remote::failed(what, command, told).into())
    }
}

/// The path in a line of the status. `None` for a submodule that is only at another commit, which is reported
/// elsewhere.
fn changed(line: &str) -> Option<&str> {
    let fields = match line.chars().next()? {
        '1' => 9,
        '2' => 10,
        'u' => 11,
        _ => return None,
    };
    let parts: Vec<&str> = line.splitn(fields, ' ').collect();
    let path = *parts.get(fields - 1)?;
    let submodule = *parts.get(2)?;
    if submodule.starts_with('S') && !submodule.contains('M') {
        return None;
    }
    Some(path.split('\t').next().unwrap_or(path))
}
