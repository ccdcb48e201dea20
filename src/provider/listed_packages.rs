//! Packages of a manager whose program lists what is installed: pip, npm, gem, snap.

use serde_json::{Map, Value, json};

use crate::model::change::{Change, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Portable, PortableCommand, Portables, script};
use crate::model::query::{Answer, CommandResult, End, Query};
use crate::model::sorted;
use crate::model::step::{Command, Step};
use crate::provider::run_as;

/// An installed package. The version is empty while a plan can't know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPackage {
    pub name: String,
    pub version: String,
}

/// A list that a program prints.
#[derive(Debug, Clone, Copy)]
pub struct PackageList {
    /// Arguments of the program.
    pub arguments: &'static [&'static str],
    /// Exit statuses with which it has printed the list.
    pub ends: &'static [i32],
    /// Reads the list. `None` if it is none.
    pub parse: fn(&str) -> Option<Vec<ListedPackage>>,
    /// Prints a list as the program does, for what a plan knows in advance.
    pub print: fn(&[ListedPackage]) -> String,
}

/// What is said of a manager: its arguments, and how its lists are read.
#[derive(Debug, Clone, Copy)]
pub struct ListedManager {
    /// For people: `npm`.
    pub name: &'static str,
    /// What brings the program, for a machine that does not have it.
    pub comes_with: &'static str,
    /// What is installed.
    pub installed: PackageList,
    /// What could be upgraded, each with the newest version. Only `upgrade` asks for it.
    pub outdated: PackageList,
    /// Arguments that install packages.
    pub install: &'static [&'static str],
    /// Arguments that bring installed packages to another version.
    pub change: &'static [&'static str],
    /// Arguments that bring packages to their newest version.
    pub upgrade: &'static [&'static str],
    /// Arguments that remove packages.
    pub remove: &'static [&'static str],
    /// The arguments for a package, in a version or in any.
    pub package: fn(&str, Option<&str>) -> Vec<String>,
    /// One spelling for all that mean the same name.
    pub normal: fn(&str) -> String,
    /// Characters that names have besides letters and digits. `@` is one at the beginning only.
    pub marks: &'static str,
    /// The version that `upgrade` names, where it has to name one.
    pub newest: Option<&'static str>,
    /// What its versions are.
    pub versions: ListedVersions,
    /// How a script looks whether a package is installed: `$1` is the action, `$2` the package, `$3` its version or nothing,
    /// and what follows is the program.
    pub look: &'static str,
}

/// What the versions of a manager are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListedVersions {
    /// A package has one.
    One,
    /// Several can be installed side by side.
    SideBySide,
    /// They are channels, which a package follows. Upgrades leave it there.
    Channels,
}

/// Declared packages.
pub struct ListedDeclaration<'a> {
    pub manager: &'static ListedManager,
    pub names: &'a [String],
    pub version: Option<String>,
    /// The program without arguments, with its user, environment and time limit.
    pub program: Command,
    /// More arguments for the commands that change something.
    pub options: Vec<String>,
}

/// A declared package that is not as declared.
struct ListedDifference<'a> {
    name: &'a str,
    /// The installed version.
    was: Option<String>,
    /// The version that it will have, if that is known.
    becomes: Option<String>,
}

