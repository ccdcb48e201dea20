//! `directory`: a directory with declared owner and mode.

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::{AbsolutePath, FileMode};
use crate::model::english::{count, list};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{
    Declined, Portable, PortableAbsence, PortableDirectory, PortableKind, Portables,
};
use crate::model::query::{Answer, FileKind, Query, Stat};
use crate::model::step::{Attributes, Step};
use crate::provider::{Action, Provider, action, at_path, ownership, parents};
use inside::ContentAttributes;

mod inside;

/// Number of names in an error that lists what is in the way.
const SHOWN: usize = 3;

/// Directories that are never removed with their content, because the system needs them.
const PROTECTED: &[&str] = &[
    "/",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/lost+found",
    "/media",
    "/mnt",
    "/opt",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/sys",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/include",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/libx32",
    "/usr/local",
    "/usr/sbin",
    "/usr/share",
    "/usr/src",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/local",
    "/var/lock",
    "/var/log",
    "/var/mail",
    "/var/run",
    "/var/spool",
    "/var/tmp",
];

/// A directory with declared owner, group and mode.
///
/// `owner`, `group` and `mode` apply to the directory itself. `content_owner` and those beside it apply to what is inside.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Directory {
    /// Where the directory is.
    path: AbsolutePath,
    /// Owner of the directory, by name or number.
    owner: Option<String>,
    /// Group of the directory, by name or number.
    group: Option<String>,
    /// Permissions, in octal. Default for a new directory: `"0755"`.
    mode: Option<FileMode>,
    /// Whether missing parents are made too. With `delete`: whether the directory is removed with its content.
    #[serde(default)]
    recursive: bool,
    /// Owner of the parents that `recursive` makes. Default: the user who runs chefrs. Parents that exist stay as they are.
    parent_owner: Option<String>,
    /// Group of the parents that `recursive` makes. Default: the group of that user.
    parent_group: Option<String>,
    /// Permissions of the parents that `recursive` makes, in octal. Default: `"0755"`.
    parent_mode: Option<FileMode>,
    /// Owner of all files and directories inside, however deep. Links are not followed and stay as they are, and so do
    /// devices, sockets and other file systems. A file that gets another owner or group loses setuid and setgid. Every
    /// file inside is looked at in each run, at most 10000.
    content_owner: Option<String>,
    /// Group of all files and directories inside.
    content_group: Option<String>,
    /// Permissions of all files inside, in octal.
    content_file_mode: Option<FileMode>,
    /// Permissions of all directories inside, in octal.
    content_directory_mode: Option<FileMode>,
}

impl Directory {
    fn attributes(&self) -> Attributes {
        Attributes {
            owner: self.owner.clone(),
            group: self.group.clone(),
            mode: self.mode.map(|mode| mode.0),
        }
    }

    fn of_parents(&self) -> Attributes {
        Attributes {
            owner: self.parent_owner.clone(),
            group: self.parent_group.clone(),
            mode: self.parent_mode.map(|mode| mode.0),
        }
    }

    fn of_content(&self) -> ContentAttributes {
        ContentAttributes {
            owner: self.content_owner.clone(),
            group: self.content_group.clone(),
            file_mode: self.content_file_mode.map(|mode| mode.0),
            directory_mode: self.content_directory_mode.map(|mode| mode.0),
        }
    }

    /// Everything that needs accounts.
    fn all_attributes(&self) -> [Attributes; 3] {
        [self.attributes(), self.of_parents(), self.of_content().accounts()]
    }

