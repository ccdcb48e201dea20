//! `package`: software from the platform's package manager.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::Strings;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::package_manager::{Hold, PackageManager, group_name, is_name_anywhere};
use crate::model::portable::{Declined, PackageAct, Portable, PortablePackages, Portables};
use crate::model::query::{Answer, PackageState, Query};
use crate::model::step::{Command, Step};
use crate::provider::{Action, Provider, action, package_manager};

mod allowed;
mod declared;
mod group;
mod held_file;
mod item;
mod options;
mod portable;
mod source;
mod virtual_package;
mod wanted;

use declared::DeclaredPackages;
use held_file::HoldsFile;
use item::{DOWNGRADE, Wanted, summary};

/// A package of the platform's package manager.
///
/// A list of names is one transaction. Adjacent `package` resources with the same action and options are one too. A
/// package that is only half configured does not count as installed.
///
/// A virtual package counts as installed if a package that provides it is installed. If only one package provides it,
/// that one is installed; if several do, name one of them. `remove`, `purge`, `lock` and `unlock` take the real name.
///
/// With dnf, dnf 5, yum and pacman, `@` stands in front of the name of a group: `package "@development-tools"`. For dnf and
/// yum that is its id, and a group is installed once the package manager counts it as such, even if one of its packages
/// was removed later. For pacman it is installed once all its packages are. A group can be installed, removed
/// and purged; dnf and yum then leave packages that were there before it.
///
/// Installing and upgrading read the package lists that the machine has, and never refresh them.
///
/// A package that is held stays as it is: every action that would move or remove it fails in the plan already, until
/// `unlock` releases it.
///
/// What is particular to a package manager:
///
/// - dnf, dnf 5, yum, zypper: `purge` is the same as `remove`. A version needs no epoch and no release: `1.20.1`. With dnf 4,
///   `lock` and `unlock` need the package `python3-dnf-plugin-versionlock`, with yum `yum-plugin-versionlock`. Except with
///   zypper, a package that is locked before it is installed needs a `version`.
/// - zypper: `lock` and `unlock` add and remove zypper's own locks. A package that is locked before it is installed stays
///   away. A package file without a signature needs `options = { "--allow-unsigned-rpm" }`. If the script of a package
///   fails, the run fails, but rpm counts the package as installed, and so does the next run.
/// - pacman: Arch Linux supports no partial upgrades. So packages come from the lists of the last `pacman -Syu`, and `upgrade`
///   does something only where newer ones were read. The lists have one version of each package; an older one is installed
///   from a file, with `source`. `lock` and `unlock` add and remove the name in `IgnorePkg` of `/etc/pacman.conf`, and
///   change nothing else there. `remove` fails if another package needs the package.
/// - Portage: a name has a category, `app-editors/vim`, which may be left out where it is the only one of its name. Slots
///   can't be named, and there is no `source`. USE flags and keywords are files of their own:
///   `file "/etc/portage/package.use/vim" {}`. A package that is installed is not built again when they change. `lock` masks
///   newer versions in `/etc/portage/package.mask/chefrs`, so that `upgrade` finds none. `remove` fails if another package
///   needs the package. Building takes long: raise `timeout`.
/// - apk: a `version` is a hold, because apk writes it down as a wish. `lock` and `unlock` write the same. A package file
///   without a signature needs `options = { "--allow-untrusted" }`. A package that another one needs can't be removed, and
///   what came along with a package goes with it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Package {
    /// Name of the package, or a list of names.
    package_name: Strings,
    /// Version to install, as the package manager writes it. `*` matches any text: `1.22.*`. `upgrade` installs the newest
    /// that matches, `remove` and `purge` remove only a version that matches, `lock` fails for any other, and `unlock`
    /// releases any. Only for a single name.
    version: Option<String>,
    /// Package file of the machine to install instead of what the package sources offer: `.deb`, `.rpm`, `.pkg.tar.zst` or
    /// `.apk`. It must hold the named package, and `upgrade` never goes back to an older one. Like the directories above it,
    /// it must be writable by root alone. `cookbook_file` puts a file of the cookbook there first, `remote_file` a download.
    /// Only `install` and `upgrade` look at it, and only for a single name.
    source: Option<String>,
    /// Whether a package may move to an older version, because of `version` or of a pin. Without it that fails before
    /// anything changes.
    #[serde(default)]
    allow_downgrade: bool,
    /// More options for the package manager's command, one string each. An option is refused if the command would not do
    /// with it what the plan says, as `--dry-run`. One that chooses among the package sources, as `-t` of apt, needs a
    /// `version`, because the plan looks at all sources.
    options: Option<Strings>,
    /// Seconds until the package manager is stopped. Waiting for its lock counts.
    #[serde(default = "quarter_hour")]
    timeout: u64,
}