impl ListedDeclaration<'_> {
    /// The packages in plain things, for exports.
    pub fn portable(&self, action: &str, into: &mut Portables) {
        let (verb, version) = match action {
            "remove" => (self.manager.remove, None),
            "upgrade" => (self.manager.upgrade, self.version.as_deref().or(self.manager.newest)),
            _ => (self.manager.install, self.version.as_deref()),
        };
        for name in self.names {
            let asked = self.version.as_deref().unwrap_or_default();
            let words = [action, name, asked].into_iter().chain(self.program.argv.iter().map(String::as_str));
            let look = script(&format!("{}_is_done", self.manager.name), self.manager.look, words);
            let look = Command { argv: look.argv, ..self.program.clone() };
            let mut act = self.command(verb);
            act.argv.extend(self.options.iter().cloned());
            act.argv.extend((self.manager.package)(name, version));
            into.add(Portable::Command(PortableCommand::unless(look, act)));
        }
    }

    /// Checks names and version.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self, action: &str, version: &str) -> Result<(), Failure> {
        if self.names.is_empty() {
            return Err(Failure::new("the list of packages is empty"));
        }
        if self.version.is_some() && self.names.len() > 1 {
            return Err(Failure::new(format!("`{version}` fits a single package, and here are several"))
                .hint("declare each package that has one on its own"));
        }
        if self.version.is_some() && action == "upgrade" {
            return Err(Failure::new(format!("`upgrade` brings the newest, and takes no `{version}`"))
                .hint(format!("`install` with `{version}` brings a package to it")));
        }
        // Never read as an option.
        let is_word = |text: &str, marks: &str| {
            let rest = text.strip_prefix('@').filter(|_| marks.contains('@')).unwrap_or(text);
            rest.starts_with(|c: char| c.is_ascii_alphanumeric())
                && rest.chars().all(|c| c.is_ascii_alphanumeric() || (c != '@' && marks.contains(c)))
        };
        if let Some(name) = self.names.iter().find(|name| !is_word(name, self.manager.marks)) {
            return Err(Failure::new(format!(
                "`{name}` is not the name of a package of {}",
                self.manager.name
            ))
            .hint(format!("a version has its own property: `{version}`")));
        }
        match self.version.as_deref().filter(|version| !is_word(version, ".+-_!/~")) {
            Some(wrong) => Err(Failure::new(format!("`{}` is not a {version}", wrong.escape_debug()))
                .hint("it is one version as the program writes it, without an operator")),
            None => Ok(()),
        }
    }

    /// Queries that every action needs.
    #[must_use]
    pub fn observe(&self) -> Vec<Query> {
        let installed = self.command(self.manager.installed.arguments);
        run_as::observe(&self.program).into_iter().chain([Query::Command(Box::new(installed))]).collect()
    }

    /// The changes of `install`, `upgrade` or `remove`.
    ///
    /// # Errors
    /// An answer is missing, the user of the program does not exist, or it can't say what is installed.
    pub fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe())?;
        run_as::require(&self.program, known)?;
        let warning = run_as::doubtful(&self.program, known)?;
        let installed = self.list(&self.manager.installed, known)?;
        let found = |name: &str| {
            let name = (self.manager.normal)(name);
            installed.iter().filter(move |one| (self.manager.normal)(&one.name) == name)
        };
        let mut newest =
            if action == "upgrade" { self.list(&self.manager.outdated, known)? } else { Vec::new() };
        let mut different = Vec::new();
        for name in self.names {
            let was = match (action, self.version.as_deref()) {
                ("remove", Some(version)) => found(name).find(|one| one.version == version),
                _ => found(name).next(),
            };
            let was = was.map(|one| one.version.clone());
            let newer = || {
                let name = (self.manager.normal)(name);
                newest.iter().find(|one| (self.manager.normal)(&one.name) == name)
            };
            let becomes = match action {
                "remove" => None,
                "upgrade" => newer().map(|one| one.version.clone()),
                _ => self.version.clone(),
            };
            let is_right = match (action, self.version.as_deref()) {
                ("remove", _) => was.is_none(),
                ("upgrade", _) => was.is_some() && newer().is_none(),
                (_, Some(version)) => found(name).any(|one| one.version == version),
                (_, None) => was.is_some(),
            };
            if !is_right {
                different.push(ListedDifference { name, was, becomes });
            }
        }
        let (there, absent): (Vec<_>, Vec<_>) = different.into_iter().partition(|one| one.was.is_some());
        let mut after = installed.clone();
        let mut changes = Vec::new();
        for (arguments, verb, some) in [
            (self.manager.install, "install", absent),
            match action {
                "remove" => (self.manager.remove, "remove", there),
                "upgrade" => (self.manager.upgrade, "upgrade", there),
                _ => (self.manager.change, "change", there),
            },
        ] {
            if !some.is_empty() {
                let change = self.change(arguments, verb, &some, &mut after);
                if verb != "upgrade" {
                    changes.push(change);
                    continue;
                }
                let is_left = |one: &ListedPackage| {
                    let name = (self.manager.normal)(&one.name);
                    some.iter().all(|other| (self.manager.normal)(other.name) != name)
                };
                newest.retain(is_left);
                let (list, answer) = self.predicted(&self.manager.outdated, &newest);
                changes.push(change.then(list, answer));
            }
        }
        Ok(changes.into_iter().map(|change| change.warning(warning.clone())).collect())
    }

    fn change(
        &self,
        arguments: &[&str],
        verb: &str,
        different: &[ListedDifference<'_>],
        after: &mut Vec<ListedPackage>,
    ) -> Change {
        let mut command = self.command(arguments);
        command.argv.extend(self.options.iter().cloned());
        let version = if verb == "upgrade" { self.manager.newest } else { self.version.as_deref() };
        let versions = self.manager.versions;
        let mut words = Vec::new();
        for one in different {
            command.argv.extend((self.manager.package)(one.name, version));
            let is_beside = versions == ListedVersions::SideBySide && verb == "change";
            words.push(match (&one.was, &one.becomes) {
                (None, None) => one.name.to_owned(),
                (None, Some(version)) => format!("{} {version}", one.name),
                (Some(was), None) if verb == "remove" => format!("{} {was}", one.name),
                (Some(was), None) => format!("{} (was {was})", one.name),
                (Some(was), Some(version)) if is_beside => format!("{} {version} beside {was}", one.name),
                (Some(_), Some(version)) if versions == ListedVersions::Channels && verb == "upgrade" => {
                    format!("{} to {version}", one.name)
                }
                (Some(was), Some(version)) => format!("{} to {version} (was {was})", one.name),
            });
            let name = (self.manager.normal)(one.name);
            let goes = |other: &ListedPackage| {
                let is_of_version = || self.version.as_ref().is_none_or(|version| other.version == *version);
                match versions {
                    ListedVersions::SideBySide => verb == "remove" && is_of_version(),
                    ListedVersions::Channels => verb != "upgrade",
                    ListedVersions::One => true,
                }
            };
            after.retain(|other| (self.manager.normal)(&other.name) != name || !goes(other));
            if verb != "remove" && !(versions == ListedVersions::Channels && verb == "upgrade") {
                let version = one.becomes.clone().unwrap_or_default();
                after.push(ListedPackage { name: one.name.to_owned(), version });
            }
        }
        let verb = if versions == ListedVersions::SideBySide && verb == "change" { "install" } else { verb };
        let mut words = format!("{verb} {}", words.join(", "));
        if !self.options.is_empty() {
            words.push_str(", with ");
            words.push_str(&self.options.join(" "));
        }
        let (list, answer) = self.predicted(&self.manager.installed, after);
        let reach = if verb == "remove" { Reach::Removal } else { Reach::System };
        Change::new(words, Step::Run(command)).reaching(reach).then(list, answer)
    }

    /// What the program will print.
    fn predicted(&self, list: &PackageList, packages: &[ListedPackage]) -> (Query, Answer) {
        let query = Query::Command(Box::new(self.command(list.arguments)));
        let stdout = (list.print)(packages);
        (query, Answer::Command(CommandResult { stdout, ..CommandResult::default() }))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program.clone();
        command.argv.extend(arguments.iter().map(|word| (*word).to_owned()));
        command
    }

    fn list(&self, list: &PackageList, known: &Known) -> Result<Vec<ListedPackage>, Stop> {
        let command = self.command(list.arguments);
        let told = known.command(&command)?;
        let failure = |words: String| {
            let mut failure = Failure::new(words);
            failure.details.extend(told.stderr.lines().rev().take(5).map(str::to_owned));
            failure.details.reverse();
            failure
        };
        match &told.end {
            End::Exit(status) if list.ends.contains(status) => (list.parse)(&told.stdout).ok_or_else(|| {
                failure(format!("`{}` printed no list of packages", command.display())).into()
            }),
            End::NotStarted(_) => Err(Failure::new(format!(
                "this machine has no program `{}`",
                command.argv.first().map_or("", String::as_str)
            ))
            .hint(format!("declare what brings it before this resource: {}", self.manager.comes_with))
            .into()),
            end => Err(failure(format!("`{}` failed: {end}", command.display())).into()),
        }
    }
}

