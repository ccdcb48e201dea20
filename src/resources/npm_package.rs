//! `npm_package`: packages of Node.js.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::{AbsolutePath, Strings};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::model::step::Command;
use crate::provider::listed_packages::{
    ListedDeclaration, ListedManager, ListedVersions, PackageList, from_object, to_object,
};
use crate::provider::{Action, Provider, action};

/// A package of Node.js, installed with npm: for the whole machine, or in the directory of an application.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NpmPackage {
    /// Name of the package, such as `pm2` or `@angular/cli`, or a list of names.
    package_name: Strings,
    /// Version to install. Only for a single name. Default: any; a missing package gets the newest.
    version: Option<String>,
    /// Directory of the application, with its `node_modules`. Default: none; the package is installed for the whole machine.
    path: Option<AbsolutePath>,
    /// More options for `npm install` and `npm uninstall`, one string each.
    #[serde(default)]
    options: Strings,
    /// User to run npm as, by name or number.
    user: Option<String>,
    /// More environment variables, such as `NPM_CONFIG_REGISTRY`.
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// Seconds until npm is stopped.
    #[serde(default = "quarter_hour")]
    timeout: u64,
}

fn quarter_hour() -> u64 {
    900
}

/// How a script looks whether an action has nothing to do.
const LOOK: &str = r#"
action=$1 name=$2 version=$3
shift 3
there() { "$@" ls --depth=0 "$name${version:+@$version}" >/dev/null 2>&1; }
case $action in
install) there "$@" ;;
remove) ! there "$@" ;;
upgrade) there "$@" && ! "$@" outdated --parseable | grep -qF -e ":$name@" ;;
esac
"#;

static NPM: ListedManager = ListedManager {
    name: "npm",
    comes_with: "`package \"npm\"`",
    installed: PackageList {
        arguments: &["ls", "--json", "--depth=0"],
        // 1: something that a package wants is missing. The list is complete all the same.
        ends: &[0, 1],
        parse: |text| {
            let all: Map<String, Value> = serde_json::from_str(text.trim()).ok()?;
            let packages = all.get("dependencies").and_then(Value::as_object);
            Some(packages.map(|packages| from_object(packages, "version")).unwrap_or_default())
        },
        print: |packages| json!({ "dependencies": to_object(packages, "version") }).to_string(),
    },
    outdated: PackageList {
        arguments: &["outdated", "--json"],
        // 1: some are outdated.
        ends: &[0, 1],
        parse: |text| {
            let text = text.trim();
            let all: Map<String, Value> =
                if text.is_empty() { Map::new() } else { serde_json::from_str(text).ok()? };
            Some(from_object(&all, "latest"))
        },
        print: |packages| Value::from(to_object(packages, "latest")).to_string(),
    },
    install: &["install"],
    change: &["install"],
    upgrade: &["install"],
    remove: &["uninstall"],
    package: |name, version| {
        vec![version.map_or_else(|| name.to_owned(), |version| format!("{name}@{version}"))]
    },
    normal: str::to_owned,
    marks: "@/-_.",
    newest: Some("latest"),
    versions: ListedVersions::One,
    look: LOOK,
};

impl NpmPackage {
    fn packages(&self) -> ListedDeclaration<'_> {
        let place = match &self.path {
            Some(path) => vec!["--prefix".to_owned(), path.to_string()],
            None => vec!["--global".to_owned()],
        };
        let program = Command {
            argv: std::iter::once("npm".to_owned()).chain(place).collect(),
            timeout: self.timeout,
            ..Provider::surroundings(self)
        };
        ListedDeclaration {
            manager: &NPM,
            names: &self.package_name.0,
            version: self.version.clone(),
            program,
            options: self.options.0.clone(),
        }
    }
}

impl Provider for NpmPackage {
    const NAME: &'static str = "npm_package";
    const ACTIONS: &'static [Action] = &[
        action("install", "Installs the package if it is missing. With `version`: installs that version."),
        action("upgrade", "Installs the package, or upgrades it to the newest version of the registry."),
        action("remove", "Removes the package."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("package_name");
    const REACH: Reach = Reach::System;
    const SURROUNDINGS: &'static [&'static str] = &["user", "environment"];
    const PLAN: &'static str =
        "Asks `npm ls`, and for `upgrade` also the registry. Which versions other packages get is unknown.";
    const PLATFORMS: &'static str = "Any system with Node.js and npm.";
    const EXAMPLE: &'static str = r#"
npm_package "pm2" {
  version = "5.4.3",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        self.packages().check(action, "version")
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        self.package_name.0.iter().for_each(|name| needs.package("npm", name));
        self.path.iter().for_each(|path| needs.tree(&**path));
        needs.package_options(&self.options.0);
        needs.argv_in(["npm"], &self.environment);
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
