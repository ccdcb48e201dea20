//! The actions of `git`, and how they are planned.

use super::local_work::LocalWork;
use super::working_copy::{self, WorkingCopy};
use super::{Git, LocalChanges, address};
use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::english::count;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{CheckoutAct, Declined, Portable, PortableCheckout, Portables};
use crate::model::query::{Answer, FileKind, Query, Stat};
use crate::model::step::{Attributes, Command, Step};
use crate::provider::{Action, Provider, action, at_path, ownership, parents};

impl Git {
    fn plan_with(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        let copy = self.working_copy(self.remote_of(action), known)?;
        if copy.is_done(action, self)? {
            return Ok(Vec::new());
        }
        let absent = copy == WorkingCopy::Absent;
        let commit = match self.commit(known) {
            // If nothing is there, something will be, whatever the remote says.
            Err(Stop::Unknown(_)) if absent => None,
            other => Some(other?),
        };
        let work = match &copy {
            WorkingCopy::At { commit: Some(current), .. } if action == "sync" => {
                self.local_work(current, commit.as_deref(), known)?
            }
            _ => LocalWork::default(),
        };
        self.require_nothing_lost(&work)?;
        let dirty = match &copy {
            WorkingCopy::At { commit: current, remote } => {
                current.as_ref() != commit.as_ref()
                    || !self.is_right(remote)
                    || self.submodules_differ(known)?
                    || (work.has_files() && self.local_changes == LocalChanges::Discard)
            }
            WorkingCopy::Absent | WorkingCopy::Empty | WorkingCopy::Files => true,
        };
        if !dirty && action != "export" {
            return Ok(Vec::new());
        }
        Ok(vec![self.change(action, &copy, &work, commit, known)?])
    }

    fn change(
        &self,
        action: &str,
        copy: &WorkingCopy,
        work: &LocalWork,
        commit: Option<String>,
        known: &Known,
    ) -> Result<Change, Stop> {
        let attributes = self.attributes(known)?;
        let mut steps = Vec::new();
        let mut stat = known.stat(&self.destination)?.cloned();
        match &stat {
            None => {
                parents::require(&self.destination, known)?;
                let path = self.destination.to_path_buf();
                steps.push(Step::MakeDirectory { path, attributes: attributes.clone(), parents: false });
            }
            Some(_) if matches!(copy, WorkingCopy::At { .. }) => {}
            Some(stat) => {
                let owned = ownership::plan(&self.destination, stat, &attributes);
                steps.extend(owned.into_iter().flat_map(|change| change.steps));
            }
        }
        let is_forced = !matches!(copy, WorkingCopy::At { commit: Some(_), .. })
            || self.local_changes == LocalChanges::Discard
            || action == "export";
        let commands = self.fetch(copy, self.remote_of(action), commit.as_deref(), is_forced);
        steps.extend(commands.into_iter().map(Step::Run));
        if action == "export" {
            steps.push(Step::Remove { path: self.inside(".git"), recursive: true, backup: 0 });
        }
        let user = self.user.as_ref().unwrap_or(&known.host()?.user);
        let after = stat.get_or_insert_with(|| at_path::stat(FileKind::Directory, user, &attributes));
        if !matches!(copy, WorkingCopy::At { .. }) {
            ownership::overlay(after, &attributes);
        }
        let change = Change {
            summary: self.summary(action, copy, work, commit.as_deref()),
            steps,
            ..Change::default()
        }
        .reaching(Reach::Told);
        let change = self.predict(change, after, action, commit);
        Ok(change.obscures(self.destination.to_path_buf()))
    }

    fn summary(&self, action: &str, copy: &WorkingCopy, work: &LocalWork, commit: Option<&str>) -> String {
        let short = |commit: &str| commit.chars().take(10).collect::<String>();
        let to = match commit {
            Some(commit) if commit.starts_with(&self.revision) => short(commit),
            Some(commit) => format!("{} ({})", self.revision, short(commit)),
            None => self.revision.clone(),
        };
        let from = address::shown(&self.repository);
        let WorkingCopy::At { commit: Some(current), remote } = copy else {
            let more = self.more(action);
            return match action {
                "export" => format!("export {to} of {from}{more}"),
                _ => format!("clone {from} at {to}{more}"),
            };
        };
        let of_remote = (!self.is_right(remote)).then(|| match remote.as_str() {
            "" => format!("set remote to {from}"),
            other => format!("change remote {} to {from}", address::shown(other)),
        });
        let verb = if self.local_changes == LocalChanges::Keep { "keep" } else { "discard" };
        let of_work = work.is_any().then(|| format!("{verb} {}", work.words()));
        let moved = (Some(current.as_str()) != commit)
            .then(|| format!("check out {to} of {from}, was {}", short(current)));
        let parts: Vec<String> = if action == "export" {
            vec![format!("export {to} of {from}{}", self.more(action))]
        } else {
            moved.into_iter().chain(of_remote).chain(of_work).collect()
        };
        match parts.as_slice() {
            [] => "check out submodules".into(),
            parts => parts.join(", "),
        }
    }

