//! Answers a batch of queries with one script.

use std::collections::VecDeque;

use camino::Utf8Path;
use rustc_hash::FxHashMap;

use super::question::{NamesQuestion, place};
use super::shell_state::{Raced, ShellState};
use super::wire::{Frames, ShellWire, call};
use super::{command, download, files, machine, packages, page, services, state};
use crate::model::error::Failure;
use crate::model::package_manager::{PACKAGE_MANAGERS, PackageManager};
use crate::model::query::{Answer, Query};
use crate::model::service_manager::systemd;
use crate::model::step::Command;
use crate::target::local::package_lock::known;
use crate::target::local::process::QUERY_TIMEOUT;

/// Number of paths in one call of a program. Far below the kernel's limit for arguments.
const AT_ONCE: usize = 100;
/// Limit for the weight of a request, in files of the largest size that is read. The answer then stays below the limit
/// of the session.
const MOST: usize = 24;
/// How often a batch is asked again if files changed meanwhile.
const ATTEMPTS: u32 = 3;

/// Queries of one kind, each with its index in the batch.
pub(super) enum Part<'a> {
    /// Accounts, asked for themselves or for the names of owners.
    Accounts(Vec<(usize, &'a Query)>),
    /// Names in one directory.
    Names(NamesQuestion, &'a str, Vec<(usize, &'a Utf8Path)>),
    List(usize, &'a Utf8Path),
    Writable(Vec<(usize, &'a Utf8Path)>),
    Packages(&'static PackageManager, Vec<(usize, &'a Query)>),
    Offers(&'static PackageManager, Vec<(usize, &'a str)>),
    Providers(&'static PackageManager, Vec<(usize, &'a str)>),
    Services(Vec<(usize, &'a str)>),
    Host(Vec<usize>),
    Interfaces(Vec<usize>),
    Command(usize, &'a Command),
    Runs(usize, &'a Query),
}

impl Part<'_> {
    /// Largest size of the answer, in files of the largest size that is read.
    fn weight(&self) -> usize {
        match self {
            Part::Names(NamesQuestion::Read, _, asked) => asked.len(),
            Part::Packages(..) => MOST / 2,
            Part::Command(..) | Part::Offers(..) | Part::Providers(..) | Part::List(..) | Part::Runs(..) => 4,
            _ => 0,
        }
    }
}

/// Groups the parts into requests.
fn requests<'p, 'a>(parts: &'p [Part<'a>]) -> Vec<&'p [Part<'a>]> {
    let (mut requests, mut begin, mut weight) = (Vec::new(), 0, 0);
    for (index, part) in parts.iter().enumerate() {
        weight += part.weight();
        if weight > MOST && begin < index {
            requests.push(&parts[begin..index]);
            (begin, weight) = (index, part.weight());
        }
    }
    requests.push(&parts[begin..]);
    requests
}

/// Answers all queries, in order.
///
/// # Errors
/// The connection broke.
pub(super) fn all(
    queries: &[Query],
    wire: &mut ShellWire,
    seen: &mut ShellState,
) -> Result<Vec<Answer>, Failure> {
    let mut answers: Vec<Option<Answer>> = queries.iter().map(|query| told_at_once(query, seen)).collect();
    if queries.iter().any(state::is_about_runs) {
        state::define(wire)?;
    }
    for _ in 0..ATTEMPTS {
        let parts = sort(queries, &answers);
        if parts.is_empty() {
            break;
        }
        for parts in requests(&parts) {
            let script: Vec<String> = parts.iter().map(|part| script(part, wire, seen)).collect();
            let mut told = split(wire.ask(&script.join("\n"))?).into_iter();
            for part in parts {
                let frames = told.next().unwrap_or_default();
                // A part whose files changed meanwhile stays open, and is asked again.
                if let Ok(found) = decode(queries, part, frames, seen) {
                    for (index, answer) in found {
                        answers[index] = Some(answer);
                    }
                }
            }
        }
    }
    for (answer, query) in answers.iter_mut().zip(queries) {
        if let Query::Http(request) = query {
            *answer = Some(page::fetch(request, wire)?);
        }
        if let Query::Download(url) = query {
            *answer = Some(download::download(url, wire)?);
        }
    }
    let changing = |query: &Query| match query.path() {
        Some(path) => Answer::Failed(Failure::new(format!("`{path}` changed while it was being looked at"))),
        None => Answer::Failed(Failure::new("the machine's answer could not be read")),
    };
    Ok(queries.iter().zip(answers).map(|(query, answer)| answer.unwrap_or_else(|| changing(query))).collect())
}

/// Answers or refuses a query without asking the machine.
fn told_at_once(query: &Query, seen: &ShellState) -> Option<Answer> {
    let bad = |what: &str, name: &str| {
        Some(Answer::Failed(Failure::new(format!("`{name}` can't be the name of a {what}"))))
    };
    match query {
        Query::Package { manager, .. }
        | Query::Candidate { manager, .. }
        | Query::Versions { manager, .. }
        | Query::Providers { manager, .. }
        | Query::InstalledPackages { manager }
        | Query::PackageDatabase { manager }
            if let Err(failure) = known(manager) =>
        {
            Some(Answer::Failed(failure))
        }
        query if query.path().is_some_and(|path| !path.is_absolute()) => {
            let path = query.path().map_or("", Utf8Path::as_str);
            Some(Answer::Failed(Failure::new(format!("`{path}` is not an absolute path"))))
        }
        Query::Restart => Some(Answer::Restart(seen.restart.as_ref().map(|restart| restart.by.clone()))),
        Query::Candidate { manager, name }
        | Query::Versions { manager, name }
        | Query::Providers { manager, name }
            if known(manager).is_ok_and(|manager| !manager.is_name(name)) =>
        {
            bad("package", name)
        }
        Query::Service(name) if !systemd::is_name(name) => bad("service", name),
        _ => None,
    }
}

/// The unanswered queries by kind. Accounts come first, because other answers contain names of owners.
fn sort<'a>(queries: &'a [Query], answers: &[Option<Answer>]) -> Vec<Part<'a>> {
    let open = || queries.iter().enumerate().filter(|(index, _)| answers[*index].is_none());
    let mut parts = Vec::new();
    let accounts: Vec<_> =
        open().filter(|(_, query)| matches!(query, Query::User(_) | Query::Group(_))).collect();
    // These answers contain owners as names.
    let names = |query: &Query| query.path().is_some() || matches!(query, Query::Host);
    if !accounts.is_empty() || open().any(|(_, query)| names(query)) {
        parts.push(Part::Accounts(accounts));
    }
    for kind in NamesQuestion::ALL {
        let mut directories: FxHashMap<&str, Vec<(usize, &Utf8Path)>> = FxHashMap::default();
        let mut order = Vec::new();
        for (index, query) in open() {
            let Some(path) = kind.path(query) else { continue };
            let directory = place(path).0;
            directories
                .entry(directory)
                .or_insert_with(|| {
                    order.push(directory);
                    Vec::new()
                })
                .push((index, path));
        }
        for directory in order {
            let asked = directories.remove(directory).unwrap_or_default();
            let at_once = if matches!(kind, NamesQuestion::Read) { MOST } else { AT_ONCE };
            parts.extend(asked.chunks(at_once).map(|asked| Part::Names(kind, directory, asked.to_vec())));
        }
    }
    parts.extend(open().filter_map(|(index, query)| match query {
        Query::List(path) => Some(Part::List(index, path)),
        _ => None,
    }));
    let writable: Vec<_> = open()
        .filter_map(|(index, query)| match query {
            Query::Writable(path) => Some((index, path.as_path())),
            _ => None,
        })
        .collect();
    parts.extend(writable.chunks(AT_ONCE).map(|paths| Part::Writable(paths.to_vec())));
    for &manager in PACKAGE_MANAGERS {
        parts.extend(about_packages(manager, open()));
    }
    let (mut services, mut hosts, mut interfaces) = (Vec::new(), Vec::new(), Vec::new());
    for (index, query) in open() {
        match query {
            Query::Service(name) => services.push((index, name.as_str())),
            Query::Host => hosts.push(index),
            Query::Interfaces => interfaces.push(index),
            _ => {}
        }
    }
    let filled = |parts: &mut Vec<Part<'a>>, empty: bool, part| {
        if !empty {
            parts.push(part);
        }
    };
    filled(&mut parts, services.is_empty(), Part::Services(services));
    filled(&mut parts, hosts.is_empty(), Part::Host(hosts));
    filled(&mut parts, interfaces.is_empty(), Part::Interfaces(interfaces));
    parts.extend(open().filter_map(|(index, query)| match query {
        Query::Command(command) => Some(Part::Command(index, command)),
        query if state::is_about_runs(query) => Some(Part::Runs(index, query)),
        _ => None,
    }));
    parts
}

