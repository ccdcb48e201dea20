//! Answers about packages, asked as the package manager's description says.

use std::collections::HashMap;

use super::machine::told;
use super::shell_state::{Found, Raced, ShellState};
use super::wire::{self, Frames, call};
use crate::model::error::Failure;
use crate::model::package_manager::{Look, PackageManager, Question};
use crate::model::query::{Answer, Query};

/// Asks for what is installed, if that has changed.
pub(super) fn ask(manager: &PackageManager, asked: &[(usize, &Query)], seen: &ShellState) -> String {
    let stamp = if seen.packages_of == manager.name { seen.packages_stamp.as_str() } else { "" };
    let stamps = manager.installed.stamps.iter().copied();
    let changed = call("changed", ["packages", stamp].into_iter().chain(stamps));
    let looks: Vec<String> = manager.installed.looks.iter().map(|one| look("look", one)).collect();
    let mut script = format!("if {changed}; then\n{}\nfi", looks.join("\n"));
    if let Some(interrupted) = &manager.installed.interrupted
        && asked.iter().any(|(_, query)| matches!(query, Query::PackageDatabase { .. }))
    {
        script = script + "\n" + &look("interrupted", &interrupted.look);
    }
    let names = names(manager, asked);
    if let Some(question) = &manager.installed.providers
        && !names.is_empty()
    {
        script = script + "\nput providers next\n" + &ask_program(question, &names);
    }
    script
}

/// The valid names among them.
fn names<'a>(manager: &PackageManager, asked: &[(usize, &'a Query)]) -> Vec<&'a str> {
    let name = |query: &'a Query| match query {
        Query::Package { name, .. } if manager.is_name(name) => Some(name.as_str()),
        _ => None,
    };
    asked.iter().filter_map(|(_, query)| name(query)).collect()
}

fn look(key: &str, look: &Look) -> String {
    match look {
        Look::File { path, pattern } => call("ask_text", [key, pattern, path]),
        Look::Names(directory) => call("ask_entries", [key, directory, ""]),
        Look::NamesBelow(directory) => call("ask_entries", [key, directory, "below"]),
        Look::Command(argv) => format!("put {key} next\n{}", call("told", argv.iter().copied())),
    }
}

/// The result of a look.
fn seen_by(look: &Look, frames: &mut Frames) -> Result<Result<String, Failure>, Raced> {
    let text = frames.text("look").unwrap_or_default();
    match look {
        Look::Command(argv) => told(frames, &argv.join(" "), |status| status == 0),
        Look::File { .. } | Look::Names(_) | Look::NamesBelow(_) => Ok(Ok(text)),
    }
}

/// Answers `Package`, `InstalledPackages` and `PackageDatabase`.
pub(super) fn answers(
    manager: &'static PackageManager,
    asked: &[(usize, &Query)],
    mut frames: Frames,
    seen: &mut ShellState,
) -> Found {
    if let Some(stamp) = frames.text("packages.stamp") {
        let mut texts = Vec::new();
        for look in manager.installed.looks {
            match seen_by(look, &mut frames)? {
                Ok(text) => texts.push(text),
                Err(failure) => {
                    return Ok(asked
                        .iter()
                        .map(|(index, _)| (*index, Answer::Failed(failure.clone())))
                        .collect());
                }
            }
        }
        seen.packages = (manager.installed.parse)(&texts);
        (seen.packages_of, seen.packages_stamp) = (manager.name, stamp);
    }
    let noted = frames.text("interrupted").unwrap_or_default();
    let tells = manager.installed.interrupted.as_ref().is_some_and(|interrupted| (interrupted.tells)(&noted));
    let interrupted = tells || seen.packages.is_half_done();
    let mut providers = Ok(HashMap::new());
    if let Some(question) = &manager.installed.providers
        && frames.text("providers").is_some()
    {
        providers = told(&mut frames, &question.argv.join(" "), question.accepts)?
            .map(|text| (question.parse)(&text));
    }
    let state = |name: &str| {
        let mut state = seen.packages.state(name);
        if state.version.is_none() {
            match &providers {
                Ok(providers) => state.provided_by.extend(providers.get(name).cloned().unwrap_or_default()),
                Err(failure) => return Answer::Failed(Failure::clone(failure)),
            }
        }
        Answer::Package(state)
    };
    Ok(asked
        .iter()
        .filter_map(|(index, query)| match query {
            Query::Package { name, .. } => Some((*index, state(name))),
            Query::InstalledPackages { .. } => {
                Some((*index, Answer::InstalledPackages(seen.packages.versions())))
            }
            Query::PackageDatabase { .. } => Some((*index, Answer::PackageDatabase { interrupted })),
            _ => None,
        })
        .collect())
}

/// Asks a program about names.
pub(super) fn ask_program<T>(question: &Question<T>, names: &[&str]) -> String {
    let names = (question.names)(names);
    let call = |verb: &str, argv: &[&'static str]| {
        wire::call(verb, argv.iter().copied().chain(names.iter().map(String::as_str)))
    };
    let told = call("told", question.argv);
    let Some(cache) = &question.from_cache else { return told };
    let newest = wire::call("newest", [cache.file].into_iter().chain(cache.sources.iter().copied()));
    format!("if {newest} && {}; then :; else {told}; fi", call("tried", cache.argv))
}

/// The answers for names from the output of a program.
pub(super) fn program_answers<T: Clone + Default>(
    question: &Question<T>,
    asked: &[(usize, &str)],
    mut frames: Frames,
    answer: impl Fn(usize, T) -> Answer,
) -> Found {
    let found =
        told(&mut frames, &question.argv.join(" "), question.accepts)?.map(|text| (question.parse)(&text));
    let one = |&(index, name): &(usize, &str)| match &found {
        Ok(found) => (index, answer(index, found.get(name).cloned().unwrap_or_default())),
        Err(failure) => (index, Answer::Failed(failure.clone())),
    };
    Ok(asked.iter().map(one).collect())
}
