//! `snap_package`: packages of snapd.

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

/// A snap. snapd has to run on the machine; it keeps its snaps up to date by itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SnapPackage {
    /// Name of the snap, or a list of names.
    package_name: Strings,
    /// Channel that it follows, such as `"latest/stable"` or `"22/edge"`. `"stable"` means `"latest/stable"`. Only for a single
    /// name. Default: any; a missing snap follows its default channel.
    channel: Option<String>,
    /// Whether a missing snap is installed without confinement, for snaps that need it.
    #[serde(default)]
    classic: bool,
    /// More options for `snap install`, `snap refresh` and `snap remove`, one string each.
    #[serde(default)]
    options: Strings,
    /// Seconds until snap is stopped.
    #[serde(default = "quarter_hour")]
    timeout: u64,
}

fn quarter_hour() -> u64 {
    900
}

/// How a script looks whether an action has nothing to do.
const LOOK: &str = r#"
action=$1 name=$2 channel=$3
shift 3
there() {
  "$@" list "$name" 2>/dev/null | awk -v name="$name" -v channel="$channel" '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == "Tracking") at = i; next }
    $1 == name && (channel == "" || $at == channel) { found = 1 }
    END { exit !found }'
}
case $action in
install) there "$@" ;;
remove) ! "$@" list "$name" >/dev/null 2>&1 ;;
upgrade) there "$@" && ! "$@" refresh --list 2>/dev/null | grep -q "^$name " ;;
esac
"#;

static SNAP: ListedManager = ListedManager {
    name: "snap",
    comes_with: "`package \"snapd\"`, and its service",
    installed: PackageList {
        arguments: &["list"],
        ends: &[0],
        parse: |text| column(text, "Tracking"),
        print: |packages| table(packages, "Tracking"),
    },
    outdated: PackageList {
        arguments: &["refresh", "--list"],
        ends: &[0],
        parse: |text| column(text, "Version"),
        print: |packages| table(packages, "Version"),
    },
    install: &["install"],
    change: &["refresh"],
    upgrade: &["refresh"],
    remove: &["remove"],
    package: |name, channel| {
        let channel = channel.map(|channel| format!("--channel={channel}"));
        channel.into_iter().chain([name.to_owned()]).collect()
    },
    normal: str::to_owned,
    marks: "-",
    newest: None,
    versions: ListedVersions::Channels,
    look: LOOK,
};

/// The names in a table, with what stands in the column of this title. Without snaps there is no table.
fn column(text: &str, title: &str) -> Option<Vec<ListedPackage>> {
    let mut lines = text.lines();
    let Some(at) = lines.next().and_then(|head| head.split_whitespace().position(|word| word == title))
    else {
        return text
            .trim()
            .is_empty()
            .then(Vec::new)
            .or_else(|| text.starts_with("All snaps").then(Vec::new));
    };
    lines
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            Some(ListedPackage { name: (*words.first()?).to_owned(), version: (*words.get(at)?).to_owned() })
        })
        .collect()
}

/// The table that [`column`] reads.
fn table(packages: &[ListedPackage], title: &str) -> String {
    let row = |one: &ListedPackage| {
        let value = if one.version.is_empty() { "-" } else { &one.version };
        format!("{} {value}\n", one.name)
    };
    let rows: String = packages.iter().map(row).collect();
    if rows.is_empty() { rows } else { format!("Name {title}\n{rows}") }
}

/// A channel as `snap list` prints it.
fn full(channel: &str) -> String {
    const RISKS: [&str; 4] = ["stable", "candidate", "beta", "edge"];
    let first = channel.split('/').next().unwrap_or(channel);
    match channel.contains('/') {
        _ if RISKS.contains(&first) => format!("latest/{channel}"),
        true => channel.to_owned(),
        false => format!("{channel}/stable"),
    }
}

impl SnapPackage {
    fn packages(&self, action: &str) -> ListedDeclaration<'_> {
        let mut options = self.options.0.clone();
        if self.classic && action != "remove" {
            options.push("--classic".to_owned());
        }
        ListedDeclaration {
            manager: &SNAP,
            names: &self.package_name.0,
            version: self.channel.as_deref().map(full),
            program: Command { timeout: self.timeout, ..Command::new(["snap"]) },
            options,
        }
    }
}

impl Provider for SnapPackage {
    const NAME: &'static str = "snap_package";
    const ACTIONS: &'static [Action] = &[
        action("install", "Installs the snap if it is missing. With `channel`: lets it follow that channel."),
        action("upgrade", "Installs the snap, or refreshes it to the newest revision of its channel."),
        action("remove", "Removes the snap."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("package_name");
    const REACH: Reach = Reach::System;
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Asks `snap list`, and for `upgrade` also `snap refresh --list`.";
    const PLATFORMS: &'static str = "Systems with snapd.";
    const EXAMPLE: &'static str = r#"
snap_package "hello-world" {
  channel = "latest/stable",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        if action == "remove" && self.channel.is_some() {
            return Err(Failure::new("`remove` takes no `channel`: it removes the snap in any"));
        }
        self.packages(action).check(action, "channel")
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        self.package_name.0.iter().for_each(|name| needs.package("snap", name));
        needs.package_options(&self.options.0);
        if self.classic {
            needs.package_options(["--classic"]);
        }
        needs.elsewhere();
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        self.packages(action).observe()
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        self.packages(action).portable(action, into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        self.packages(action).plan(action, known)
    }
}