    fn plan_create(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe("create"))?;
        for attributes in self.all_attributes() {
            ownership::require_accounts(&attributes, known)?;
        }
        let stat = match known.stat(&self.path) {
            // The directory will be there, whatever creates it.
            Err(Stop::Unknown(_)) => None,
            other => other?,
        };
        match stat {
            None => Ok(vec![self.make(known)?]),
            Some(stat) if stat.kind == FileKind::Directory => {
                let change = ownership::plan(&self.path, stat, &self.attributes());
                if change.is_some() && self.path.parent().is_none() {
                    return Err(Failure::impossible("the attributes of `/` are not changed").into());
                }
                let content = self.of_content();
                let inside =
                    if content.is_empty() { None } else { content.plan(&self.path, stat.inode.0, known)? };
                Ok(change.into_iter().chain(inside).collect())
            }
            Some(stat) => Err(self.occupied(stat, known)?.into()),
        }
    }

    fn make(&self, known: &Known) -> Result<Change, Stop> {
        let missing = match parents::missing(&self.path, known)? {
            above if above.is_empty() || self.recursive => above,
            above => {
                let nearest = above.last().map_or(Utf8Path::new("/"), Utf8PathBuf::as_path);
                return Err(Failure::new(format!("the directory `{nearest}` is not there"))
                    .hint(format!("declare it before this resource: directory \"{nearest}\""))
                    .hint("or say `recursive = true` to make it along the way")
                    .into());
            }
        };
        let above = match missing.as_slice() {
            [] => String::new(),
            [one] => format!(", with its parent {one}"),
            several => format!(", with its parents {}", list(several, "and")),
        };
        let attributes = self.attributes();
        let summary = format!("create directory{above}{}", ownership::describe(&attributes));
        let of_parents = self.of_parents();
        let step = |path: &Utf8PathBuf, attributes: &Attributes, parents| Step::MakeDirectory {
            path: path.clone(),
            attributes: attributes.clone(),
            parents,
        };
        let (mut steps, mut with) = (Vec::new(), String::new());
        if !of_parents.is_empty() && !missing.is_empty() {
            steps.extend(missing.iter().map(|parent| step(parent, &of_parents, false)));
            with = format!("; parents with {}", ownership::describe(&of_parents).trim_start_matches(", "));
        }
        let is_left_to_step = self.recursive && steps.is_empty();
        steps.push(step(&self.path, &attributes, is_left_to_step));
        let user = &known.host()?.user;
        let stat = at_path::stat(FileKind::Directory, user, &attributes);
        let change = Change { summary: summary + &with, steps, ..Change::default() };
        let change = at_path::with_stat(change, &self.path, Some(&stat))
            .then(Query::List(self.path.to_path_buf()), Answer::List(Some(Vec::new())));
        let above = at_path::stat(FileKind::Directory, user, &of_parents);
        Ok(parents::made_as(change, &self.path, &missing, &above))
    }

    fn plan_delete(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let Some(stat) = known.stat(&self.path)? else { return Ok(Vec::new()) };
        if stat.kind != FileKind::Directory {
            return Err(self.occupied(stat, known)?.into());
        }
        if !self.recursive {
            self.require_empty(known)?;
        }
        let path = || self.path.to_path_buf();
        let step = Step::Remove { path: path(), recursive: self.recursive, backup: 0 };
        let summary = if self.recursive { "delete directory with its content" } else { "delete directory" };
        Ok(vec![
            Change::new(summary, step)
                .then(Query::Stat(path()), Answer::Stat(None))
                .then(Query::Resolve(path()), Answer::Stat(None))
                .then(Query::List(path()), Answer::List(None)),
        ])
    }

    fn require_empty(&self, known: &Known) -> Result<(), Stop> {
        let names = known.list(&self.path)?.unwrap_or_default();
        if names.is_empty() {
            return Ok(());
        }
        let mut shown: Vec<String> = names.iter().take(SHOWN).cloned().collect();
        if let Some(rest) = names.len().checked_sub(SHOWN).filter(|rest| *rest > 0) {
            shown.push(count(rest, "other"));
        }
        Err(Failure::new(format!("`{}` is not empty: it holds {}", *self.path, list(&shown, "and")))
            .hint("say `recursive = true` to remove it with all that is in it")
            .into())
    }

    fn occupied(&self, stat: &Stat, known: &Known) -> Result<Failure, Stop> {
        let path = &*self.path;
        let removed = at_path::removal(path, stat.kind);
        Ok(match &stat.target {
            Some(target) => {
                let itself = at_path::itself("manage", path, target, known)?;
                Failure::impossible(format!("`{path}` is a link to `{target}`, not a directory"))
                    .hint(itself)
                    .hint(format!("or remove the link first: {removed}"))
            }
            None => Failure::impossible(format!("`{path}` is {}, not a directory", stat.kind.noun()))
                .hint(format!("remove it first: {removed}")),
        })
    }
}

