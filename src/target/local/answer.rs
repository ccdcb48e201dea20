//! Answers batches of queries: files in parallel, and each program once for all its queries.

use std::collections::HashMap;

use super::offers::{self, ToldOfNames};
use super::package_lock;
use super::packages::Database;
use super::surroundings::Surroundings;
use super::{downloads, drafts, fetch, files, history, host, http, journal, lock, process, restart, service};
use crate::model::error::Failure;
use crate::model::journal::Journal;
use crate::model::package_manager::{InstalledPackages, PACKAGE_MANAGERS, PackageManager, PackageOffer};
use crate::model::query::{Answer, OfferedPackage, PackageState, Query};
use crate::model::sorted;

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
    batch.ask_providers(queries, with, packages);
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
    /// By the name of the package manager.
    offers: HashMap<&'static str, Offers>,
    /// Installed packages that provide a name, likewise.
    provided: HashMap<&'static str, ToldOfNames<Vec<String>>>,
}

/// What the sources of a package manager offer.
#[derive(Default)]
struct Offers {
    versions: ToldOfNames<PackageOffer>,
    providers: ToldOfNames<Vec<OfferedPackage>>,
}

impl Offers {
    fn ask(manager: &PackageManager, queries: &[Query], with: &Surroundings) -> Self {
        let (mut versions, mut providers): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
        for query in queries {
            match query {
                Query::Candidate { manager: of, name } | Query::Versions { manager: of, name }
                    if of == manager.name =>
                {
                    versions.push(name);
                }
                Query::Providers { manager: of, name } if of == manager.name => providers.push(name),
                _ => {}
            }
        }
        for names in [&mut versions, &mut providers] {
            sorted::sort_by(names, Ord::cmp);
            names.dedup();
        }
        Self {
            versions: offers::each(manager, &manager.offered.versions, &versions, with),
            providers: offers::each(manager, &manager.offered.providers, &providers, with),
        }
    }
}

impl Prepared {
    fn prepare(queries: &[Query], with: &Surroundings) -> Self {
        let services = queries.iter().filter_map(|query| match query {
            Query::Service(name) => Some(name.as_str()),
            _ => None,
        });
        let mut services: Vec<&str> = services.collect();
        sorted::sort_by(&mut services, Ord::cmp);
        services.dedup();
        let services = if services.is_empty() { HashMap::new() } else { service::states(&services, with) };
        let offers =
            PACKAGE_MANAGERS.iter().map(|manager| (manager.name, Offers::ask(manager, queries, with)));
        Self { services, offers: offers.collect(), provided: HashMap::new() }
    }

    /// Asks which installed packages provide the names that are not installed, where what is installed does not tell.
    fn ask_providers(&mut self, queries: &[Query], with: &Surroundings, packages: &mut Database) {
        for &manager in PACKAGE_MANAGERS {
            let Some(question) = &manager.installed.providers else { continue };
            let mut names: Vec<&str> = Vec::new();
            for query in queries {
                if let Query::Package { manager: of, name } = query
                    && of == manager.name
                    && packages
                        .now(manager, with)
                        .is_ok_and(|packages| packages.state(name).version.is_none())
                {
                    names.push(name);
                }
            }
            sorted::sort_by(&mut names, Ord::cmp);
            names.dedup();
            self.provided.insert(manager.name, offers::each(manager, question, &names, with));
        }
    }

    /// The state of a package, with the installed packages that provide it.
    fn with_providers(&self, manager: &PackageManager, name: &str, mut state: PackageState) -> Answer {
        match self.provided.get(manager.name).and_then(|provided| provided.get(name)) {
            Some(Err(failure)) => return Answer::Failed(failure.clone()),
            Some(Ok(providers)) => state.provided_by.clone_from(providers),
            None => {}
        }
        Answer::Package(state)
    }

    fn answer(&mut self, query: &Query, with: &Surroundings, packages: &mut Database) -> Answer {
        match query {
            Query::User(name) => Answer::User(with.accounts.user(name).map(Box::new)),
            Query::Group(name) => Answer::Group(with.accounts.group(name)),
            Query::Package { manager, name } => by(manager, |manager| {
                let state = packages.now(manager, with).map(|packages| packages.state(name));
                state.map_or_else(Answer::Failed, |state| self.with_providers(manager, name, state))
            }),
            Query::InstalledPackages { manager } => by(manager, |manager| {
                let installed = packages.now(manager, with).map(InstalledPackages::versions);
                installed.map_or_else(Answer::Failed, Answer::InstalledPackages)
            }),
            Query::PackageDatabase { manager } => by(manager, |manager| {
                let interrupted = packages.is_interrupted(manager, with);
                interrupted.map_or_else(Answer::Failed, |interrupted| Answer::PackageDatabase { interrupted })
            }),
            Query::Candidate { manager, name } => by(manager, |manager| {
                told(self.offers.get(manager.name).map(|offers| &offers.versions), name, |offer| {
                    Answer::Candidate(offer.candidate)
                })
            }),
            Query::Versions { manager, name } => by(manager, |manager| {
                told(self.offers.get(manager.name).map(|offers| &offers.versions), name, |offer| {
                    Answer::Versions(offer.versions)
                })
            }),
            Query::Providers { manager, name } => by(manager, |manager| {
                told(self.offers.get(manager.name).map(|offers| &offers.providers), name, Answer::Providers)
            }),
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
            Query::Download(url) => Answer::Download(fetch::page(url, with)),
            Query::Http(request) => Answer::Http(http::fetch(request, &with.interrupt)),
            Query::Downloads => Answer::Downloads(downloads::look(&with.state())),
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

/// The answer of a package manager, if there is one with that name.
fn by(manager: &str, answer: impl FnOnce(&'static PackageManager) -> Answer) -> Answer {
    package_lock::known(manager).map_or_else(Answer::Failed, answer)
}

/// The answer for one name from the output of a program.
fn told<T: Clone + Default>(
    found: Option<&ToldOfNames<T>>,
    name: &str,
    answer: impl Fn(T) -> Answer,
) -> Answer {
    match found.and_then(|found| found.get(name)) {
        Some(Ok(told)) => answer(told.clone()),
        Some(Err(failure)) => Answer::Failed(failure.clone()),
        None => answer(T::default()),
    }
}
