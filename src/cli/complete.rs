//! Completion candidates for shells: names in the project, runs, types, and topics.
//!
//! The shell asks by an environment variable, and shows nothing if there is no answer. So errors are ignored. Programs
//! named in a project are not run.

use std::ffi::{OsStr, OsString};

use clap::Command;
use clap_complete::CompleteEnv;
use clap_complete::engine::CompletionCandidate;

use crate::compile::Attribute;
use crate::cookbook::Project;
use crate::cookbook::sharing::SharedCookbooks;
use crate::model::node::Layer;
use crate::model::type_card::TypeCard;
use crate::model::variables::COMPLETE;
use crate::reference::pages;

use super::offer::{Offer, offer, roster};
use super::task_call::owner;
use super::{environment, project, test_files};

/// Most runs that are offered.
const RUNS: usize = 20;

/// Answers a request for completions. Returns whether there was one.
pub(super) fn answer(words: &[OsString], chefrs: fn() -> Command) -> bool {
    if std::env::var_os(COMPLETE.name).is_none_or(|shell| shell.is_empty()) {
        return false;
    }
    let directory = std::env::current_dir().ok();
    // On an error, the shell offers nothing.
    let _ = CompleteEnv::with_factory(chefrs)
        .var(COMPLETE.name)
        .bin("chefrs")
        .completer("chefrs")
        .try_complete(words.iter().cloned(), directory.as_deref());
    true
}

/// Recipes of the project and of all cookbooks.
pub(super) fn recipes(typed: &OsStr) -> Vec<CompletionCandidate> {
    let names = here().map(|project| project::recipes(&project)).unwrap_or_default();
    candidates(typed, names.into_iter().map(|name| (name, String::new())))
}

/// Cookbooks of the project itself.
pub(super) fn own_cookbooks(typed: &OsStr) -> Vec<CompletionCandidate> {
    let names: Vec<String> = here()
        .map(|project| {
            let names = project.cookbook_names().into_iter();
            names.filter(|name| project.is_own(name)).map(str::to_owned).collect()
        })
        .unwrap_or_default();
    candidates(typed, names.into_iter().map(|name| (name, String::new())))
}

/// Cookbooks that chefrs.lock has of repositories.
pub(super) fn locked_cookbooks(typed: &OsStr) -> Vec<CompletionCandidate> {
    let names: Vec<String> =
        shared().iter().flat_map(|shared| shared.locked_names().map(str::to_owned)).collect();
    candidates(typed, names.into_iter().map(|name| (name, String::new())))
}

/// Aliases of cookbooks from elsewhere.
pub(super) fn declared_cookbooks(typed: &OsStr) -> Vec<CompletionCandidate> {
    let names: Vec<String> = shared().iter().flat_map(|shared| shared.aliases().map(str::to_owned)).collect();
    candidates(typed, names.into_iter().map(|name| (name, String::new())))
}

fn shared() -> Option<SharedCookbooks> {
    SharedCookbooks::open(&project::directory(None).ok()?, &environment::owners().ok()?, None).ok()
}

/// Nodes that have a file.
pub(super) fn nodes(typed: &OsStr) -> Vec<CompletionCandidate> {
    candidates(typed, files("nodes").into_iter().map(|name| (name, String::new())))
}

/// Groups that have a file.
pub(super) fn groups(typed: &OsStr) -> Vec<CompletionCandidate> {
    candidates(typed, files("groups").into_iter().map(|name| (name, String::new())))
}

/// Secrets in files of the project.
pub(super) fn secrets(typed: &OsStr) -> Vec<CompletionCandidate> {
    let names = here().map(|project| {
        let places = project.secret_places().unwrap_or_default();
        places
            .iter()
            .flat_map(|place| project.secret_files(place).unwrap_or_default())
            .map(|file| file.name)
            .collect()
    });
    let names: std::collections::BTreeSet<String> = names.unwrap_or_default();
    candidates(typed, names.into_iter().map(|name| (name, String::new())))
}

