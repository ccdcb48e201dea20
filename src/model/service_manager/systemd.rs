//! systemd: units, and their states from one `systemctl show`.

use super::form::ServiceManager;
use super::sysv;
use crate::model::query::{Enabled, End, Init, OfflineUnit, ServiceCourse, ServiceState};

pub(super) const SYSTEMD: ServiceManager = ServiceManager {
    init: Init::Systemd,
    fact: "systemd",
    // sd_booted(3) checks for the same directory.
    running: "/run/systemd/system",
    installed: Some(SYSTEMCTL),
    is_alone: true,
    places: &["/etc/systemd", "/lib/systemd", "/usr/lib/systemd", sysv::SCRIPTS],
};

/// systemctl can change the links of units even if systemd does not run.
pub const SYSTEMCTL: &str = "/usr/bin/systemctl";

/// The properties that are asked for each unit.
pub const PROPERTIES: &str = "--property=Id,Names,LoadState,ActiveState,SubState,UnitFileState,\
    NeedDaemonReload,SourcePath,Type,RemainAfterExit,Result,ExecMainCode,ExecMainStatus,ConditionResult,\
    ConditionTimestampMonotonic,NRestarts";

/// Suffixes of units. A name without one means a service.
const SUFFIXES: [&str; 11] = [
    ".service",
    ".socket",
    ".timer",
    ".target",
    ".path",
    ".mount",
    ".automount",
    ".swap",
    ".slice",
    ".scope",
    ".device",
];

/// The unit that a name means: `nginx.service` for `nginx`.
#[must_use]
pub fn unit(name: &str) -> String {
    if SUFFIXES.iter().any(|suffix| name.ends_with(suffix)) {
        name.to_owned()
    } else {
        format!("{name}.service")
    }
}

/// The types of units: `service`, `socket`, `timer`, …
pub fn unit_types() -> impl Iterator<Item = &'static str> {
    SUFFIXES.iter().map(|suffix| &suffix[1..])
}

/// The directories of units on a disk: systemd.unit(5). What is in `/run` is gone at the next boot.
pub const UNIT_DIRECTORIES: [&str; 5] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];

/// The names that the file of a unit may have: its own, and that of its template.
pub fn file_names(unit: &str) -> impl Iterator<Item = String> {
    let template = unit.split_once('@').zip(unit.rsplit_once('.'));
    let template = template.map(|((prefix, _), (_, suffix))| format!("{prefix}@.{suffix}"));
    std::iter::once(unit.to_owned()).chain(template)
}

/// The argument of `systemctl show` for a unit. A template is asked through an instance that does not exist.
#[must_use]
pub fn example(unit: &str) -> String {
    match unit.rsplit_once("@.") {
        Some((template, suffix)) => format!("{template}@chefrs-looks.{suffix}"),
        None => unit.to_owned(),
    }
}

/// Whether a text can be the name of a unit.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ":-_.\\@".contains(c);
    !name.is_empty() && name.len() < 256 && !name.starts_with('-') && name.chars().all(allowed)
}

/// The state of a service if systemd does not run: that of its script, if it has one, and the output `word` of
/// `systemctl is-enabled`.
#[must_use]
pub fn offline(script: Option<ServiceState>, word: &str) -> ServiceState {
    let word = word.trim();
    let with_script = script.is_some();
    let state = script.unwrap_or_else(ServiceState::missing);
    if matches!(word, "" | "not-found") {
        return state;
    }
    ServiceState {
        exists: true,
        enabled: enabled(word, "", true),
        offline: Some(if with_script { OfflineUnit::WithScript } else { OfflineUnit::Alone }),
        ..state
    }
}

/// Parses the output of `systemctl show` for several units: the names of each, and its state. `links` are those in
/// `/etc/rc?.d`, for services that are scripts.
#[must_use]
pub fn parse_show(text: &str, links: &[String]) -> Vec<(Vec<String>, ServiceState)> {
    let blocks = text.split("\n\n").filter(|block| !block.trim().is_empty());
    // A state without a name is nobody's.
    blocks.map(|block| parse_unit(block, links)).filter(|(names, _)| !names.is_empty()).collect()
}

