//! Which cookbooks from elsewhere lead to which, as the lock has them.

use std::collections::BTreeSet;

use super::lock_file::{self, LockFile, LockedCookbook, LockedSource};
use super::scoped_name::{answers_to, short};
use super::shared_origin::SharedSource;
use super::sharing::SharedCookbooks;
use crate::model::english::suggestion;
use crate::model::error::{Diagnostic, Diagnostics};

/// Most ways to a cookbook that are told.
const WAYS: usize = 20;

impl SharedCookbooks {
    /// A line for each cookbook, those that it needs below it, with two more spaces.
    ///
    /// # Errors
    /// There is no lock.
    pub fn tree(&self) -> Result<Vec<String>, Diagnostics> {
        let lock = self.locked()?;
        let (mut lines, mut seen) = (Vec::new(), BTreeSet::new());
        for root in self.roots() {
            branch(lock, &root, 0, &mut seen, &mut lines);
        }
        Ok(lines)
    }

    /// The ways from the project to a cookbook, a line each.
    ///
    /// # Errors
    /// There is no lock, or it does not know the cookbook.
    pub fn ways_to(&self, name: &str) -> Result<Vec<String>, Diagnostics> {
        let lock = self.locked()?;
        let entry = lock.entries.get(&short(name)).filter(|entry| answers_to(&entry.name, name));
        if entry.is_none() {
            let known: Vec<&str> = lock.entries.values().map(|entry| entry.name.as_str()).collect();
            let wrong = Diagnostic::error(format!("{} does not know the cookbook `{name}`", lock_file::FILE));
            let hint = match known.as_slice() {
                [] => "it has no cookbooks".to_owned(),
                some => suggestion(name, some, "it has"),
            };
            return Err(wrong.hint(hint).into());
        }
        let mut ways = Vec::new();
        for root in self.roots() {
            follow(lock, &root, &short(name), &mut vec!["chefrs.toml".to_owned()], &mut ways);
        }
        Ok(ways)
    }

    fn locked(&self) -> Result<&LockFile, Diagnostics> {
        self.lock.as_ref().ok_or_else(|| {
            let wrong = Diagnostic::error(format!("there is no {}", lock_file::FILE));
            wrong.hint("`chefrs fetch` makes it, if chefrs.toml takes cookbooks from elsewhere").into()
        })
    }

    /// The cookbooks that the project itself names, without duplicates.
    fn roots(&self) -> Vec<String> {
        let of_own = self.on_disk.values().flat_map(|listed| &listed.sources);
        let named = self.settings.cookbooks.iter().chain(of_own);
        let mut seen = BTreeSet::new();
        named.map(SharedSource::key).filter(|name| seen.insert(name.clone())).collect()
    }
}

fn shown(lock: &LockFile, key: &str) -> String {
    let Some(LockedCookbook { name, source, .. }) = lock.entries.get(key) else {
        return format!("{key}  not in {}", lock_file::FILE);
    };
    match source {
        LockedSource::Fetched(locked) => format!("{name} {}  {}", locked.version, locked.origin.shown()),
        LockedSource::Path(path) => format!("{name}  {path}"),
    }
}

/// The names in the project of what an entry needs: of `alias = name version`.
fn needed(lock: &LockFile, name: &str) -> Vec<String> {
    let entry = lock.entries.get(name);
    let lines = entry.into_iter().flat_map(|entry| &entry.dependencies);
    let name = |line: &String| Some(short(line.split_once(" = ")?.1.split(' ').next()?));
    lines.filter_map(name).collect()
}

fn branch(lock: &LockFile, name: &str, depth: usize, seen: &mut BTreeSet<String>, lines: &mut Vec<String>) {
    let line = format!("{}{}", "  ".repeat(depth), shown(lock, name));
    let below = needed(lock, name);
    if !seen.insert(name.to_owned()) {
        lines.push(if below.is_empty() { line } else { format!("{line} (as above)") });
        return;
    }
    lines.push(line);
    for next in &below {
        branch(lock, next, depth + 1, seen, lines);
    }
}

fn follow(lock: &LockFile, name: &str, goal: &str, path: &mut Vec<String>, ways: &mut Vec<String>) {
    let version = lock.fetched(name).map(|locked| format!(" {}", locked.version)).unwrap_or_default();
    let full = lock.entries.get(name).map_or(name, |entry| &entry.name);
    path.push(format!("{full}{version}"));
    if name == goal {
        ways.push(path.join(" > "));
    } else if path.len() <= lock.entries.len() + 1 && ways.len() < WAYS {
        for next in &needed(lock, name) {
            follow(lock, next, goal, path, ways);
        }
    }
    path.pop();
}
