//! Packages: `package nginx, installed 1.22, held, offered 1.22 1.18`; `package nginx by dnf` where it is not apt that tells.

use chefrs::model::query::{Answer, OfferedPackage, PackageState, Query};

use super::super::grammar::{Sentence, words};
use super::{Facts, NOT_THERE, unknown};

/// Whose packages they are where nobody says it.
const APT: &str = "apt";

/// Reads a question about packages.
pub fn read_query(words: &[&str]) -> Option<Query> {
    let (words, manager) = match words {
        [question @ .., "by", manager] => (question, (*manager).to_owned()),
        question => (question, APT.to_owned()),
    };
    Some(match words {
        ["package", name] => Query::Package { manager, name: (*name).into() },
        ["candidate", name] => Query::Candidate { manager, name: (*name).into() },
        ["versions", name] => Query::Versions { manager, name: (*name).into() },
        ["providers", name] => Query::Providers { manager, name: (*name).into() },
        ["installed_packages"] => Query::InstalledPackages { manager },
        ["package_database"] => Query::PackageDatabase { manager },
        _ => return None,
    })
}

/// Says a question about packages.
pub fn say_query(query: &Query) -> Sentence {
    let (words, manager) = match query {
        Query::Package { manager, name } => (vec!["package", name], manager),
        Query::Candidate { manager, name } => (vec!["candidate", name], manager),
        Query::Versions { manager, name } => (vec!["versions", name], manager),
        Query::Providers { manager, name } => (vec!["providers", name], manager),
        Query::InstalledPackages { manager } => (vec!["installed_packages"], manager),
        Query::PackageDatabase { manager } => (vec!["package_database"], manager),
        other => return Sentence::of(["json", &super::json(other)]),
    };
    let by = if manager == APT { vec![] } else { vec!["by", manager] };
    Sentence::of(words).words(by)
}

/// Takes out what the sources offer: the version that an install would bring is the first of all.
pub fn offers(query: &Query, clauses: &mut Vec<Vec<String>>) -> Facts {
    let Query::Package { manager, name } = query else { return Facts::new() };
    let (manager, name) = (manager.clone(), name.clone());
    let Some(place) = clauses.iter().position(|clause| clause[0] == "offered") else { return Facts::new() };
    let versions = clauses.remove(place)[1..].to_vec();
    let first = versions.first().cloned();
    vec![
        (Query::Candidate { manager: manager.clone(), name: name.clone() }, Answer::Candidate(first)),
        (Query::Versions { manager, name }, Answer::Versions(versions)),
    ]
}

pub fn read(query: &Query, clauses: &[Vec<String>]) -> Result<Answer, String> {
    let words = words(&clauses[0]);
    let all = || words.iter().filter(|word| **word != "none");
    Ok(match (query, words.as_slice()) {
        (Query::Candidate { .. }, NOT_THERE) => Answer::Candidate(None),
        (Query::Candidate { .. }, [version]) => Answer::Candidate(Some((*version).to_owned())),
        (Query::Versions { .. }, _) => Answer::Versions(all().map(|word| (*word).to_owned()).collect()),
        (Query::Providers { .. }, _) => {
            let offered = |word: &&str| {
                let (name, version) = word.split_once('=')?;
                Some(OfferedPackage { name: name.to_owned(), version: version.to_owned() })
            };
            Answer::Providers(all().map(offered).collect::<Option<_>>().ok_or_else(|| unknown(&clauses[0]))?)
        }
        (Query::PackageDatabase { .. }, ["interrupted"]) => Answer::PackageDatabase { interrupted: true },
        (Query::PackageDatabase { .. }, ["whole"]) => Answer::PackageDatabase { interrupted: false },
        (Query::Package { .. }, _) => Answer::Package(read_state(clauses)?),
        _ => return Err(unknown(&clauses[0])),
    })
}

fn read_state(clauses: &[Vec<String>]) -> Result<PackageState, String> {
    let mut state = PackageState::default();
    for clause in clauses {
        match words(clause).as_slice() {
            ["not", "installed"] => state.version = None,
            ["installed", version] => state.version = Some((*version).to_owned()),
            ["provided", "by", names @ ..] => {
                state.provided_by = names.iter().map(|name| (*name).to_owned()).collect();
            }
            ["left", residue] => state.residue = Some((*residue).to_owned()),
            ["held"] => state.held = true,
            _ => return Err(unknown(clause)),
        }
    }
    Ok(state)
}

pub fn say(answer: &Answer) -> Sentence {
    match answer {
        Answer::Package(state) => {
            let mut said = match &state.version {
                Some(version) => Sentence::of(["installed", version]),
                None => Sentence::of(["not", "installed"]),
            };
            if !state.provided_by.is_empty() {
                said = said.clause(["provided", "by"]).words(&state.provided_by);
            }
            if let Some(residue) = &state.residue {
                said = said.clause(["left", residue]);
            }
            said.clause_if(state.held, ["held"])
        }
        Answer::Candidate(Some(version)) => Sentence::of([version]),
        Answer::Versions(versions) if versions.is_empty() => Sentence::of(["none"]),
        Answer::Versions(versions) => Sentence::of(versions),
        Answer::Providers(offered) if offered.is_empty() => Sentence::of(["none"]),
        Answer::Providers(offered) => {
            Sentence::of(offered.iter().map(|one| format!("{}={}", one.name, one.version)))
        }
        Answer::PackageDatabase { interrupted: true } => Sentence::of(["interrupted"]),
        Answer::PackageDatabase { interrupted: false } => Sentence::of(["whole"]),
        other => Sentence::of([format!("{other:?}")]),
    }
}
