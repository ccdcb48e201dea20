//! Virtual packages: names without a package of their own, which others provide.

use super::declared::DeclaredPackages;
use crate::model::english::{list, list_some};
use crate::model::error::Failure;
use crate::model::known::Stop;
use crate::model::query::{OfferedPackage, PackageState, Query};
use crate::model::sorted;

/// Providers in an error that lists them.
const SHOWN: usize = 8;

/// The installed packages that provide it, when it is the action's turn.
pub(super) fn installed(declared: &DeclaredPackages<'_>, state: &PackageState) -> Result<Vec<String>, Stop> {
    declared.known.want(state.provided_by.iter().map(|name| declared.query(name)))?;
    let mut there = Vec::new();
    for name in &state.provided_by {
        if declared.known.package(declared.manager.name, name)?.version.is_some() {
            there.push(name.clone());
        }
    }
    Ok(there)
}

/// The packages that would provide it, each in the version that an install would bring.
pub(super) fn offered(declared: &DeclaredPackages<'_>, name: &str) -> Result<Vec<OfferedPackage>, Stop> {
    let manager = declared.manager.name;
    let all = declared.known.providers(manager, name)?;
    // A package of another architecture stands back behind its namesake of the machine's own.
    let foreign = |one: &OfferedPackage| {
        one.name.split_once(':').is_some_and(|(base, _)| all.iter().any(|other| other.name == base))
    };
    let own: Vec<&OfferedPackage> = all.iter().filter(|one| !foreign(one)).collect();
    let candidate =
        |one: &&OfferedPackage| Query::Candidate { manager: manager.into(), name: one.name.clone() };
    declared.known.want(own.iter().map(candidate))?;
    let mut found: Vec<OfferedPackage> = Vec::new();
    for one in own {
        if declared.candidate(&one.name)? == Some(one.version.as_str()) {
            found.push(one.clone());
        }
    }
    sorted::sort_by(&mut found, |a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The package to install for it: the only one that provides it, or one that is declared beside it. Nothing where one
/// will be there by then.
///
/// # Errors
/// Nothing provides it, or several packages do, and nobody said which.
pub(super) fn chosen(declared: &DeclaredPackages<'_>, name: &str) -> Result<Option<OfferedPackage>, Stop> {
    let offered = offered(declared, name)?;
    declared.known.want(offered.iter().map(|one| declared.query(&one.name)))?;
    for one in &offered {
        // An earlier resource may bring it.
        match declared.known.package(declared.manager.name, &one.name) {
            Ok(state) if state.version.is_some() => return Ok(None),
            Ok(_) => {}
            Err(Stop::Unknown(_)) if offered.len() == 1 => {}
            Err(stop) => return Err(stop),
        }
    }
    if let Some(beside) = offered.iter().find(|one| declared.names.contains(&one.name.as_str())) {
        return Ok(Some(beside.clone()));
    }
    match offered.as_slice() {
        [] => Err(declared.not_offered(name)),
        [only] => Ok(Some(only.clone())),
        [first, ..] => {
            let category =
                |one: &OfferedPackage| one.name.rsplit_once('/').is_some_and(|(_, own)| own == name);
            let what = if offered.iter().all(category) {
                format!("several packages are called `{name}`")
            } else {
                format!("`{name}` is a virtual package, and several packages provide it")
            };
            Err(Failure::new(what)
                .hint(format!("they are {}", shown(&offered)))
                .hint(format!("name the one that you want: package \"{}\"", first.name))
                .into())
        }
    }
}

/// Fails for a name that stands for other packages alone: they are not what was named.
///
/// # Errors
/// No source offers a package of that name, and an installed one provides it.
pub(super) fn require_itself(
    declared: &DeclaredPackages<'_>,
    name: &str,
    state: &PackageState,
) -> Result<(), Stop> {
    let there = installed(declared, state)?;
    let Some(first) = there.first() else { return Ok(()) };
    if declared.candidate(name)?.is_some() {
        return Ok(());
    }
    let action = declared.action;
    let named: Vec<String> = there.iter().map(|name| format!("`{name}`")).collect();
    Err(Failure::new(format!("`{name}` is a virtual package, which {} here", provide(&named)))
        .hint(format!("name the package itself: package \"{first}\" {{ action = \"{action}\" }}"))
        .into())
}

fn provide(named: &[String]) -> String {
    format!("{} {}", list(named, "and"), if named.len() == 1 { "provides" } else { "provide" })
}

/// Why a version fits no virtual package.
pub(super) fn has_no_version(name: &str, providers: &[OfferedPackage]) -> Failure {
    Failure::new(format!("`{name}` is a virtual package, which has no version"))
        .hint(format!("name a package that provides it: {}", shown(providers)))
}

/// The first of them, each with its version.
fn shown(providers: &[OfferedPackage]) -> String {
    let words: Vec<String> = providers.iter().map(|one| format!("{} {}", one.name, one.version)).collect();
    list_some(&words, SHOWN)
}