    /// The remaining options, for the summary.
    fn more(&self, action: &str) -> String {
        let depth =
            self.depth.map(|depth| count(usize::try_from(depth).unwrap_or(usize::MAX), "commit") + " deep");
        let is_export = action == "export";
        let parts = [
            depth.filter(|_| !is_export),
            self.enable_submodules.then(|| "with submodules".to_owned()),
            (self.remote != super::origin() && !is_export).then(|| format!("remote {}", self.remote)),
        ];
        let owner = Attributes { owner: self.user.clone(), group: self.group.clone(), mode: None };
        let parts = parts.into_iter().flatten().flat_map(|part| [", ".to_owned(), part]);
        parts.collect::<String>() + &ownership::describe(&owner)
    }

    fn predict(&self, change: Change, after: &Stat, action: &str, commit: Option<String>) -> Change {
        let here = format!("git[{}]", *self.destination);
        let change = at_path::with_stat(change, &self.destination, Some(after))
            .then(Query::List(self.destination.to_path_buf()), Answer::Unknown(here.clone()));
        let git = at_path::stat(FileKind::Directory, &after.owner, &Attributes::default());
        let git = if action == "export" { None } else { Some(git) };
        let change = at_path::with_stat(change, &self.inside(".git"), git.as_ref());
        if action == "export" {
            return change;
        }
        let answer = |text: Option<String>| match text {
            Some(text) => working_copy::printed(text),
            None => Answer::Unknown(here.clone()),
        };
        let change = change.then(Query::Command(Box::new(self.current_commit())), answer(commit)).then(
            Query::Command(Box::new(self.current_remote(&self.remote))),
            answer(Some(self.remote_address().bare)),
        );
        // Kept files stay as they are.
        let change = match self.local_changes {
            LocalChanges::Keep => change,
            LocalChanges::Fail | LocalChanges::Discard => {
                change.then(Query::Command(Box::new(self.status())), working_copy::printed_nothing())
            }
        };
        if self.enable_submodules {
            return change.then(Query::Command(Box::new(self.submodule_state())), answer(None));
        }
        change
    }
}

impl Provider for Git {
    const NAME: &'static str = "git";
    const ACTIONS: &'static [Action] = &[
        action("sync", "Clones the repository, or checks out what `revision` names now."),
        action(
            "checkout",
            "Clones the repository if the destination is missing or empty. An existing working copy is left as it is.",
        ),
        action("export", "Exports the files without history if the destination is missing or empty."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("destination");
    const SURROUNDINGS: &'static [&'static str] = &["user", "group", "environment", "ssh_key", "known_hosts"];
    const PLAN: &'static str = "Asks the remote repository which commit `revision` names. The files of a commit that is not yet \
         fetched are unknown.";
    const PLATFORMS: &'static str = "Any Linux with git on the target.";
    const EXAMPLE: &'static str = r#"
git "/srv/blog/src" {
  repository = "https://git.example.org/blog.git",
  revision = "v1.2",
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        self.check_address()
    }

    fn keep_secret(&mut self) {
        self.secret = true;
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.fetch(&self.repository);
        needs.tree(&*self.destination);
        self.ssh_key.iter().chain(&self.known_hosts).for_each(|path| needs.read(&**path));
        // Hooks and settings in the working copy say what git runs.
        needs.argv_in(["git"], &self.environment);
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        let mut queries = vec![
            Query::Host,
            Query::Stat(self.destination.to_path_buf()),
            Query::Stat(self.inside(".git")),
            Query::List(self.destination.to_path_buf()),
        ];
        queries.extend(parents::observe(&self.destination));
        queries.extend(ownership::observe(&Attributes {
            owner: self.user.clone(),
            group: self.group.clone(),
            mode: None,
        }));
        if action == "sync" {
            queries.extend(self.look_up().map(|command| Query::Command(Box::new(command))));
        }
        queries
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let act = match action {
            "checkout" => CheckoutAct::Checkout,
            "export" => CheckoutAct::Export,
            _ => CheckoutAct::Sync,
        };
        let keeps = self.local_changes == LocalChanges::Keep;
        into.lose(keeps, "local_changes", "a working copy with local changes is an error");
        // Its first word belongs to the command alone; what stands before it says how to log in.
        let mut command = self.command(&["fetch"]);
        command.argv.pop();
        into.add(Portable::Checkout(PortableCheckout {
            act,
            repository: self.remote_address().bare,
            revision: self.revision.clone(),
            remote: self.remote.clone(),
            destination: self.destination.to_path_buf(),
            depth: self.depth,
            submodules: self.enable_submodules,
            discard_changes: self.local_changes == LocalChanges::Discard,
            command,
        }));
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        self.plan_with(action, known)
    }

    fn surroundings(&self) -> Command {
        let mut environment = self.environment.clone();
        environment.entry("GIT_TERMINAL_PROMPT".into()).or_insert_with(|| "0".into());
        environment.entry("GIT_SSH_COMMAND".into()).or_insert_with(|| self.ssh());
        Command { user: self.user.clone(), group: self.group.clone(), environment, ..Command::default() }
    }
}