fn parse_unit(block: &str, links: &[String]) -> (Vec<String>, ServiceState) {
    let value = |key: &str| {
        block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('=')).unwrap_or_default().trim()
    };
    let mut names: Vec<String> = value("Names").split_ascii_whitespace().map(str::to_owned).collect();
    if let Some(id) = value("Id").split_ascii_whitespace().next()
        && !names.iter().any(|name| name == id)
    {
        names.push(id.to_owned());
    }
    let load = value("LoadState");
    let active = value("ActiveState");
    let exists = !matches!(load, "not-found" | "");
    let script = value("SourcePath").strip_prefix("/etc/init.d/");
    let state = ServiceState {
        exists,
        running: matches!(active, "active" | "activating" | "reloading" | "refreshing"),
        enabled: match (value("UnitFileState"), script) {
            ("generated", Some(script)) if sysv::is_enabled(script, links) => Enabled::Yes,
            ("generated", Some(_)) => Enabled::No,
            (file_state, _) => enabled(file_state, load, exists),
        },
        needs_reload: value("NeedDaemonReload") == "yes",
        failed: active == "failed",
        script: exists && value("UnitFileState") == "generated" && script.is_some(),
        once: value("Type") == "oneshot" && value("RemainAfterExit") == "no",
        restarting: value("SubState").starts_with("auto-restart"),
        until_boot: value("UnitFileState").ends_with("-runtime"),
        run_levels: Vec::new(),
        offline: None,
        course: exists.then(|| Box::new(course(value))),
    };
    (names, state)
}

/// What `systemctl show` says of a unit in this state: the opposite of [`parse_show`].
#[must_use]
pub fn shown(unit: &str, state: &ServiceState) -> String {
    let load = match state.enabled {
        _ if !state.exists => "not-found",
        Enabled::Masked => "masked",
        _ => "loaded",
    };
    let active = match state {
        ServiceState { running: true, .. } => "active",
        ServiceState { failed: true, .. } => "failed",
        _ => "inactive",
    };
    let file = match state.enabled {
        Enabled::Yes => "enabled",
        Enabled::No => "disabled",
        Enabled::Static => "static",
        Enabled::Masked => "masked",
    };
    let runtime = if state.until_boot { "-runtime" } else { "" };
    let needs_reload = if state.needs_reload { "yes" } else { "no" };
    let (kind, remains) = if state.once { ("oneshot", "no") } else { ("simple", "yes") };
    format!(
        "Id={unit}\nLoadState={load}\nActiveState={active}\nUnitFileState={file}{runtime}\n\
         NeedDaemonReload={needs_reload}\nType={kind}\nRemainAfterExit={remains}\n"
    )
}

fn course<'a>(value: impl Fn(&str) -> &'a str) -> ServiceCourse {
    let number = |key: &str| value(key).parse().unwrap_or_default();
    // `si_code` of waitid(2): exited, killed, dumped core.
    let end = match value("ExecMainCode") {
        "1" => Some(End::Exit(number("ExecMainStatus"))),
        "2" | "3" => Some(End::Signal(number("ExecMainStatus"))),
        _ => None,
    };
    ServiceCourse {
        state: value("ActiveState").to_owned(),
        sub_state: value("SubState").to_owned(),
        result: value("Result").to_owned(),
        end,
        conditions_met: (!matches!(value("ConditionTimestampMonotonic"), "" | "0"))
            .then(|| value("ConditionResult") == "yes"),
        restarts: value("NRestarts").parse().unwrap_or_default(),
    }
}

fn enabled(file_state: &str, load: &str, exists: bool) -> Enabled {
    match file_state {
        _ if load == "masked" => Enabled::Masked,
        "enabled" | "enabled-runtime" => Enabled::Yes,
        "disabled" | "linked" | "linked-runtime" => Enabled::No,
        "masked" | "masked-runtime" => Enabled::Masked,
        "static" | "indirect" | "generated" | "alias" | "transient" => Enabled::Static,
        _ if exists => Enabled::Static,
        _ => Enabled::No,
    }
}