fn quarter_hour() -> u64 {
    900
}

impl Package {
    /// A command that asks no question.
    fn command(&self, manager: &PackageManager, argv: &[&str]) -> Command {
        let mut command = Command::new(argv.iter().copied());
        command.timeout = self.timeout;
        command.returns = manager.commands.returns.to_vec();
        let environment = manager.commands.environment.iter();
        command
            .environment
            .extend(environment.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        command
    }
}

/// The command for an action, without the packages.
fn argv(manager: &PackageManager, action: &str, wanted: &[Wanted]) -> &'static [&'static str] {
    let commands = &manager.commands;
    if let Some(install) = commands.files.as_ref().and_then(|files| files.install)
        && wanted.iter().any(|one| one.from.is_some())
    {
        return install;
    }
    if let Some(downgrade) = commands.downgrade
        && wanted.iter().any(|one| one.verb == DOWNGRADE)
    {
        return downgrade;
    }
    match (action, &commands.hold) {
        ("remove", _) => commands.remove,
        ("purge", _) => commands.purge,
        ("lock", Hold::Commands { lock, .. }) => lock,
        ("unlock", Hold::Commands { unlock, .. }) => unlock,
        _ => commands.install,
    }
}

impl Provider for Package {
    const NAME: &'static str = "package";
    const ACTIONS: &'static [Action] = &[
        action("install", "Installs the package if it is missing. With `version`: installs that version."),
        action("upgrade", "Installs the package, or upgrades it to the newest version on offer."),
        action("remove", "Removes the package, and keeps its configuration files."),
        action("purge", "Removes the package with its configuration files."),
        action("lock", "Holds the package at its version."),
        action("unlock", "Releases the hold."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("package_name");
    const REACH: Reach = Reach::System;
    const JOINS: bool = true;
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Says which packages would be installed, upgraded or removed, from the lists that the machine has. \
         The files, accounts and services that a package brings are unknown until it is installed.";
    const PLATFORMS: &'static str = "Systems with apt (Debian, Ubuntu and their relatives), dnf or yum (Red Hat Enterprise Linux, \
         its rebuilds, and Fedora), zypper (openSUSE and SUSE Linux Enterprise), pacman (Arch Linux), Portage (Gentoo \
         Linux) or apk (Alpine Linux).";
    const EXAMPLE: &'static str = r#"
package { "git", "curl" }

package "nginx" {
  action = "upgrade",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        if self.package_name.0.is_empty() {
            return Err(Failure::new("the list of packages is empty"));
        }
        if self.version.is_some() && self.package_name.0.len() > 1 {
            return Err(Failure::new("`version` fits a single package, and here are several").hint(
                "declare each package that has a version on its own; adjacent ones are still one transaction",
            ));
        }
        if let Some(version) = &self.version {
            check_version(version)?;
        }
        if let Some(file) = &self.source {
            source::check(file)?;
            if self.package_name.0.len() > 1 {
                return Err(Failure::new("`source` fits a single package, and here are several")
                    .hint("declare each package file on its own; adjacent ones are still one transaction"));
            }
        }
        if let Some(options) = &self.options {
            options::check(&options.0)?;
        }
        if let Some(group) = self.package_name.0.iter().find(|name| group_name(name).is_some()) {
            let property =
                self.version.is_some().then_some("version").or(self.source.is_some().then_some("source"));
            group::check(group, action, property)?;
        }
        match self.package_name.0.iter().find(|name| !is_name_anywhere(group_name(name).unwrap_or(name))) {
            Some(group) if group.starts_with('@') => {
                Err(Failure::new(format!("`{group}` is not the id of a group of packages"))
                    .hint("a group is named by its id: \"@development-tools\""))
            }
            Some(path) if path.starts_with('/') => {
                Err(Failure::new(format!("`{path}` is a path, not the name of a package")).hint(format!(
                    "name the package, and its file as `source`: package \"name\" {{ source = \"{path}\" }}"
                )))
            }
            Some(name) => Err(Failure::new(format!("`{name}` is not the name of a package"))
                .hint("a name has letters, digits, and + - . : _ / only; a version has its own property")),
            None => Ok(()),
        }
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        self.package_name.0.iter().for_each(|name| needs.package("", name));
        self.source.iter().for_each(|file| needs.package("", file));
        self.options.iter().for_each(|options| needs.package_options(&options.0));
        needs.elsewhere();
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        let file = self.source.as_deref().map(source::observe);
        std::iter::once(Query::Host).chain(file.into_iter().flatten()).collect()
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let manager = into.manager()?;
        let act = portable::act(action);
        portable::require(manager, &self.package_name.0, act)?;
        let comes = matches!(act, PackageAct::Install | PackageAct::Upgrade);
        let is_held = matches!(act, PackageAct::Hold | PackageAct::Unhold);
        let file = self.source.clone().filter(|_| comes);
        let argv = match manager.commands.files.as_ref().and_then(|files| files.install) {
            Some(install) if file.is_some() => install,
            _ => argv(manager, action, &[]),
        };
        let mut command = self.command(manager, argv);
        command.argv.extend(self.options.iter().flat_map(|options| options.0.clone()));
        if !self.allow_downgrade {
            // chefrs looks itself before it calls apt.
            command.argv.retain(|word| word != "--allow-downgrades");
        }
        let moves_back = self.allow_downgrade && manager.commands.downgrade.is_some();
        into.lose(moves_back, "allow_downgrade", "the package does not move to an older version");
        into.lose(is_held && self.version.is_some(), "version", "the version that is there is not compared");
        into.add(Portable::Packages(PortablePackages {
            manager,
            act,
            names: self.package_name.0.clone(),
            version: self.version.clone().filter(|_| !is_held),
            file,
            command,
        }));
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        let manager = package_manager::of_machine(known)?;
        let version = self.version.as_deref();
        let (groups, names): (Vec<&str>, Vec<&str>) =
            self.package_name.0.iter().map(String::as_str).partition(|name| group_name(name).is_some());
        if let Some(name) = names.iter().find(|name| !manager.is_name(name)) {
            return Err(Failure::impossible(format!(
                "`{name}` is not the name of a package of {}",
                manager.name
            ))
            .into());
        }
        let declared = DeclaredPackages {
            names: &names,
            version,
            allow_downgrade: self.allow_downgrade,
            action,
            manager,
            known,
        };
        declared.require_options(self.options.as_ref().map_or(&[], |options| &options.0))?;
        let file = self.source.as_deref().filter(|_| declared.comes());
        let wanted = match file {
            Some(file) => declared.wanted_from_file(file)?,
            None => [declared.wanted()?, declared.wanted_groups(&groups)?].concat(),
        };
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        if let Hold::File { path, ours, edit } = manager.commands.hold
            && matches!(action, "lock" | "unlock")
        {
            return HoldsFile { path, ours, edit }.plan(&wanted, manager, known);
        }
        let mut changes = Vec::new();
        if known.interrupted(manager.name)? {
            let database = Query::PackageDatabase { manager: manager.name.into() };
            let repair = self.command(manager, manager.commands.repair);
            changes.push(
                Change::new("repair the interrupted package database", Step::Run(repair))
                    .reaching(Reach::System)
                    .then(database, Answer::PackageDatabase { interrupted: false }),
            );
        }
        let mut command = self.command(manager, argv(manager, action, &wanted));
        command.argv.extend(self.options.iter().flat_map(|options| options.0.clone()));
        let step = Step::Packages {
            manager: manager.name.into(),
            command,
            packages: wanted.iter().map(|one| one.argument.clone()).collect(),
        };
        let reach = match action {
            "lock" | "unlock" => Reach::Told,
            "remove" | "purge" => Reach::Removal,
            _ => Reach::System,
        };
        let options = self.options.as_ref().map(|options| format!(", with {}", options.0.join(" ")));
        let words = summary(&wanted) + &options.unwrap_or_default();
        let mut change = Change::new(words, step).reaching(reach);
        for one in &wanted {
            if let Some((query, answer)) = &one.group {
                change = change.then(query.clone(), answer.clone());
                continue;
            }
            let query = |name: &String| Query::Package { manager: manager.name.into(), name: name.clone() };
            change = change.then(query(&one.name), Answer::Package(one.after.clone()));
            let provided = PackageState { provided_by: vec![one.name.clone()], ..PackageState::default() };
            for name in &one.provides {
                change = change.then(query(name), Answer::Package(provided.clone()));
            }
        }
        changes.push(change);
        Ok(changes)
    }
}

/// Fails for text that no version has.
fn check_version(version: &str) -> Result<(), Failure> {
    let has = |c: char| c.is_ascii_alphanumeric() || ".+-~:^_*?".contains(c);
    if !version.is_empty() && version.chars().all(has) {
        return Ok(());
    }
    Err(Failure::new(format!("`{}` is not a version", version.escape_debug()))
        .hint("say it as the manager writes it, \"1.22.1-9\", or with a `*` for any text: \"1.22.*\""))
}
