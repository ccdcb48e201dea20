//! The supplementary groups of an account.

use super::UserAccount;
use super::difference::Difference;
use crate::model::change::Change;
use crate::model::english::list;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{self, Answer, Query};
use crate::provider::accounts::{check_name, is_missing};

impl UserAccount {
    /// Fails for a group that can't be one, and for `append` without groups.
    ///
    /// # Errors
    /// A sentence that says so.
    pub(super) fn check_groups(&self) -> Result<(), Failure> {
        for group in self.groups.iter().flat_map(|groups| &groups.0) {
            check_name("group", group)?;
        }
        if self.append && self.groups.is_none() {
            return Err(Failure::new("`append` goes with `groups`"));
        }
        Ok(())
    }

    /// The groups that the account is to have, sorted.
    fn wanted_groups(&self, current: &[String]) -> Vec<String> {
        let Some(declared) = &self.groups else { return current.to_vec() };
        let mut wanted = declared.0.clone();
        if self.append {
            wanted.extend(current.iter().cloned());
        }
        wanted.sort();
        wanted.dedup();
        wanted
    }

    /// The groups of a new account, and the arguments of useradd for them.
    ///
    /// # Errors
    /// One of them is missing.
    pub(super) fn new_groups(&self, known: &Known) -> Result<(Vec<String>, Vec<String>), Stop> {
        let groups = self.wanted_groups(&[]);
        require_groups(&groups, known)?;
        let arguments = match groups.as_slice() {
            [] => Vec::new(),
            groups => vec!["--groups".to_owned(), groups.join(",")],
        };
        Ok((groups, arguments))
    }

    /// Adds the groups that differ.
    ///
    /// # Errors
    /// A group to join is missing.
    pub(super) fn groups_differ(
        &self,
        found: &mut Difference,
        user: &query::User,
        known: &Known,
    ) -> Result<(), Stop> {
        let wanted = self.wanted_groups(&user.groups);
        if wanted == user.groups {
            return Ok(());
        }
        let (joining, leaving) = (without(&wanted, &user.groups), without(&user.groups, &wanted));
        require_groups(&joining, known)?;
        let words = |lead: &str, groups: &[String]| {
            (!groups.is_empty()).then(|| format!("{lead} {}", list(groups, "and")))
        };
        let said: Vec<String> = [
            words("groups, joining", &joining),
            words(if joining.is_empty() { "groups, leaving" } else { "leaving" }, &leaving),
        ]
        .into_iter()
        .flatten()
        .collect();
        if leaving.is_empty() {
            // Only what is missing: the other groups stay, whatever has changed meanwhile.
            found.add(said.join(", "), ["--append".into(), "--groups".into(), joining.join(",")]);
        } else {
            found.add(said.join(", "), ["--groups".into(), wanted.join(",")]);
        }
        found.after.groups = wanted;
        Ok(())
    }

    /// Predicts the members of the groups that the account joins or leaves.
    ///
    /// # Errors
    /// A group was not asked for yet.
    pub(super) fn membership(
        &self,
        mut change: Change,
        before: &[String],
        after: &[String],
        known: &Known,
    ) -> Result<Change, Stop> {
        let (joining, leaving) = (without(after, before), without(before, after));
        known.want(joining.iter().chain(&leaving).cloned().map(Query::Group))?;
        for name in joining.iter().chain(&leaving) {
            // Of a group that a pending change may make, nothing is known.
            let Ok(Some(group)) = known.group(name) else { continue };
            let mut group = group.clone();
            group.members.retain(|member| *member != self.username);
            if joining.contains(name) {
                group.members.push(self.username.clone());
                group.members.sort();
            }
            change = change.then(Query::Group(name.clone()), Answer::Group(Some(group)));
        }
        Ok(change)
    }
}

/// Fails for a group that does not exist, before anything is written.
fn require_groups(groups: &[String], known: &Known) -> Result<(), Stop> {
    known.want(groups.iter().cloned().map(Query::Group))?;
    for group in groups {
        if is_missing(known.group(group))? {
            return Err(Failure::new(format!("there is no group `{group}`"))
                .hint(format!("declare it before this resource: group \"{group}\""))
                .into());
        }
    }
    Ok(())
}

/// The names that the other list lacks.
fn without(names: &[String], others: &[String]) -> Vec<String> {
    names.iter().filter(|name| !others.contains(name)).cloned().collect()
}
