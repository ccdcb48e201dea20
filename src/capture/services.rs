//! Units of systemd: those that people wrote, and those whose state is not what their package makes it.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::asking::{AskedMachine, query};
use super::package_records::PackageRecords;
use crate::model::error::Failure;
use crate::model::query::{FileText, Query};
use crate::model::sorted;
use crate::model::step::Command;

/// Where people put units.
pub(super) const OWN_UNITS: &str = "/etc/systemd/system";
/// Where packages put units.
const PACKAGED_UNITS: [&str; 2] = ["/usr/lib/systemd/system", "/lib/systemd/system"];
/// The links of units that packages have enabled, as they were then: deb-systemd-helper(1p).
const ENABLED_BY_PACKAGES: &str = "/var/lib/systemd/deb-systemd-helper-enabled";
/// Kinds of units that are started by themselves or by others, and that a recipe names.
const KINDS: &str = "--type=service,timer,socket,path";

/// Services for which a reload is enough after any change of their configuration.
const RELOADING: [&str; 9] =
    ["apache2", "bind9", "caddy", "dovecot", "haproxy", "named", "nginx", "postfix", "ssh"];

/// A unit that is captured.
#[derive(Debug, Clone, Default)]
pub(super) struct CapturedUnit {
    /// Name with its suffix.
    pub(super) name: String,
    /// Text, if it could be read.
    pub(super) text: String,
    /// Whether people wrote it.
    pub(super) is_own: bool,
    /// Whether it is a script, which is a file like others.
    pub(super) is_script: bool,
    /// Whether it is an instance of a template that people wrote.
    pub(super) is_instance: bool,
    /// The package that brought it.
    pub(super) package: Option<String>,
    /// The package that a person asked for and that brought this one along.
    pub(super) asked: Option<String>,
    /// Absolute paths in its text.
    pub(super) paths: BTreeSet<Utf8PathBuf>,
    /// Actions that lead to its state, none if its package does.
    pub(super) actions: Vec<&'static str>,
    /// Whether it runs.
    pub(super) runs: bool,
}

impl CapturedUnit {
    /// The name as a recipe writes it.
    pub(super) fn short(&self) -> &str {
        self.name.strip_suffix(".service").unwrap_or(&self.name)
    }

    /// The resource that has its state.
    pub(super) fn id(&self) -> String {
        if self.is_unit() {
            format!("systemd_unit[{}]", self.name)
        } else {
            format!("service[{}]", self.short())
        }
    }

    /// Whether it is declared with its text.
    pub(super) fn is_unit(&self) -> bool {
        self.is_own && !self.is_script
    }

    /// Whether it is told when its configuration changes: it has a state, and that is not to be off.
    pub(super) fn is_told(&self) -> bool {
        self.name.ends_with(".service")
            && !self.actions.is_empty()
            && !self.actions.iter().any(|action| matches!(*action, "disable" | "mask"))
    }

    /// The name without its suffix, and without an instance.
    pub(super) fn stem(&self) -> &str {
        let stem = self.name.rsplit_once('.').map_or(self.name.as_str(), |(stem, _)| stem);
        stem.split('@').next().unwrap_or(stem)
    }

    /// Whether it takes all of a new configuration without a restart. Of others a part counts after a restart alone, as the
    /// environment does.
    pub(super) fn reloads(&self) -> bool {
        RELOADING.contains(&self.short())
            && self.text.lines().any(|line| line.trim_start().starts_with("ExecReload="))
    }

    /// The user as whom it runs.
    pub(super) fn user(&self) -> Option<&str> {
        self.text.lines().find_map(|line| line.trim().strip_prefix("User=")).filter(|user| !user.is_empty())
    }
}