/// What is asked of one package manager.
fn about_packages<'a>(
    manager: &'static PackageManager,
    open: impl Iterator<Item = (usize, &'a Query)>,
) -> Vec<Part<'a>> {
    let (mut packages, mut offers, mut providers) = (Vec::new(), Vec::new(), Vec::new());
    for (index, query) in open {
        match query {
            Query::Package { manager: of, .. }
            | Query::InstalledPackages { manager: of }
            | Query::PackageDatabase { manager: of }
                if of == manager.name =>
            {
                packages.push((index, query));
            }
            Query::Candidate { manager: of, name } | Query::Versions { manager: of, name }
                if of == manager.name =>
            {
                offers.push((index, name.as_str()));
            }
            Query::Providers { manager: of, name } if of == manager.name => {
                providers.push((index, name.as_str()));
            }
            _ => {}
        }
    }
    let parts = [
        (!packages.is_empty()).then_some(Part::Packages(manager, packages)),
        (!offers.is_empty()).then_some(Part::Offers(manager, offers)),
        (!providers.is_empty()).then_some(Part::Providers(manager, providers)),
    ];
    parts.into_iter().flatten().collect()
}

fn script(part: &Part<'_>, wire: &ShellWire, seen: &ShellState) -> String {
    let asked = match part {
        Part::Accounts(_) => machine::ask_accounts(seen),
        Part::Names(kind, directory, asked) => {
            let question = kind.words();
            let words = std::iter::once(*directory).chain(question.iter().map(String::as_str));
            call("inside", words.chain(asked.iter().map(|(_, path)| place(path).1)))
        }
        Part::List(_, path) => call("inside", [path.as_str(), "ask_names"]),
        Part::Writable(paths) => call("ask_writable", paths.iter().map(|(_, path)| path.as_str())),
        Part::Packages(manager, asked) => packages::ask(manager, asked, seen),
        Part::Offers(manager, asked) => packages::ask_program(&manager.offered.versions, &second(asked)),
        Part::Providers(manager, asked) => packages::ask_program(&manager.offered.providers, &second(asked)),
        Part::Services(names) => services::ask(names),
        Part::Host(_) => machine::ask_host(),
        Part::Interfaces(_) => "ask_interfaces".into(),
        Part::Runs(_, query) => state::ask(query),
        Part::Command(_, command) => command::script(command, wire, QUERY_TIMEOUT, command::WHOLE),
    };
    format!("put part next\n{asked}")
}

