//! The packages that an action has to touch.

use super::manager::Manager;
use crate::model::english::list;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, PackageState, Query};

/// Versions in an error that lists what is on offer.
const SHOWN: usize = 5;

/// One package that the action has to touch.
pub(super) struct Wanted {
    /// As the manager's command names it.
    pub(super) argument: String,
    /// For people.
    pub(super) words: String,
    /// What will hold.
    pub(super) after: PackageState,
}

/// What was declared of some packages.
pub(super) struct DeclaredPackages<'a> {
    /// Their names.
    pub(super) names: &'a [String],
    /// The version of the only one.
    pub(super) version: Option<&'a str>,
}

impl DeclaredPackages<'_> {
    /// Packages that the action has to touch.
    pub(super) fn wanted(
        &self,
        action: &str,
        manager: &dyn Manager,
        known: &Known,
    ) -> Result<Vec<Wanted>, Stop> {
        let names = self.names;
        let query = |name: &String| Query::Package { manager: manager.name().into(), name: name.clone() };
        known.want(names.iter().map(query))?;
        let states = names.iter().map(|name| match known.package(manager.name(), name) {
            // Whatever brings it, the package will be there.
            Err(Stop::Unknown(_)) if matches!(action, "install" | "upgrade") => Ok(PackageState::default()),
            other => other.cloned(),
        });
        let states = states.collect::<Result<Vec<_>, Stop>>()?;
        if matches!(action, "install" | "upgrade") {
            let there = |state: &PackageState| action == "install" && state.version.is_some();
            let missing =
                names.iter().zip(&states).filter(|(_, state)| self.version.is_some() || !there(state));
            known.want(missing.map(|(name, _)| self.offer(name, manager)))?;
        }
        let mut wanted = Vec::new();
        for (name, state) in names.iter().zip(&states) {
            let one = match action {
                "install" => self.install(name, state, manager, known)?,
                "upgrade" => upgrade(name, state, manager, known)?,
                "lock" | "unlock" => (state.held != (action == "lock")).then(|| Wanted {
                    argument: name.clone(),
                    words: name.clone(),
                    after: PackageState { held: action == "lock", ..state.clone() },
                }),
                purge_or_remove => {
                    let there =
                        state.version.is_some() || (purge_or_remove == "purge" && state.residue.is_some());
                    there.then(|| Wanted {
                        argument: name.clone(),
                        words: name.clone(),
                        after: PackageState::default(),
                    })
                }
            };
            if one.is_some() {
                require_free(name, action, state)?;
            }
            wanted.extend(one);
        }
        Ok(wanted)
    }

    /// What decides whether a package can be had.
    fn offer(&self, name: &str, manager: &dyn Manager) -> Query {
        let (manager, name) = (manager.name().into(), name.to_owned());
        match self.version {
            Some(_) => Query::Versions { manager, name },
            None => Query::Candidate { manager, name },
        }
    }

    fn install(
        &self,
        name: &str,
        state: &PackageState,
        manager: &dyn Manager,
        known: &Known,
    ) -> Result<Option<Wanted>, Stop> {
        if let Some(version) = self.version {
            return install_version(name, version, state, manager, known);
        }
        if state.version.is_some() || !state.provided_by.is_empty() {
            return Ok(None);
        }
        let query = Query::Candidate { manager: manager.name().into(), name: name.to_owned() };
        let candidate = match known.now(&query) {
            // Which version the sources will offer is open until they have been read. That they offer one is not.
            Some(Answer::Candidate(Some(_))) => None,
            _ => match known.candidate(manager.name(), name) {
                Err(Stop::Unknown(_)) => None,
                other => Some(other?.ok_or_else(|| not_offered(name, manager))?.to_owned()),
            },
        };
        let version = candidate.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        Ok(Some(Wanted {
            argument: name.to_owned(),
            words: format!("{name}{version}"),
            after: PackageState { version: Some(candidate.unwrap_or_default()), ..PackageState::default() },
        }))
    }
}

/// Brings a package to a declared version that the sources offer.
fn install_version(
    name: &str,
    declared: &str,
    state: &PackageState,
    manager: &dyn Manager,
    known: &Known,
) -> Result<Option<Wanted>, Stop> {
    if state.version.as_ref().is_some_and(|version| manager.fits(declared, version)) {
        return Ok(None);
    }
    let fitting =
        |versions: &[String]| versions.iter().find(|version| manager.fits(declared, version)).cloned();
    // Once the sources have been read anew they may offer another version, and this one no more.
    let versions = known.versions(manager.name(), name)?;
    let version = fitting(versions).ok_or_else(|| version_not_offered(name, declared, versions, manager))?;
    let from = state.version.as_ref().map(|old| format!(" (was {old})")).unwrap_or_default();
    Ok(Some(Wanted {
        argument: manager.pin(name, &version),
        words: format!("{name} {version}{from}"),
        after: PackageState { version: Some(version), ..PackageState::default() },
    }))
}

fn upgrade(
    name: &str,
    state: &PackageState,
    manager: &dyn Manager,
    known: &Known,
) -> Result<Option<Wanted>, Stop> {
    let candidate =
        known.candidate(manager.name(), name)?.ok_or_else(|| not_offered(name, manager))?.to_owned();
    if state.version.as_ref() == Some(&candidate) {
        return Ok(None);
    }
    let from = state.version.as_ref().map(|old| format!(" (was {old})")).unwrap_or_default();
    Ok(Some(Wanted {
        argument: name.to_owned(),
        words: format!("{name} {candidate}{from}"),
        after: PackageState { version: Some(candidate), ..PackageState::default() },
    }))
}

/// What is held at its version stays there, whoever asks.
fn require_free(name: &str, action: &str, state: &PackageState) -> Result<(), Failure> {
    if !state.held || state.version.is_none() || matches!(action, "lock" | "unlock") {
        return Ok(());
    }
    Err(Failure::impossible(format!("the package `{name}` is held at its version"))
        .hint(format!("let it move first: package \"{name}\" {{ action = \"unlock\" }}")))
}

fn not_offered(name: &str, manager: &dyn Manager) -> Failure {
    Failure::new(format!("no package source offers `{name}`")).hint(manager.refresh_hint())
}

fn version_not_offered(name: &str, declared: &str, versions: &[String], manager: &dyn Manager) -> Failure {
    if versions.is_empty() {
        return not_offered(name, manager);
    }
    let shown: Vec<String> = versions.iter().take(SHOWN).map(|version| format!("`{version}`")).collect();
    Failure::new(format!("no package source offers `{name}` in the version `{declared}`"))
        .hint(format!("on offer: {}", list(&shown, "and")))
        .hint(manager.refresh_hint())
}