/// The commands that tell of all units: their files, those that run, and what Debian's packages have enabled.
fn commands() -> [Command; 3] {
    let systemctl = |words: &[&str]| {
        let always = ["systemctl", "--no-legend", "--no-pager", "--plain"];
        Command::new(always.iter().chain(words).copied())
    };
    [
        systemctl(&["list-unit-files", KINDS]),
        systemctl(&["list-units", KINDS, "--state=active,activating,reloading"]),
        Command::new(["find", ENABLED_BY_PACKAGES]),
    ]
}

/// All that is asked of them.
pub(super) fn questions() -> Vec<Query> {
    commands().map(query).into()
}

/// Reads the units that matter.
///
/// `own` are the units that people wrote, `masked` those that they masked, and `linked` those that start with another one.
pub(super) fn read(
    asked: &mut AskedMachine<'_>,
    records: &PackageRecords,
    own: &[&Utf8Path],
    masked: &BTreeSet<&str>,
    linked: &BTreeSet<&str>,
) -> Result<Vec<CapturedUnit>, Failure> {
    let texts = asked.printed(commands().into())?;
    let [files, active, notes] = texts.as_slice() else { return Ok(Vec::new()) };
    let has_notes = !notes.is_empty();
    let in_wants = |path: &&Utf8Path| path.parent().is_some_and(|parent| parent.extension() == Some("wants"));
    let by_packages: BTreeSet<&str> =
        notes.lines().map(Utf8Path::new).filter(in_wants).filter_map(Utf8Path::file_name).collect();
    let active: BTreeSet<&str> =
        active.lines().filter_map(|line| line.split_ascii_whitespace().next()).collect();
    let mut units = BTreeMap::new();
    for line in files.lines() {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let [name, state, ..] = words[..] else { continue };
        let is_own = own.iter().any(|path| path.file_name() == Some(name));
        let mut places = PACKAGED_UNITS.iter().map(|directory| Utf8Path::new(directory).join(name));
        let unit = CapturedUnit {
            name: name.to_owned(),
            is_own,
            package: places.find_map(|path| records.owner(&path)).map(str::to_owned),
            runs: active.contains(name),
            ..CapturedUnit::default()
        };
        // Debian's packages leave notes. Elsewhere presets say what is enabled: the third word, systemd.preset(5).
        let preset = words.get(2) == Some(&"enabled") && unit.package.is_some();
        let was_enabled = if has_notes { by_packages.contains(name) } else { preset };
        // A package may mask a unit itself.
        let state = if state == "masked" && !masked.contains(name) { "" } else { state };
        if let Some(unit) = judged(unit, state, was_enabled, records) {
            units.insert(name.to_owned(), unit);
        }
    }
    // Where systemd is not there to ask, the links say what starts with the machine.
    for name in own.iter().filter_map(|path| path.file_name()).filter(|name| is_unit(name)) {
        if !units.contains_key(name) {
            let actions = if linked.contains(name) { vec!["enable"] } else { Vec::new() };
            let unit =
                CapturedUnit { name: name.to_owned(), is_own: true, actions, ..CapturedUnit::default() };
            units.insert(name.to_owned(), unit);
        }
    }
    for name in linked.iter().filter(|name| name.contains('@') && !name.contains("@.") && is_unit(name)) {
        if let Some(unit) = instance(name, active.contains(*name), own, records)
            && !units.contains_key(*name)
        {
            units.insert((*name).to_owned(), unit);
        }
    }
    let places = |name: &str| {
        [OWN_UNITS]
            .into_iter()
            .chain(PACKAGED_UNITS)
            .map(|directory| Utf8Path::new(directory).join(name))
            .collect::<Vec<_>>()
    };
    let mut texts = asked.texts(units.keys().flat_map(|name| places(name)))?;
    for (name, unit) in &mut units {
        if let Some(FileText::Text(text)) = places(name).iter().find_map(|path| texts.remove(path)) {
            unit.paths = paths(&text);
            unit.text = text;
        }
    }
    Ok(units.into_values().collect())
}

