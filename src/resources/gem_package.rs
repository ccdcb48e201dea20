//! `gem_package`: packages of Ruby.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::Strings;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::model::step::Command;
use crate::provider::listed_packages::{
    ListedDeclaration, ListedManager, ListedPackage, ListedVersions, PackageList,
};
use crate::provider::{Action, Provider, action};

/// A package of Ruby, installed with gem.
///
/// Several versions of a gem can be installed side by side. `version` is right if that one is among them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GemPackage {
    /// Name of the package, or a list of names.
    package_name: Strings,
    /// Version to install. Only for a single name. Default: any; a missing package gets the newest. `remove` removes all
    /// versions, or this one.
    version: Option<String>,
    /// The program, for another Ruby than the first one in `PATH`.
    #[serde(default = "gem")]
    gem_binary: String,
    /// More options for `gem install` and `gem uninstall`, one string each.
    #[serde(default)]
    options: Strings,
    /// User to run gem as, by name or number.
    user: Option<String>,
    /// More environment variables.
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// Seconds until gem is stopped.
    #[serde(default = "quarter_hour")]
    timeout: u64,
}

fn gem() -> String {
    "gem".to_owned()
}

fn quarter_hour() -> u64 {
    900
}

/// How a script looks whether an action has nothing to do.
const LOOK: &str = r#"
action=$1 name=$2 version=$3
shift 3
there() { "$@" list --local --exact --installed ${version:+--version "$version"} "$name" >/dev/null 2>&1; }
case $action in
install) there "$@" ;;
remove) ! there "$@" ;;
upgrade) there "$@" && ! "$@" outdated | grep -q "^$name " ;;
esac
"#;

static GEM: ListedManager = ListedManager {
    name: "gem",
    comes_with: "`package \"ruby\"`",
    installed: PackageList {
        arguments: &["list", "--local", "--no-verbose"],
        ends: &[0],
        parse: installed,
        print,
    },
    outdated: PackageList { arguments: &["outdated"], ends: &[0], parse: outdated, print: print_outdated },
    install: &["install", "--no-document"],
    change: &["install", "--no-document"],
    upgrade: &["install", "--no-document"],
    remove: &["uninstall", "--all", "--executables"],
    package: |name, version| match version {
        Some(version) => vec![name.to_owned(), "--version".to_owned(), version.to_owned()],
        None => vec![name.to_owned()],
    },
    normal: str::to_owned,
    marks: "-_.",
    newest: None,
    versions: ListedVersions::SideBySide,
    look: LOOK,
};

/// `rake (13.1.0, default: 13.0.6)`: one entry for each version.
fn installed(text: &str) -> Option<Vec<ListedPackage>> {
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("***")) {
        let (name, versions) = line.strip_suffix(')')?.split_once(" (")?;
        for version in versions.split(", ") {
            let version = version.strip_prefix("default: ").unwrap_or(version);
            // A gem with code for one kind of processor: `1.16.0 x86_64-linux`.
            let version = version.split(' ').next().unwrap_or(version);
            found.push(ListedPackage { name: name.to_owned(), version: version.to_owned() });
        }
    }
    Some(found)
}

/// `rake (13.0.6 < 13.1.0)`.
fn outdated(text: &str) -> Option<Vec<ListedPackage>> {
    let lines = text.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (name, versions) = line.strip_suffix(')')?.split_once(" (")?;
            let (_, newest) = versions.split_once(" < ")?;
            Some(ListedPackage { name: name.to_owned(), version: newest.to_owned() })
        })
        .collect()
}

fn print(packages: &[ListedPackage]) -> String {
    lines(packages, "(")
}

fn print_outdated(packages: &[ListedPackage]) -> String {
    lines(packages, "(? < ")
}

fn lines(packages: &[ListedPackage], before: &str) -> String {
    packages.iter().flat_map(|one| [&one.name, " ", before, &one.version, ")\n"]).collect()
}

impl GemPackage {
    fn packages(&self) -> ListedDeclaration<'_> {
        let program = Command {
            argv: vec![self.gem_binary.clone()],
            timeout: self.timeout,
            ..Provider::surroundings(self)
        };
        ListedDeclaration {
            manager: &GEM,
            names: &self.package_name.0,
            version: self.version.clone(),
            program,
            options: self.options.0.clone(),
        }
    }
}

impl Provider for GemPackage {
    const NAME: &'static str = "gem_package";
    const ACTIONS: &'static [Action] = &[
        action("install", "Installs the package if it is missing. With `version`: installs that version."),
        action("upgrade", "Installs the package, or upgrades it to the newest version on offer."),
        action("remove", "Removes the package."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("package_name");
    const REACH: Reach = Reach::System;
    const SURROUNDINGS: &'static [&'static str] = &["user", "environment"];
    const PLAN: &'static str = "Asks `gem list`, and for `upgrade` also the sources. Which versions other packages get is \
         unknown.";
    const PLATFORMS: &'static str = "Any system with Ruby.";
    const EXAMPLE: &'static str = r#"
gem_package "bundler" {
  version = "2.5.23",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        if self.gem_binary.is_empty() {
            return Err(Failure::new("`gem_binary` is empty"));
        }
        self.packages().check(action, "version")
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        self.package_name.0.iter().for_each(|name| needs.package("gem", name));
        needs.package_options(&self.options.0);
        needs.argv_in([&self.gem_binary], &self.environment);
        needs.elsewhere();
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        self.packages().observe()
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        self.packages().portable(action, into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        self.packages().plan(action, known)
    }

    fn surroundings(&self) -> Command {
        Command { user: self.user.clone(), environment: self.environment.clone(), ..Command::default() }
    }
}
