//! Answers about services.

use super::machine;
use super::shell_state::{Found, Raced};
use super::wire::{Frames, call};
use crate::model::error::Failure;
use crate::model::query::{Answer, Init, ServiceState};
use crate::model::service_manager::sysv::script_name;
use crate::model::service_manager::{SERVICE_MANAGERS, ServiceManager, openrc, systemd, sysv};
use crate::target::quote::quote;

/// The shell functions that are made from what is known of service managers.
pub(super) fn functions() -> String {
    recognition() + &unit_file_search()
}

/// The function that tells whether a unit has a file, or its template has one: what `has_file` of the local engine does.
fn unit_file_search() -> String {
    let directories = systemd::UNIT_DIRECTORIES.map(quote).join(" ");
    format!(
        "has_unit_file() {{\nfor d in {directories}; do\nfor f in \"$d/$1\" \"$d/${{1%%@*}}@.${{1##*.}}\"; do \
         [ ! -e \"$f\" ] && [ ! -L \"$f\" ] || return 0; done\ndone\nreturn 1\n}}\n"
    )
}

/// The function that recognises the service manager, as $init, and the one that is installed but does not run, as $offline:
/// what `service_manager::of_machine` does.
fn recognition() -> String {
    let branches = |path: fn(&ServiceManager) -> Option<&'static str>, variable: &str| {
        let all = SERVICE_MANAGERS.iter().filter_map(|manager| {
            Some(format!("if [ -e {} ]; then {variable}={}; el", quote(path(manager)?), manager.fact))
        });
        all.collect::<String>() + &format!("se {variable}=; fi")
    };
    let running = branches(|manager| Some(manager.running), "init");
    let installed = branches(|manager| manager.installed, "offline");
    let alone: Vec<&str> =
        SERVICE_MANAGERS.iter().filter(|manager| manager.is_alone).map(|manager| manager.fact).collect();
    format!(
        "init_system() {{\n{running}\n{installed}\ncase $init in {}) offline= ;; esac\n}}\n",
        alone.join("|")
    )
}

/// Asks for the states of services.
pub(super) fn ask(asked: &[(usize, &str)]) -> String {
    let units: Vec<String> = asked.iter().map(|(_, name)| systemd::unit(name)).collect();
    let shown: Vec<String> = units.iter().map(|unit| systemd::example(unit)).collect();
    let words = asked.iter().zip(&units).zip(&shown);
    let words = words.flat_map(|(((_, name), unit), shown)| [script_name(name), unit, shown]);
    call("ask_services", std::iter::once(systemd::PROPERTIES).chain(words))
}

/// Answers `Service`.
pub(super) fn answers(asked: &[(usize, &str)], mut frames: Frames) -> Found {
    match machine::managers(&mut frames)? {
        (Init::Systemd, _) => units(asked, &mut frames),
        (init, offline) => scripts(asked, init, offline, &mut frames),
    }
}

fn units(asked: &[(usize, &str)], frames: &mut Frames) -> Found {
    let shown = machine::told(frames, "systemctl show", |status| status == 0)?;
    let links = links(frames);
    let shown = shown.map(|text| systemd::parse_show(&text, &links));
    Ok(asked
        .iter()
        .map(|(index, name)| {
            let unit = systemd::example(&systemd::unit(name));
            let answer = match &shown {
                Err(failure) => Answer::Failed(failure.clone()),
                Ok(shown) => match shown.iter().find(|(names, _)| names.contains(&unit)) {
                    Some((_, state)) => Answer::Service(state.clone()),
                    None => {
                        Answer::Failed(Failure::new(format!("`systemctl show` said nothing of `{unit}`")))
                    }
                },
            };
            (*index, answer)
        })
        .collect())
}

/// Names in the directories of the run levels; for OpenRC with that of the run level.
fn links(frames: &mut Frames) -> Vec<String> {
    std::iter::from_fn(|| frames.text("link")).collect()
}

/// What a script says of itself.
struct ScriptAnswer {
    /// The exit status of its `status`. None if there is no script.
    status: Option<String>,
    /// Its first line.
    first: String,
    /// What `systemctl is-enabled` says of the unit of that name.
    unit: String,
}

fn scripts(asked: &[(usize, &str)], init: Init, offline: Option<Init>, frames: &mut Frames) -> Found {
    let mut script = || {
        let status = frames.text("script")?;
        let status = (status != "none").then_some(status);
        Some(ScriptAnswer { status, first: frames.text("first")?, unit: frames.text("unit")? })
    };
    let scripts: Option<Vec<ScriptAnswer>> = asked.iter().map(|_| script()).collect();
    let scripts = scripts.ok_or(Raced)?;
    let links = links(frames);
    let state = |name: &str, script: &ScriptAnswer| {
        let found = script.status.as_deref();
        let found = found.map(|status| match (init, offline) {
            (Init::Openrc, _) => openrc::state(name, status.parse().ok(), &links),
            (_, Some(Init::Openrc)) => openrc::offline(name, status == "0", &script.first, &links),
            _ => sysv::state(name, status == "0", &links),
        });
        match offline {
            Some(Init::Systemd) => systemd::offline(found, &script.unit),
            _ => found.unwrap_or_else(ServiceState::missing),
        }
    };
    let answers = asked.iter().zip(&scripts);
    Ok(answers.map(|((index, name), script)| (*index, Answer::Service(state(name, script)))).collect())
}