/// Nodes and groups that have a file, and this machine.
pub(super) fn targets(typed: &OsStr) -> Vec<CompletionCandidate> {
    let groups = files("groups").into_iter().map(|name| format!("@{name}"));
    let names = files("nodes").into_iter().chain(groups).chain(["local".to_owned()]);
    candidates(typed, names.map(|name| (name, String::new())))
}

/// The last runs started on this machine.
pub(super) fn runs(typed: &OsStr) -> Vec<CompletionCandidate> {
    let history = environment::history().ok().flatten();
    let runs = history.and_then(|history| history.runs(RUNS, None).ok()).unwrap_or_default();
    candidates(typed, runs.into_iter().map(|run| (run.run.clone(), format!("{} {}", run.begun, run.what()))))
}

/// Resource types, including custom ones.
pub(super) fn types(typed: &OsStr) -> Vec<CompletionCandidate> {
    let offered = offered().map(|offer| offer.types).unwrap_or_default();
    let line = |card: &TypeCard| card.schema.doc.lines().next().unwrap_or_default().to_owned();
    candidates(typed, roster().chain(offered).map(|card| (card.word.clone(), line(&card))))
}

/// Cookbooks with tasks.
pub(super) fn task_owners(typed: &OsStr) -> Vec<CompletionCandidate> {
    let tasks = offered().map(|offer| offer.tasks).unwrap_or_default();
    let mut owners: Vec<(String, String)> =
        tasks.iter().map(|card| (owner(card).to_owned(), String::new())).collect();
    owners.dedup();
    candidates(typed, owners.into_iter())
}

/// Topics of the reference.
pub(super) fn topics(typed: &OsStr) -> Vec<CompletionCandidate> {
    candidates(typed, pages().into_iter().map(|page| (page.name, page.title)))
}

/// Cookbooks with tests, and files of tests.
pub(super) fn tests(typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(project) = here() else { return Vec::new() };
    let files = test_files::all(&project);
    let mut names: Vec<String> =
        files.iter().map(|file| file.cookbook.clone()).filter(|name| !name.is_empty()).collect();
    names.dedup();
    names.extend(files.iter().map(|file| test_files::label(&project, file)));
    candidates(typed, names.into_iter().map(|name| (name, String::new())))
}

/// Attributes, as dotted paths.
pub(super) fn attributes(typed: &OsStr) -> Vec<CompletionCandidate> {
    candidates(typed, attribute_paths(|_| true).into_iter())
}

/// Attributes with a `=`, ready for a value.
pub(super) fn settings(typed: &OsStr) -> Vec<CompletionCandidate> {
    let can_be_set = |attribute: &Attribute| {
        !attribute.layers.iter().any(|(layer, ..)| matches!(layer, Layer::Probe | Layer::Example))
    };
    candidates(typed, attribute_paths(can_be_set).into_iter().map(|(path, doc)| (format!("{path}="), doc)))
}

fn attribute_paths(wanted: impl Fn(&Attribute) -> bool) -> Vec<(String, String)> {
    let offered = offered().map(|offer| offer.attributes).unwrap_or_default();
    offered.into_iter().filter(wanted).map(|attribute| (attribute.path, attribute.doc)).collect()
}

fn here() -> Option<Project> {
    project::open(None).ok()
}

fn offered() -> Option<Offer> {
    offer(&here()?).ok()
}

/// Names of the files in a folder of the project.
fn files(folder: &str) -> Vec<String> {
    here().map(|project| project.own().names(folder, "toml")).unwrap_or_default()
}

/// Candidates that start with the typed word. Text before the last comma is kept.
fn candidates(typed: &OsStr, names: impl Iterator<Item = (String, String)>) -> Vec<CompletionCandidate> {
    let typed = typed.to_str().unwrap_or_default();
    let (before, word) = typed.rfind(',').map_or(("", typed), |comma| typed.split_at(comma + 1));
    let fits = names.filter(|(name, _)| name.starts_with(word) && !name.chars().any(char::is_control));
    fits.map(|(name, line)| {
        let help = Some(line.replace(char::is_control, " ")).filter(|line| !line.is_empty());
        CompletionCandidate::new(format!("{before}{name}")).help(help.map(Into::into))
    })
    .collect()
}