impl Provider for Directory {
    const NAME: &'static str = "directory";
    const ACTIONS: &'static [Action] = &[
        action("create", "Makes the directory if it is missing, and sets owner, group and mode."),
        action("delete", "Removes the directory. If it is not empty, `recursive` is needed."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("path");
    const PLAN: &'static str = "Complete. What `delete` removes from inside the directory is not listed.";
    const PLATFORMS: &'static str = "Any Linux.";
    const EXAMPLE: &'static str = r#"
directory "/srv/blog" {
  mode = "0755",
}

directory "/var/cache/blog/pages" {
  recursive = true,
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        let path = &*self.path;
        if action == "delete" && self.recursive && PROTECTED.contains(&path.as_str()) {
            return Err(Failure::new(format!(
                "`{path}` with all that is in it is never removed: the system needs it"
            ))
            .hint("name the directory inside it that is to be removed"));
        }
        if !self.recursive && !self.of_parents().is_empty() {
            return Err(Failure::new(
                "`parent_owner`, `parent_group` and `parent_mode` need `recursive = true`",
            )
            .hint(
                "without it no parents are made; those that exist are declared as directories of their own",
            ));
        }
        let content = self.of_content();
        if action != "delete" && !content.is_empty() && PROTECTED.contains(&path.as_str()) {
            return Err(Failure::new(format!(
                "what is inside `{path}` does not get one owner or mode: the system needs it"
            ))
            .hint("name the directory inside it that is meant"));
        }
        if content.file_mode.is_some_and(|mode| mode & 0o6000 != 0) {
            return Err(Failure::new("`content_file_mode` would make every file inside setuid or setgid")
                .hint("declare the one program that needs it: file \"/path\" { mode = \"4755\" }"));
        }
        self.all_attributes().iter().try_for_each(ownership::check)
    }

    fn needs(&self, action: &str, needs: &mut NeededRights) {
        let has_content = self.content_owner.is_some()
            || self.content_group.is_some()
            || self.content_file_mode.is_some()
            || self.content_directory_mode.is_some();
        if has_content || action == "delete" && self.recursive {
            needs.tree(&*self.path);
        } else {
            needs.file(&*self.path);
        }
        needs.directory_mode(self.mode);
        needs.directory_mode(self.parent_mode);
        needs.directory_mode(self.content_directory_mode);
        needs.mode(self.content_file_mode);
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        let stat = Query::Stat(self.path.to_path_buf());
        match action {
            "delete" if self.recursive => vec![stat],
            "delete" => vec![stat, Query::List(self.path.to_path_buf())],
            _ => {
                let mut queries = vec![Query::Host, stat];
                queries.extend(parents::observe(&self.path));
                queries.extend(self.all_attributes().iter().flat_map(ownership::observe));
                queries
            }
        }
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        if action == "delete" {
            let (path, recursive) = (self.path.to_path_buf(), self.recursive);
            into.add(Portable::Absence(PortableAbsence { path, kind: PortableKind::Directory, recursive }));
            return Ok(());
        }
        into.add(Portable::Directory(PortableDirectory {
            path: self.path.to_path_buf(),
            attributes: self.attributes(),
            recursive: self.recursive,
            parents: self.of_parents(),
        }));
        self.of_content().portable(&self.path, into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        match action {
            "delete" => self.plan_delete(known),
            _ => self.plan_create(known),
        }
    }
}
