//! What each cookbook of a project may do.

use std::collections::BTreeMap;

use super::grants::GrantedCapabilities;
use super::lock_file::{self, LockFile};
use super::manifest::Listed;
use super::members::{MemberPlace, SharedMember};
use super::scoped_name::answers_to;
use super::settings::Settings;
use super::shared_origin::SharedSource;
use crate::model::capability::Authority;
use crate::model::english::nearest;
use crate::model::error::Diagnostic;

/// Reports cookbooks that declare something else than the lock says.
pub(super) fn check_lock(
    lock: &LockFile,
    found: &BTreeMap<String, SharedMember>,
    wrong: &mut Vec<Diagnostic>,
) {
    for (name, member) in found {
        let Some((entry, _)) = lock.entries.get(name).zip(lock.fetched(name)) else { continue };
        let declared = member.listed.capabilities.digest();
        if entry.capabilities == declared || !matches!(member.place, MemberPlace::Fetched(..)) {
            continue;
        }
        let Some((asked, _)) = member.askers.first() else { continue };
        wrong.push(if entry.capabilities.is_empty() {
            let message =
                format!("{} does not say what the cookbook `{name}` declares to need", lock_file::FILE);
            asked.wrong(message).hint("`chefrs fetch` adds it")
        } else {
            let message = format!(
                "the cookbook `{name}` declares to need something else than {} says",
                lock_file::FILE
            );
            asked
                .wrong(message)
                .note(format!("it declares {declared}, and the lock has {}", entry.capabilities))
                .hint(format!("`chefrs update {name}` shows what it asks for"))
        });
    }
}

/// Sets what each cookbook may do. `shared` has the names of those from elsewhere.
pub(super) fn limit(
    cookbooks: &mut BTreeMap<String, Listed>,
    is_shared: impl Fn(&str) -> bool,
    settings: &Settings,
    wrong: &mut Vec<Diagnostic>,
) {
    for (name, listed) in cookbooks.iter_mut() {
        let authority = authority(listed, is_shared(name), &settings.grants, &settings.cookbooks);
        listed.cookbook.authority = authority.map(Box::new);
    }
    let aliases = settings.cookbooks.iter().map(|source| source.alias.as_str());
    let shared = cookbooks.iter().filter(|(name, _)| is_shared(name));
    let names: Vec<&str> = aliases.chain(shared.map(|(_, listed)| listed.full_name.as_str())).collect();
    for (alias, (_, place)) in &settings.grants.by_alias {
        if names.contains(&alias.as_str()) {
            continue;
        }
        let mistake = match cookbooks.get(alias) {
            Some(_) => Diagnostic::error(format!(
                "`{alias}` needs no grants: it is part of this project, or of chefrs"
            ))
            .hint("leave the table out; `[deny]` denies something to all cookbooks"),
            None => {
                let mistake =
                    Diagnostic::error(format!("grants for `{alias}`, but there is no such cookbook"));
                match nearest(alias, names.iter().copied()) {
                    Some(near) => mistake.hint(format!("did you mean `{near}`?")),
                    None => mistake.hint(
                        "name the alias in `[cookbooks]`, or the name of a cookbook that one of them needs",
                    ),
                }
            }
        };
        wrong.push(mistake.at(place.clone()));
    }
}

/// The rights of a cookbook. None: it may do everything.
pub(super) fn authority(
    listed: &Listed,
    is_shared: bool,
    grants: &GrantedCapabilities,
    sources: &[SharedSource],
) -> Option<Authority> {
    // By the whole name: whoever has another scope is somebody else.
    let (name, declared) = (listed.full_name.as_str(), &listed.capabilities);
    if !is_shared && declared.needed.is_none() && grants.denied.is_empty() {
        return None;
    }
    let alias =
        sources.iter().find(|source| answers_to(name, &source.name)).map_or(name, |source| &source.alias);
    let needed = declared.needed.clone();
    Some(Authority {
        declared: if is_shared { Some(needed.unwrap_or_default()) } else { needed },
        optional: declared.optional.clone(),
        granted: is_shared.then(|| grants.of(name, alias)),
        denied: grants.denied.clone(),
        alias: if is_shared { alias.to_owned() } else { String::new() },
    })
}
