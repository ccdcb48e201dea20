//! Groups of packages: `@development-tools`.

use super::declared::DeclaredPackages;
use super::item::Wanted;
use crate::model::error::Failure;
use crate::model::known::Stop;
use crate::model::package_manager::{GroupState, GroupSupport, PackageGroups, group_name};
use crate::model::query::{Answer, CommandResult, End, PackageState, Query};
use crate::model::step::Command;

/// Fails for an action, and for properties, that a group can't have.
///
/// # Errors
/// Which it is.
pub(super) fn check(group: &str, action: &str, property: Option<&str>) -> Result<(), Failure> {
    if let Some(property) = property {
        return Err(Failure::new(format!("`{group}` is a group of packages, which takes no `{property}`"))
            .hint("declare the package that needs it on its own"));
    }
    if !matches!(action, "install" | "remove" | "purge") {
        return Err(Failure::new(format!(
            "`{group}` is a group of packages, which has no action `{action}`"
        ))
        .hint("a group can be installed, removed and purged; name its packages for anything else"));
    }
    Ok(())
}

impl DeclaredPackages<'_> {
    /// Groups that the action has to touch.
    ///
    /// # Errors
    /// The package manager has no groups, or no package source has this one; an answer is missing.
    pub(super) fn wanted_groups(&self, groups: &[&str]) -> Result<Vec<Wanted>, Stop> {
        let (Some(first), manager) = (groups.first(), self.manager.name) else { return Ok(Vec::new()) };
        let rules = match &self.manager.commands.groups {
            GroupSupport::Known(rules) => rules,
            GroupSupport::Missing(instead) => {
                let message = format!("`{first}` is a group of packages, and {manager} has none");
                return Err(Failure::impossible(message).hint(*instead).into());
            }
        };
        let question = |group: &str| Query::Command(Box::new(reader(rules, group)));
        self.known.want(groups.iter().map(|group| question(group)))?;
        let mut wanted: Vec<Wanted> = Vec::new();
        let mut told = String::new();
        for group in groups {
            let id = group_name(group).unwrap_or(group);
            let command = reader(rules, group);
            let result = self.known.command(&command)?;
            if !matches!(result.end, End::Exit(0 | 1)) {
                let mut failure = Failure::new(format!("{manager} does not tell its groups"));
                failure.details.extend(result.stderr.lines().map(str::to_owned));
                return Err(failure.into());
            }
            let state = (rules.parse)(&result.stdout, id);
            let verb = match (self.action, state) {
                ("install", None) => {
                    // A package source that is declared before may have it.
                    self.candidate(id)?;
                    return Err(Failure::new(format!("no package source has the group `{group}`"))
                        .hint(format!("a group is named by its id: {}", command.display()))
                        .hint(self.manager.lists.hint)
                        .into());
                }
                ("install", Some(GroupState::Absent | GroupState::Partly)) => "install",
                ("remove", Some(GroupState::Installed | GroupState::Partly)) => "remove",
                ("purge", Some(GroupState::Installed | GroupState::Partly)) => "purge",
                _ => continue,
            };
            if rules.read_one || told.is_empty() {
                told.clone_from(&result.stdout);
            }
            told += &(rules.mark)(id, self.comes());
            let answer = Answer::Command(CommandResult { stdout: told.clone(), ..result.clone() });
            let mut one = Wanted::new(verb, group, PackageState::default());
            one.argument = (rules.argument)(id);
            one.group = Some((question(group), answer));
            wanted.push(one);
        }
        Ok(wanted)
    }
}

/// The command that tells of a group.
fn reader(rules: &PackageGroups, group: &str) -> Command {
    let id = group_name(group).filter(|_| rules.read_one);
    Command::new(rules.read.iter().copied().chain(id))
}
