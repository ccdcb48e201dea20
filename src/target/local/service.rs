//! States of services, for every init system.

use std::collections::HashMap;
use std::path::Path;

use super::surroundings::Surroundings;
use super::{host, process, scripts};
use crate::model::error::Failure;
use crate::model::query::{Answer, Init};
use crate::model::service_manager::systemd::{self, SYSTEMCTL, UNIT_DIRECTORIES};
use crate::model::step::Command;

/// Timeout of `systemctl show`, in seconds.
const SHOW_TIMEOUT: u64 = 60;

/// Answers `Query::Service` for all names of a batch.
pub(super) fn states(names: &[&str], with: &Surroundings) -> HashMap<String, Answer> {
    let (good, bad): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| systemd::is_name(name));
    let mut answers: HashMap<String, Answer> = bad
        .into_iter()
        .map(|name| {
            let failure = Failure::new(format!("`{name}` can't be the name of a service"));
            (name.to_owned(), Answer::Failed(failure))
        })
        .collect();
    if good.is_empty() {
        return answers;
    }
    let found = match host::service_managers() {
        (Init::Systemd, _) => show(&good, with),
        (Init::Openrc, _) => {
            let links = scripts::links_of_openrc();
            scripts::at_once(&good, |name| Answer::Service(scripts::of_openrc(name, &links, with)))
        }
        (_, Some(Init::Openrc)) => {
            let links = scripts::links_of_openrc();
            scripts::at_once(&good, |name| Answer::Service(scripts::of_offline_openrc(name, &links, with)))
        }
        (_, offline) => without_systemd(&good, offline == Some(Init::Systemd), with),
    };
    answers.extend(good.into_iter().map(str::to_owned).zip(found));
    answers
}

/// Asks systemd about all of them in one call. It prints one block for each, in order.
fn show(names: &[&str], with: &Surroundings) -> Vec<Answer> {
    let units: Vec<String> = names.iter().map(|name| systemd::example(&systemd::unit(name))).collect();
    let mut argv = vec!["systemctl", "show", "--no-pager", systemd::PROPERTIES, "--"];
    argv.extend(units.iter().map(String::as_str));
    let shown = match process::output_of(&argv, with, SHOW_TIMEOUT) {
        Ok(text) => {
            let links = if text.contains("=generated") { scripts::links_of_sysv() } else { Vec::new() };
            systemd::parse_show(&text, &links)
        }
        Err(failure) => return names.iter().map(|_| Answer::Failed(failure.clone())).collect(),
    };
    units
        .iter()
        .map(|unit| match shown.iter().find(|(names, _)| names.contains(unit)) {
            Some((_, state)) => Answer::Service(state.clone()),
            None => Answer::Failed(Failure::new(format!("`systemctl show` said nothing of `{unit}`"))),
        })
        .collect()
}

/// States without a running systemd: of scripts, and of units that are enabled for the next boot.
fn without_systemd(names: &[&str], has_units: bool, with: &Surroundings) -> Vec<Answer> {
    let units: Vec<String> = names.iter().map(|name| systemd::unit(name)).collect();
    let words = if has_units { enabled_words(&units, with) } else { HashMap::new() };
    let scripts = scripts::at_once(names, |name| scripts::of_sysv(name, with));
    let states = scripts.into_iter().zip(&units).map(|(script, unit)| {
        let word = words.get(unit).map(String::as_str).unwrap_or_default();
        Answer::Service(systemd::offline(script, word))
    });
    states.collect()
}

/// What `systemctl is-enabled` says of the units that have a file. Of others it says nothing, after it has started several
/// programs for the script of that name.
fn enabled_words(units: &[String], with: &Surroundings) -> HashMap<String, String> {
    let asked: Vec<&String> = units.iter().filter(|unit| has_file(unit)).collect();
    let ask = |units: &[&String]| {
        let argv = [SYSTEMCTL, "--root=/", "is-enabled", "--"].into_iter();
        let argv = argv.chain(units.iter().map(|unit| unit.as_str()));
        process::run(&Command::new(argv), with, SHOW_TIMEOUT, &mut |_| {}).result().stdout
    };
    if asked.is_empty() {
        return HashMap::new();
    }
    let told = ask(&asked);
    let words: Vec<&str> = told.lines().collect();
    if words.len() == asked.len() {
        return asked.into_iter().cloned().zip(words.into_iter().map(str::to_owned)).collect();
    }
    // It passes over what it can't read.
    asked.into_iter().map(|unit| (unit.clone(), ask(&[unit]))).collect()
}

fn has_file(unit: &str) -> bool {
    systemd::file_names(unit).any(|name| {
        UNIT_DIRECTORIES.iter().any(|directory| Path::new(directory).join(&name).symlink_metadata().is_ok())
    })
}
