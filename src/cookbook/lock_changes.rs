//! What is different in a new lock, and what is in it, for people.

use std::collections::BTreeSet;

use super::lock_file::{LockFile, LockedSource};
use super::shared_origin::FetchedOrigin;
use crate::model::english::count;
use crate::model::sorted::collected;

/// What is different in a new lock, a line each.
pub(super) fn changes(old: &LockFile, new: &LockFile) -> Vec<String> {
    let names: BTreeSet<&String> = collected(old.entries.keys().chain(new.entries.keys()));
    let shown = |lock: &LockFile, name: &str| match lock.fetched(name) {
        Some(locked) => locked.exactly(),
        None => "a directory".to_owned(),
    };
    let change = |key: &String| match (old.entries.get(key), new.entries.get(key)) {
        (None, Some(one)) => Some(format!("added {} {}", one.name, shown(new, key))),
        (Some(one), None) => Some(format!("removed {} {}", one.name, shown(old, key))),
        (Some(one), Some(other)) if one.source != other.source || one.name != other.name => {
            Some(format!("changed {} {} to {}", other.name, shown(old, key), shown(new, key)))
        }
        _ => None,
    };
    names.into_iter().filter_map(change).collect()
}

impl LockFile {
    /// How many cookbooks come from where: `2 cookbooks from git`, `1 directory`.
    pub(super) fn counts(&self) -> Vec<String> {
        let kind = |source: &LockedSource| match source {
            LockedSource::Path(_) => None,
            LockedSource::Fetched(locked) => Some(match locked.origin {
                FetchedOrigin::Git(_) => "git",
                FetchedOrigin::Registry(_) => "registries",
                FetchedOrigin::Oci(_) => "OCI registries",
                FetchedOrigin::Archive(_) => "archives",
            }),
        };
        let number = |wanted: Option<&str>| {
            self.entries.values().filter(|entry| kind(&entry.source) == wanted).count()
        };
        let mut found = Vec::new();
        for from in ["git", "registries", "OCI registries", "archives"] {
            let cookbooks = number(Some(from));
            if cookbooks > 0 {
                found.push(format!("{} from {from}", count(cookbooks, "cookbook")));
            }
        }
        let directories = number(None);
        if directories > 0 {
            found.push(count(directories, "directory"));
        }
        found
    }
}