/// An instance that starts with another unit: `worker@1.service`. systemd does not list it among the files.
fn instance(name: &str, runs: bool, own: &[&Utf8Path], records: &PackageRecords) -> Option<CapturedUnit> {
    let (stem, ending) = (name.split('@').next()?, name.rsplit('.').next()?);
    let template = format!("{stem}@.{ending}");
    let mut places = PACKAGED_UNITS.iter().map(|directory| Utf8Path::new(directory).join(&template));
    let package = places.find_map(|path| records.owner(&path));
    let asked = package.and_then(|package| records.asked_for_behind(package)).map(str::to_owned);
    let is_of_own = own.iter().any(|path| path.file_name() == Some(&template));
    (is_of_own || asked.is_some()).then(|| CapturedUnit {
        name: name.to_owned(),
        package: package.map(str::to_owned),
        is_instance: is_of_own,
        asked,
        runs,
        actions: if runs { vec!["enable", "start"] } else { vec!["enable"] },
        ..CapturedUnit::default()
    })
}

/// Whether it is the name of a unit that a recipe can have.
fn is_unit(name: &str) -> bool {
    const ENDINGS: [&str; 7] = [".service", ".timer", ".socket", ".path", ".target", ".mount", ".slice"];
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// The names of all services that there are.
pub(super) fn names(asked: &mut AskedMachine<'_>) -> Result<Vec<String>, Failure> {
    let list = ["systemctl", "list-unit-files", "--no-legend", "--no-pager", "--plain", "--type=service"];
    let texts = asked.printed(vec![Command::new(list)])?;
    let names =
        texts.iter().flat_map(|text| text.lines()).filter_map(|line| line.split_ascii_whitespace().next());
    Ok(names.filter(|name| !name.contains("@.")).map(str::to_owned).collect())
}

/// Absolute paths in the text of a unit.
pub(super) fn paths(text: &str) -> BTreeSet<Utf8PathBuf> {
    let ends = |c: char| c.is_whitespace() || "='\":;,".contains(c);
    let lines = text.lines().filter(|line| !line.trim_start().starts_with(['#', ';']));
    let words =
        lines.flat_map(|line| line.split(ends)).map(|word| word.trim_start_matches(['-', '+', '!', '@']));
    sorted::collected(words.filter(|word| word.starts_with('/') && word.len() > 1).map(Utf8PathBuf::from))
}

/// A unit with its actions, if it is captured at all.
fn judged(
    mut unit: CapturedUnit,
    state: &str,
    was_enabled: bool,
    records: &PackageRecords,
) -> Option<CapturedUnit> {
    // An instance is enabled by its own name; the template has no state.
    if unit.name.contains("@.") && !unit.is_own {
        return None;
    }
    unit.asked =
        unit.package.as_deref().and_then(|package| records.asked_for_behind(package)).map(str::to_owned);
    let is_of_base = unit.asked.is_none()
        || unit
            .package
            .as_ref()
            .is_none_or(|package| records.packages.get(package).is_none_or(|record| record.is_base));
    let is_service = unit.name.ends_with(".service");
    unit.actions = match state {
        "masked" => vec!["mask"],
        "enabled" | "enabled-runtime" | "linked" if unit.is_own || (!is_of_base && is_service) => {
            if unit.runs { vec!["enable", "start"] } else { vec!["enable"] }
        }
        "enabled" if !was_enabled && !is_of_base => vec!["enable", "start"],
        "disabled" if was_enabled && !unit.is_own => vec!["disable", "stop"],
        "disabled" | "static" | "indirect" if unit.is_own && unit.runs && !is_of_timer(&unit) => {
            vec!["start"]
        }
        _ => Vec::new(),
    };
    (unit.is_own || !unit.actions.is_empty()).then_some(unit)
}

/// Whether it runs for a moment, when a timer says so.
fn is_of_timer(unit: &CapturedUnit) -> bool {
    unit.text.lines().any(|line| line.trim() == "Type=oneshot")
}
