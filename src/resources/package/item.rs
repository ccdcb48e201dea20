//! One package that an action has to touch, and how it is told.

use crate::model::english::list;
use crate::model::query::{Answer, PackageState, Query};

/// The verb for a move to an older version.
pub(super) const DOWNGRADE: &str = "downgrade";

/// One package that the action has to touch.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// What is done to it, for people.
    pub(super) verb: &'static str,
    pub(super) name: String,
    /// As the manager's command names it.
    pub(super) argument: String,
    /// The version that it will have, where that is told.
    version: Option<String>,
    /// The version that it has.
    was: Option<String>,
    /// What will hold.
    pub(super) after: PackageState,
    /// The virtual packages for which it was chosen.
    pub(super) provides: Vec<String>,
    /// The file that it comes from.
    pub(super) from: Option<String>,
    /// For a group: what tells of it, and what that will say.
    pub(super) group: Option<(Query, Answer)>,
}

impl Wanted {
    pub(super) fn new(verb: &'static str, name: &str, after: PackageState) -> Self {
        let name = name.to_owned();
        Self {
            verb,
            argument: name.clone(),
            name,
            version: None,
            was: None,
            after,
            provides: Vec::new(),
            from: None,
            group: None,
        }
    }

    /// A package that comes, or moves from one version to another; the version is open where it is nothing.
    pub(super) fn at(verb: &'static str, name: &str, version: Option<&str>, was: Option<&str>) -> Self {
        let version = version.map(str::to_owned);
        let after =
            PackageState { version: Some(version.clone().unwrap_or_default()), ..PackageState::default() };
        Self { version, was: was.map(str::to_owned), ..Self::new(verb, name, after) }
    }

    /// The version that it has, and the older one to which it would move.
    pub(super) fn older(&self) -> Option<(&str, &str)> {
        let (was, version) = (self.was.as_deref()?, self.version.as_deref()?);
        (self.verb == DOWNGRADE).then_some((was, version))
    }

    /// For people: name and version, the former one, and for which virtual package it was chosen.
    fn words(&self) -> String {
        let version = self.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let was = self.was.as_ref().map(|was| format!("was {was}"));
        let provides =
            (!self.provides.is_empty()).then(|| format!("provides {}", list(&self.provides, "and")));
        let from = self.from.as_ref().map(|file| format!("from {file}"));
        let more: Vec<String> = was.into_iter().chain(provides).chain(from).collect();
        let more = if more.is_empty() { String::new() } else { format!(" ({})", more.join(", ")) };
        format!("{}{version}{more}", self.name)
    }
}

/// What is done to the packages, in one line: `install a 1.0 and b 2.0, upgrade c 2.0 (was 1.0)`.
pub(super) fn summary(wanted: &[Wanted]) -> String {
    let mut verbs: Vec<&str> = Vec::new();
    for one in wanted {
        if !verbs.contains(&one.verb) {
            verbs.push(one.verb);
        }
    }
    let packages = |verb: &str| {
        let of_verb = wanted.iter().filter(|one| one.verb == verb);
        list(&of_verb.map(Wanted::words).collect::<Vec<_>>(), "and")
    };
    verbs.iter().map(|verb| format!("{verb} {}", packages(verb))).collect::<Vec<_>>().join(", ")
}
