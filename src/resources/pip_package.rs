//! `pip_package`: packages of Python, in a virtual environment or for a Python of one's own.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::{AbsolutePath, Strings};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::model::step::Command;
use crate::provider::listed_packages::{
    ListedDeclaration, ListedManager, ListedVersions, PackageList, from_items, to_items,
};
use crate::provider::{Action, Provider, action};

/// A package of Python, installed with pip.
///
/// For an application, declare a `python_venv` with all its packages instead: it makes the environment too, and keeps it
/// complete. This type adds single packages to an environment, or to a Python that no package manager owns. The Python of a
/// distribution belongs to its package manager: use `package` for it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PipPackage {
    /// Name of the package, or a list of names.
    package_name: Strings,
    /// Version to install. Only for a single name. Default: any; a missing package gets the newest.
    version: Option<String>,
    /// Directory of the virtual environment. It must exist.
    virtualenv: Option<AbsolutePath>,
    /// Program of the Python whose pip is used. Default: that of `virtualenv`, otherwise `python3`.
    python: Option<String>,
    /// More options for `pip install` and `pip uninstall`, one string each.
    #[serde(default)]
    options: Strings,
    /// User to run pip as, by name or number.
    user: Option<String>,
    /// More environment variables, such as `PIP_INDEX_URL`.
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// Seconds until pip is stopped.
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
there() { "$@" -m pip show "$name" 2>/dev/null | grep -qxF -e "Version: ${version:-$found}"; }
found=$("$@" -m pip show "$name" 2>/dev/null | sed -n 's/^Version: //p')
case $action in
install) [ -n "$found" ] && there "$@" ;;
remove) [ -z "$found" ] ;;
upgrade) [ -n "$found" ] && ! "$@" -m pip list --outdated 2>/dev/null | cut -d ' ' -f 1 | tr 'A-Z_.' 'a-z--' |
  grep -qxF -e "$(printf '%s' "$name" | tr 'A-Z_.' 'a-z--')" ;;
esac
"#;

static PIP: ListedManager = ListedManager {
    name: "pip",
    comes_with: "`package \"python3-pip\"`, or a `python_venv`",
    installed: PackageList {
        arguments: &["-m", "pip", "list", "--format=json", "--disable-pip-version-check"],
        ends: &[0],
        parse: |text| Some(from_items(&serde_json::from_str::<Vec<_>>(text.trim()).ok()?, "version")),
        print: |packages| to_items(packages, "version"),
    },
    outdated: PackageList {
        arguments: &["-m", "pip", "list", "--outdated", "--format=json", "--disable-pip-version-check"],
        ends: &[0],
        parse: |text| Some(from_items(&serde_json::from_str::<Vec<_>>(text.trim()).ok()?, "latest_version")),
        print: |packages| to_items(packages, "latest_version"),
    },
    install: &["-m", "pip", "install", "--disable-pip-version-check", "--no-input"],
    change: &["-m", "pip", "install", "--disable-pip-version-check", "--no-input"],
    upgrade: &["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--upgrade"],
    remove: &["-m", "pip", "uninstall", "--disable-pip-version-check", "--yes"],
    package: |name, version| {
        vec![version.map_or_else(|| name.to_owned(), |version| format!("{name}=={version}"))]
    },
    // PEP 503.
    normal: |name| name.to_ascii_lowercase().replace(['-', '.'], "_"),
    marks: "-_.",
    newest: None,
    versions: ListedVersions::One,
    look: LOOK,
};

impl PipPackage {
    fn packages(&self) -> ListedDeclaration<'_> {
        let python = self.python.clone().or_else(|| {
            let environment = self.virtualenv.as_ref()?;
            Some(environment.join("bin/python").into_string())
        });
        let program = Command {
            argv: vec![python.unwrap_or_else(|| "python3".to_owned())],
            timeout: self.timeout,
            ..Provider::surroundings(self)
        };
        ListedDeclaration {
            manager: &PIP,
            names: &self.package_name.0,
            version: self.version.clone(),
            program,
            options: self.options.0.clone(),
        }
    }
}

impl Provider for PipPackage {
    const NAME: &'static str = "pip_package";
    const ACTIONS: &'static [Action] = &[
        action("install", "Installs the package if it is missing. With `version`: installs that version."),
        action("upgrade", "Installs the package, or upgrades it to the newest version of the index."),
        action("remove", "Removes the package."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("package_name");
    const REACH: Reach = Reach::System;
    const SURROUNDINGS: &'static [&'static str] = &["user", "environment"];
    const PLAN: &'static str = "Asks `pip list`, and for `upgrade` also the index. Which versions other packages get is \
         unknown.";
    const PLATFORMS: &'static str = "Any system with Python 3 and pip.";
    const EXAMPLE: &'static str = r#"
pip_package "httpie" {
  virtualenv = "/opt/tools",
  version = "3.2.4",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        if self.virtualenv.is_some() && self.python.is_some() {
            return Err(Failure::new("`virtualenv` and `python` both say which Python it is"));
        }
        self.packages().check(action, "version")
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        self.package_name.0.iter().for_each(|name| needs.pip(name));
        needs.package_options(&self.options.0);
        needs.argv_in(&self.packages().program.argv, &self.environment);
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
