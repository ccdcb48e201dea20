//! Answers batches of queries: files in parallel, and each program once for all its queries.

use std::collections::HashMap;

use super::apt::PackageOffer;
use super::packages::{Database, is_name};
use super::surroundings::Surroundings;
use super::{apt, drafts, files, history, host, http, journal, lock, process, restart, service};
use crate::model::error::Failure;
use crate::model::journal::Journal;
use crate::model::query::{Answer, OfferedPackage, Query};

/// Answers all queries, in order.
pub(super) fn all(queries: &[Query], with: &Surroundings, packages: &mut Database) -> Vec<Answer> {
    let look = || files::answer_files(queries, &with.accounts, &with.interrupt);
    let (mut batch, files) = if queries.iter().any(needs_a_program) {
        // Look at files while the program runs.
        std::thread::scope(|scope| {
            let batch = scope.spawn(|| Prepared::prepare(queries, with));
            let files = look();
            (batch.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), files)
        })
    } else {
        (Prepared::default(), look())
    };
    // Fill in the missing answers in place, without copying the others.
    files
        .into_iter()
        .zip(queries)
        .map(|(answer, query)| answer.unwrap_or_else(|| batch.answer(query, with, packages)))
        .collect()
}

/// Whether one program answers all queries of this kind.
fn needs_a_program(query: &Query) -> bool {
    matches!(
        query,
        Query::Service(_) | Query::Candidate { .. } | Query::Versions { .. } | Query::Providers { .. }
    )
}

/// The answers of programs that were run once for several queries.
#[derive(Default)]
struct Prepared {
    services: HashMap<String, Answer>,
    offers: HashMap<String, Result<PackageOffer, Failure>>,
    providers: HashMap<String, Result<Vec<OfferedPackage>, Failure>>,
}

impl Prepared {
    fn prepare(queries: &[Query], with: &Surroundings) -> Self {
        let mut services: Vec<&str> = Vec::new();
        let mut candidates: Vec<&str> = Vec::new();
        let mut virtual_names: Vec<&str> = Vec::new();
        for query in queries {
            match query {
                Query::Service(name) => services.push(name),
                Query::Candidate { manager, name } | Query::Versions { manager, name }
                    if manager == "apt" =>
                {
                    candidates.push(name);
                }
                Query::Providers { manager, name } if manager == "apt" => virtual_names.push(name),
                _ => {}
            }
        }
        for names in [&mut services, &mut candidates, &mut virtual_names] {
            names.sort_unstable();
            names.dedup();
        }
        let services = if services.is_empty() { HashMap::new() } else { service::states(&services, with) };
        Self {
            services,
            offers: each(&candidates, |names| apt::offers(names, with)),
            providers: each(&virtual_names, |names| apt::providers(names, with)),
        }
    }

    fn answer(&mut self, query: &Query, with: &Surroundings, packages: &mut Database) -> Answer {
        match query {
            Query::User(name) => Answer::User(with.accounts.user(name).map(Box::new)),
            Query::Group(name) => Answer::Group(with.accounts.group(name)),
            Query::Package { manager, .. }
            | Query::Candidate { manager, .. }
            | Query::Versions { manager, .. }
            | Query::Providers { manager, .. }
            | Query::PackageDatabase { manager }
                if manager != "apt" =>
            {
                Answer::Failed(
                    Failure::new(format!("there is no package manager `{manager}` here"))
                        .hint("chefrs supports `apt`"),
                )
            }
            Query::Package { name, .. } => Answer::Package(packages.now().state(name)),
            Query::PackageDatabase { .. } => {
                Answer::PackageDatabase { interrupted: packages.is_interrupted() }
            }
            Query::Candidate { name, .. } => {
                told(&self.offers, name, |offer| Answer::Candidate(offer.candidate))
            }
            Query::Versions { name, .. } => {
                told(&self.offers, name, |offer| Answer::Versions(offer.versions))
            }
            Query::Providers { name, .. } => told(&self.providers, name, Answer::Providers),
            Query::Service(name) => self
                .services
                .get(name)
                .cloned()
                .unwrap_or_else(|| Answer::Failed(Failure::new(format!("nothing is known of `{name}`")))),
            Query::Host => host::host(&with.accounts),
            Query::Interfaces => host::interfaces(),
            Query::Command(command) => {
                let ran = process::run(command, with, process::QUERY_TIMEOUT, &mut |_| {});
                Answer::Command(ran.result())
            }
            Query::Http(request) => Answer::Http(http::fetch(request, &with.interrupt)),
            Query::Restart => Answer::Restart(with.restart.as_ref().map(|restart| restart.by.clone())),
            Query::Journal => journal(with).map_or_else(Answer::Failed, Answer::Journal),
            Query::Lock => lock::look(&with.state()).map_or_else(Answer::Failed, Answer::Lock),
            Query::History => history::look(&with.state()).map_or_else(Answer::Failed, Answer::History),
            Query::Stat(path)
            | Query::Resolve(path)
            | Query::Digest(path)
            | Query::Read(path)
            | Query::List(path)
            | Query::Writable(path) => {
                Answer::Failed(Failure::new(format!("nothing was found out about `{path}`")))
            }
        }
    }
}

/// The journal, with pending restarts and drafts.
fn journal(with: &Surroundings) -> Result<Journal, Failure> {
    let state = with.state();
    let (restarts, drafts) = (restart::look(&state)?.into_list(), drafts::look(&state)?);
    Ok(Journal { restarts, drafts, ..journal::look(&state)? })
}

/// The answer for one name from the output of a program.
fn told<T: Clone + Default>(
    found: &HashMap<String, Result<T, Failure>>,
    name: &str,
    answer: impl Fn(T) -> Answer,
) -> Answer {
    match found.get(name) {
        Some(Ok(told)) => answer(told.clone()),
        Some(Err(failure)) => Answer::Failed(failure.clone()),
        None => answer(T::default()),
    }
}

/// Asks for all packages in one call.
fn each<T: Clone + Default>(
    names: &[&str],
    ask: impl Fn(&[&str]) -> Result<HashMap<String, T>, Failure>,
) -> HashMap<String, Result<T, Failure>> {
    let (good, bad): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| is_name(name));
    let refuse = |name: &str| Err(Failure::new(format!("`{name}` can't be the name of a package")));
    let mut told: HashMap<_, _> = bad.into_iter().map(|name| (name.to_owned(), refuse(name))).collect();
    if good.is_empty() {
        return told;
    }
    match ask(&good) {
        Ok(mut found) => told.extend(
            good.into_iter().map(|name| (name.to_owned(), Ok(found.remove(name).unwrap_or_default()))),
        ),
        Err(failure) => told.extend(good.into_iter().map(|name| (name.to_owned(), Err(failure.clone())))),
    }
    told
}