fn second<'a>(asked: &[(usize, &'a str)]) -> Vec<&'a str> {
    asked.iter().map(|(_, name)| *name).collect()
}

/// Splits the answer into those of the parts.
fn split(frames: Frames) -> Vec<Frames> {
    let mut parts: Vec<Frames> = Vec::new();
    for frame in frames.0 {
        if frame.key == "part" {
            parts.push(Frames(VecDeque::new()));
        } else if let Some(part) = parts.last_mut() {
            part.0.push_back(frame);
        }
    }
    parts
}

fn decode(
    queries: &[Query],
    part: &Part<'_>,
    frames: Frames,
    seen: &mut ShellState,
) -> Result<Vec<(usize, Answer)>, Raced> {
    match part {
        Part::Accounts(asked) => Ok(machine::accounts(asked, frames, seen)),
        Part::Names(kind, _, asked) => files::names(*kind, asked, frames, seen),
        Part::List(index, path) => files::list(*index, path, frames, seen),
        Part::Writable(paths) => files::writable(paths, frames),
        Part::Packages(manager, asked) => packages::answers(manager, asked, frames, seen),
        Part::Offers(manager, asked) => {
            let whole = |index: usize| matches!(queries[index], Query::Versions { .. });
            packages::program_answers(&manager.offered.versions, asked, frames, |index, offer| {
                if whole(index) {
                    Answer::Versions(offer.versions)
                } else {
                    Answer::Candidate(offer.candidate)
                }
            })
        }
        Part::Providers(manager, asked) => {
            packages::program_answers(&manager.offered.providers, asked, frames, |_, all| {
                Answer::Providers(all)
            })
        }
        Part::Services(names) => services::answers(names, frames),
        Part::Host(asked) => machine::host(asked, frames, seen),
        Part::Interfaces(asked) => Ok(machine::interfaces(asked, frames)),
        Part::Runs(index, query) => {
            state::answer(query, frames, seen).map(|answer| vec![(*index, answer)]).ok_or(Raced)
        }
        Part::Command(index, command) => {
            let ran = command::CommandOutput::default().read(frames, command, QUERY_TIMEOUT);
            Ok(vec![(*index, Answer::Command(ran.result()))])
        }
    }
}
