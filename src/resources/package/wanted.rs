//! The packages that an action has to touch.

use std::cmp::Ordering;

use super::declared::DeclaredPackages;
use super::item::{DOWNGRADE, Wanted};
use super::virtual_package;
use crate::model::english::list;
use crate::model::error::Failure;
use crate::model::known::Stop;
use crate::model::query::{Answer, PackageState, Query};

/// Versions in an error that lists what is on offer.
const SHOWN: usize = 5;

impl DeclaredPackages<'_> {
    /// Packages that the action has to touch, each once.
    pub(super) fn wanted(&self) -> Result<Vec<Wanted>, Stop> {
        self.known.want(self.names.iter().map(|name| self.query(name)))?;
        let states = self.names.iter().map(|name| self.state(name));
        let states = states.collect::<Result<Vec<_>, Stop>>()?;
        if self.comes() {
            let fits = |installed: &String| {
                self.version.is_none_or(|declared| (self.manager.versions.fits)(declared, installed))
            };
            let right =
                |state: &PackageState| self.action == "install" && state.version.as_ref().is_some_and(fits);
            let missing = self.names.iter().zip(&states).filter(|(_, state)| !right(state));
            self.known.want(missing.map(|(name, _)| self.offer(name)))?;
        }
        let mut wanted: Vec<Wanted> = Vec::new();
        for (name, state) in self.names.iter().zip(&states) {
            for one in self.each(name, state)? {
                match wanted.iter_mut().find(|other| other.argument == one.argument) {
                    Some(other) => other.provides.extend(one.provides),
                    None => wanted.push(one),
                }
            }
        }
        Ok(wanted)
    }

    /// What decides whether a package can be had.
    fn offer(&self, name: &str) -> Query {
        let (manager, name) = (self.manager.name.into(), name.to_owned());
        match self.version {
            Some(_) => Query::Versions { manager, name },
            None => Query::Candidate { manager, name },
        }
    }

    /// What has to be done for one of the names.
    fn each(&self, name: &str, state: &PackageState) -> Result<Vec<Wanted>, Stop> {
        let one = match (self.action, self.version) {
            ("install" | "upgrade", Some(version)) => self.bring_version(name, version, state)?,
            ("install", None) if state.version.is_some() => None,
            ("install", None) => match self.offered(name) {
                Ok(Some(one)) => Some(one),
                Ok(None) => return self.provided(name, state),
                // One that is there may do, or the package itself be on offer by then.
                Err(Stop::Unknown(_)) if state.provided_by.is_empty() => {
                    Some(Wanted::at("install", name, None, None))
                }
                Err(stop) => return Err(stop),
            },
            ("upgrade", None) => match self.candidate(name)? {
                None if state.version.is_some() => return Err(self.not_offered(name)),
                None => return self.provided(name, state),
                Some(candidate) if self.is_newer(candidate, state) => None,
                Some(candidate) => self.moved(name, candidate, state.version.as_deref()),
            },
            ("lock", version) => self.lock(name, version, state)?,
            ("unlock", _) => self.unlock(name, state)?,
            ("purge", version) => self.remove("purge", name, version, state)?,
            (_, version) => self.remove("remove", name, version, state)?,
        };
        if let Some(one) = &one {
            self.require_may(one, state)?;
        }
        Ok(one.into_iter().collect())
    }

    /// The package in the version that the sources offer; nothing where they offer none.
    fn offered(&self, name: &str) -> Result<Option<Wanted>, Stop> {
        let query = Query::Candidate { manager: self.manager.name.into(), name: name.to_owned() };
        // Which version the sources will offer is open until they have been read. That they offer one is not.
        if let Some(Answer::Candidate(Some(_))) = self.known.now(&query) {
            return Ok(Some(Wanted::at("install", name, None, None)));
        }
        Ok(self.candidate(name)?.map(|version| Wanted::at("install", name, Some(version), None)))
    }

    /// A virtual package is there once a package that provides it is. An upgrade moves those that are there.
    fn provided(&self, name: &str, state: &PackageState) -> Result<Vec<Wanted>, Stop> {
        let there = virtual_package::installed(self, state)?;
        if there.is_empty() {
            let Some(provider) = virtual_package::chosen(self, name)? else { return Ok(Vec::new()) };
            let mut one = Wanted::at("install", &provider.name, Some(&provider.version), None);
            self.require_may(&one, &self.state(&provider.name)?)?;
            one.provides.push(name.to_owned());
            return Ok(vec![one]);
        }
        if self.action == "install" {
            return Ok(Vec::new());
        }
        let mut wanted = Vec::new();
        for provider in &there {
            let state = self.state(provider)?;
            let candidate = self.candidate(provider)?.ok_or_else(|| self.not_offered(provider))?;
            if self.is_newer(candidate, &state) {
                continue;
            }
            if let Some(mut one) = self.moved(provider, candidate, state.version.as_deref()) {
                self.require_may(&one, &state)?;
                one.provides.push(name.to_owned());
                wanted.push(one);
            }
        }
        Ok(wanted)
    }

    /// Whether what is installed is newer than the candidate of a manager that does not weigh the two.
    fn is_newer(&self, candidate: &str, state: &PackageState) -> bool {
        let rules = &self.manager.versions;
        let newer = |was: &String| (rules.compare)(candidate, was).is_lt();
        !rules.weighs_installed && state.version.as_ref().is_some_and(newer)
    }

    /// A package that shall have another version than it has.
    pub(super) fn moved(&self, name: &str, version: &str, was: Option<&str>) -> Option<Wanted> {
        let verb = match was.map(|was| (self.manager.versions.compare)(version, was)) {
            _ if was == Some(version) => return None,
            None => "install",
            Some(Ordering::Less) => DOWNGRADE,
            Some(_) => "upgrade",
        };
        let mut one = Wanted::at(verb, name, Some(version), was);
        if was.is_some() && self.manager.commands.pins_upgrades {
            one.argument = (self.manager.versions.pin)(name, version);
        }
        Some(one)
    }

    /// Brings a package to a declared version that the sources offer.
    fn bring_version(
        &self,
        name: &str,
        declared: &str,
        state: &PackageState,
    ) -> Result<Option<Wanted>, Stop> {
        let was = state.version.as_deref();
        let fits = |version: &str| (self.manager.versions.fits)(declared, version);
        let right = was.filter(|was| fits(was));
        if right.is_some() && self.action == "install" {
            return Ok(None);
        }
        // Once the sources have been read anew they may offer another version, and this one no more.
        let versions = self.known.versions(self.manager.name, name)?;
        let found = versions.iter().find(|version| fits(version)).map(String::as_str);
        let version = match (right, found) {
            // What is there is as new as anything that may be had.
            (Some(_), None) => return Ok(None),
            (Some(was), Some(found)) if (self.manager.versions.compare)(found, was).is_le() => {
                return Ok(None);
            }
            (_, Some(found)) => found,
            // The hold itself may keep the version out.
            (None, None) if state.held && was.is_some() => {
                self.require_free(name, state)?;
                return Err(self.version_not_offered(name, declared, versions).into());
            }
            (None, None) if versions.is_empty() => return Err(self.version_of_none(name)),
            (None, None) => return Err(self.version_not_offered(name, declared, versions).into()),
        };
        let mut moved = self.moved(name, version, was);
        if let Some(one) = &mut moved {
            one.argument = (self.manager.versions.pin)(name, version);
            one.after.held |= self.manager.commands.pin_holds;
        }
        Ok(moved)
    }

    /// A package goes if it is there, and in the declared version where one is declared.
    fn remove(
        &self,
        verb: &'static str,
        name: &str,
        version: Option<&str>,
        state: &PackageState,
    ) -> Result<Option<Wanted>, Stop> {
        let there = match (version, &state.version) {
            (Some(declared), Some(installed)) => (self.manager.versions.fits)(declared, installed),
            (Some(_), None) => false,
            (None, installed) => installed.is_some() || (verb == "purge" && state.residue.is_some()),
        };
        if !there && state.version.is_none() {
            virtual_package::require_itself(self, name, state)?;
        }
        let mut one = there.then(|| Wanted::new(verb, name, PackageState::default()));
        if let (Some(one), Some(_), Some(installed)) = (&mut one, version, &state.version)
            && self.manager.commands.pins_removal
        {
            one.argument = (self.manager.versions.pin)(name, installed);
        }
        Ok(one)
    }

    /// A package is held at the version that it has, which is the declared one where one is declared.
    fn lock(&self, name: &str, version: Option<&str>, state: &PackageState) -> Result<Option<Wanted>, Stop> {
        if state.version.is_none() {
            virtual_package::require_itself(self, name, state)?;
        }
        // What nobody has ever heard of can't be held.
        if !state.held && version.is_none() && state.version.is_none() && self.candidate(name)?.is_none() {
            return Err(self.not_offered(name));
        }
        if let Some(declared) = version
            && !state
                .version
                .as_ref()
                .is_some_and(|installed| (self.manager.versions.fits)(declared, installed))
        {
            let has = match &state.version {
                Some(installed) => format!("it has {installed}"),
                None => "it is not installed".to_owned(),
            };
            return Err(Failure::new(format!(
                "the package `{name}` can't be held at the version `{declared}`: {has}"
            ))
            .hint("install that version first: action = { \"install\", \"lock\" }")
            .into());
        }
        if state.held {
            return Ok(None);
        }
        let mut one = Wanted::new("lock", name, PackageState { held: true, ..state.clone() });
        if self.manager.commands.hold_needs_version {
            let Some(version) = &state.version else {
                return Err(Failure::new(format!("the package `{name}` can't be held: it is not installed"))
                    .hint("install it first: action = { \"install\", \"lock\" }")
                    .into());
            };
            one.argument = (self.manager.versions.pin)(name, version);
        }
        Ok(Some(one))
    }

    /// A package may move again.
    fn unlock(&self, name: &str, state: &PackageState) -> Result<Option<Wanted>, Stop> {
        if state.version.is_none() && !state.held {
            virtual_package::require_itself(self, name, state)?;
        }
        Ok(state.held.then(|| Wanted::new("unlock", name, PackageState { held: false, ..state.clone() })))
    }

    /// Why no version of a package can be had.
    fn version_of_none(&self, name: &str) -> Stop {
        match virtual_package::offered(self, name) {
            Ok(providers) if providers.is_empty() => self.not_offered(name),
            Ok(providers) => virtual_package::has_no_version(name, &providers).into(),
            Err(stop) => stop,
        }
    }

    fn version_not_offered(&self, name: &str, declared: &str, versions: &[String]) -> Failure {
        let shown: Vec<String> = versions.iter().take(SHOWN).map(|version| format!("`{version}`")).collect();
        Failure::new(format!("no package source offers `{name}` in the version `{declared}`"))
            .hint(format!("on offer: {}", list(&shown, "and")))
            .hint(self.manager.lists.version_hint)
    }
}