/// Name and version of each entry of a JSON object such as npm's, by the key of the version. Entries without one are left
/// out.
#[must_use]
pub fn from_object(object: &Map<String, Value>, version: &str) -> Vec<ListedPackage> {
    let entries = object.iter();
    entries
        .filter_map(|(name, entry)| {
            let version = entry.get(version)?.as_str()?;
            Some(ListedPackage { name: name.clone(), version: version.to_owned() })
        })
        .collect()
}

/// Name and version of each item of a JSON list such as pip's, by the key of the version.
#[must_use]
pub fn from_items(items: &[Value], version: &str) -> Vec<ListedPackage> {
    let text = |item: &Value, key: &str| Some(item.get(key)?.as_str()?.to_owned());
    let items = items.iter();
    items
        .filter_map(|item| Some(ListedPackage { name: text(item, "name")?, version: text(item, version)? }))
        .collect()
}

/// The object that [`from_object`] reads.
#[must_use]
pub fn to_object(packages: &[ListedPackage], version: &str) -> Map<String, Value> {
    sorted::collected(packages.iter().map(|one| (one.name.clone(), json!({ version: one.version }))))
}

/// The list that [`from_items`] reads.
#[must_use]
pub fn to_items(packages: &[ListedPackage], version: &str) -> String {
    let items = packages.iter().map(|one| json!({ "name": one.name, version: one.version }));
    Value::from(items.collect::<Vec<Value>>()).to_string()
}
