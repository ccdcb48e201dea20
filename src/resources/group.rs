//! `group`: a group of accounts.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::Strings;
use crate::model::english::list;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{AccountAct, Declined, Portable, PortableGroup, Portables};
use crate::model::query::{self, Answer, Query};
use crate::model::sorted;
use crate::model::step::{Command, Step};
use crate::provider::accounts::{
    GROUPS, UNASSIGNED, USERS, check_name, group_of_number, is_missing, user_of_group, with_number,
};
use crate::provider::{Action, Provider, action};

/// A group of accounts.
///
/// `members` is the whole list: other members are removed from the group. With `append`, they are kept. A user whose
/// primary group this is need not be listed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupAccount {
    /// Name of the group.
    group_name: String,
    /// Number of the group. Default for a new group: the next free one.
    gid: Option<u32>,
    /// Users in the group. Default: the members stay as they are.
    members: Option<Strings>,
    /// Users to remove from the group.
    #[serde(default)]
    excluded_members: Strings,
    /// Whether members that are not listed stay.
    #[serde(default)]
    append: bool,
    /// Whether a new group is a system group, with a number from the range for those.
    #[serde(default)]
    system: bool,
    /// Whether another group may have the same number.
    #[serde(default)]
    non_unique: bool,
}

impl GroupAccount {
    fn query(&self) -> Query {
        Query::Group(self.group_name.clone())
    }

    /// The members that the group is to have.
    fn wanted(&self, current: &[String]) -> BTreeSet<String> {
        let said = self.members.iter().flat_map(|members| members.0.iter().cloned());
        let mut wanted: BTreeSet<String> = said.collect();
        if self.append || self.members.is_none() {
            wanted.extend(current.iter().cloned());
        }
        for excluded in &self.excluded_members.0 {
            wanted.remove(excluded);
        }
        wanted
    }

    fn create(&self, known: &Known) -> Result<Change, Stop> {
        let members = self.wanted(&[]);
        require_users(&members, known)?;
        self.require_free_number(known)?;
        let mut command = Command::new(["groupadd"]);
        if self.system {
            command.argv.push("--system".into());
        }
        command.argv.extend(self.number());
        command.argv.extend(["--".into(), self.group_name.clone()]);
        let mut change = Change::new(self.announce(&members), Step::Run(command)).reaching(Reach::Told);
        if !members.is_empty() {
            change.steps.push(self.set_members(&members));
            change = self.listed(change, &[], &members, known)?;
        }
        let after =
            query::Group { gid: self.gid.unwrap_or(UNASSIGNED), members: members.into_iter().collect() };
        change = self.numbered(change, None, Some(&after));
        Ok(change.then(self.query(), Answer::Group(Some(after))))
    }

    /// Fails if another group has the number.
    fn require_free_number(&self, known: &Known) -> Result<(), Stop> {
        let Some(gid) = self.gid.filter(|_| !self.non_unique) else { return Ok(()) };
        for name in with_number(GROUPS, 2, gid, known)? {
            // The file shows the present state, but an earlier resource may change it.
            if name != self.group_name && known.group(&name)?.is_some_and(|group| group.gid == gid) {
                return Err(Failure::impossible(format!("the number {gid} belongs to the group `{name}`"))
                    .hint("choose another `gid`, or say `non_unique = true`")
                    .into());
            }
        }
        let planned = group_of_number(gid);
        if known.peek(&planned).is_some() && known.group(&gid.to_string())?.is_some() {
            return Err(Failure::impossible(format!(
                "the number {gid} will belong to another group, which an earlier resource declares"
            ))
            .hint("choose another `gid`, or say `non_unique = true`")
            .into());
        }
        Ok(())
    }

    /// Predicts which group has the number, and that the old number is free.
    fn numbered(&self, change: Change, before: Option<u32>, after: Option<&query::Group>) -> Change {
        let change = match before.filter(|gid| after.is_none_or(|group| group.gid != *gid)) {
            Some(gid) => change.then(group_of_number(gid), Answer::Group(None)),
            None => change,
        };
        match (self.gid, after) {
            (Some(gid), Some(group)) => change.then(group_of_number(gid), Answer::Group(Some(group.clone()))),
            _ => change,
        }
    }

    /// Fails if the group is the primary group of a user.
    fn require_nobody_s_own(&self, group: &query::Group, known: &Known) -> Result<(), Stop> {
        let given = [self.group_name.clone(), group.gid.to_string()].map(|group| user_of_group(&group));
        known.want(given.clone())?;
        if given.iter().any(|query| matches!(known.peek(query), Some(Answer::User(Some(_))))) {
            return Err(Failure::impossible(format!(
                "the group `{}` can't be removed: it will be the primary group of a user that an earlier resource declares",
                self.group_name
            ))
            .hint("give the user another `gid`, or let the group stay")
            .into());
        }
        for name in with_number(USERS, 3, group.gid, known)? {
            if known.user(&name)?.is_some_and(|user| user.gid == group.gid) {
                return Err(Failure::impossible(format!(
                    "the group `{}` can't be removed: it is the primary group of `{name}`",
                    self.group_name
                ))
                .hint(format!("give `{name}` another group before: user \"{name}\" {{ gid = … }}"))
                .into());
            }
        }
        Ok(())
    }

    /// Predicts the groups of users who were or will be members.
    fn listed(
        &self,
        mut change: Change,
        before: &[String],
        after: &BTreeSet<String>,
        known: &Known,
    ) -> Result<Change, Stop> {
        let users: BTreeSet<&String> = sorted::collected(before.iter().chain(after));
        known.want(users.iter().map(|name| Query::User((*name).clone())))?;
        for name in users {
            // A member need not be a user, and of one that a pending change may make, nothing is known.
            let Ok(Some(user)) = known.user(name) else { continue };
            let mut user = user.clone();
            match (user.groups.binary_search(&self.group_name), after.contains(name)) {
                (Ok(at), false) => drop(user.groups.remove(at)),
                (Err(at), true) => user.groups.insert(at, self.group_name.clone()),
                _ => continue,
            }
            change = change.then(Query::User(name.clone()), Answer::User(Some(Box::new(user))));
        }
        Ok(change)
    }

    fn announce(&self, members: &BTreeSet<String>) -> String {
        let system = self.system.then(|| ", system".to_owned());
        let gid = self.gid.map(|gid| format!(", gid {gid}"));
        let shared = self.non_unique.then(|| ", which another may have".to_owned());
        let with = (!members.is_empty()).then(|| format!(", with {}", names(members)));
        ["create group".to_owned()].into_iter().chain(system).chain(gid).chain(shared).chain(with).collect()
    }

    fn bring(&self, group: &query::Group, known: &Known) -> Result<Vec<Change>, Stop> {
        let mut changes = Vec::new();
        let mut after = group.clone();
        if let Some(gid) = self.gid.filter(|gid| *gid != group.gid) {
            self.require_free_number(known)?;
            let mut command = Command::new(["groupmod"]);
            command.argv.extend(self.number());
            command.argv.extend(["--".into(), self.group_name.clone()]);
            after.gid = gid;
            let from = match group.gid {
                UNASSIGNED => String::new(),
                from => format!(" {from}"),
            };
            let change = Change::new(format!("change gid{from} to {gid}"), Step::Run(command));
            changes.push(
                self.numbered(change, Some(group.gid), Some(&after))
                    .reaching(Reach::Told)
                    .then(self.query(), Answer::Group(Some(after.clone()))),
            );
        }
        let current: BTreeSet<String> = group.members.iter().cloned().collect();
        let wanted = self.wanted(&group.members);
        if wanted != current {
            let joining: BTreeSet<String> = wanted.difference(&current).cloned().collect();
            let leaving: BTreeSet<String> = current.difference(&wanted).cloned().collect();
            require_users(&joining, known)?;
            let join = (!joining.is_empty()).then(|| format!("add {}", names(&joining)));
            let leave = (!leaving.is_empty()).then(|| format!("take out {}", names(&leaving)));
            let words: Vec<String> = join.into_iter().chain(leave).collect();
            after.members = wanted.iter().cloned().collect();
            let change = Change::new(words.join(", "), self.set_members(&wanted)).reaching(Reach::Told);
            let change = self.listed(change, &group.members, &wanted, known)?;
            changes.push(change.then(self.query(), Answer::Group(Some(after))));
        }
        Ok(changes)
    }

    fn number(&self) -> Vec<String> {
        let Some(gid) = self.gid else { return Vec::new() };
        let mut words = vec!["--gid".to_owned(), gid.to_string()];
        if self.non_unique {
            words.push("--non-unique".into());
        }
        words
    }

    /// Sets the whole list in one step, so that it is never half right.
    fn set_members(&self, members: &BTreeSet<String>) -> Step {
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        Step::Run(Command::new(["gpasswd", "--members", &members.join(","), "--", &self.group_name]))
    }
}

fn names(members: &BTreeSet<String>) -> String {
    list(&members.iter().collect::<Vec<_>>(), "and")
}

/// Fails for a member that does not exist, before anything is written.
fn require_users(members: &BTreeSet<String>, known: &Known) -> Result<(), Stop> {
    known.want(members.iter().cloned().map(Query::User))?;
    for member in members {
        if is_missing(known.user(member))? {
            return Err(Failure::new(format!("there is no user `{member}`"))
                .hint(format!("declare it before this resource: user \"{member}\""))
                .into());
        }
    }
    Ok(())
}

impl Provider for GroupAccount {
    const NAME: &'static str = "group";
    const ACTIONS: &'static [Action] = &[
        action("create", "Makes the group if it is missing, and sets number and members."),
        action("modify", "Changes an existing group. Fails if there is none."),
        action("manage", "Changes the group if it exists."),
        action("remove", "Removes the group."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("group_name");
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Complete. The number of a new group is unknown unless `gid` is set.";
    const PLATFORMS: &'static str = "Any Linux with groupadd, groupmod and groupdel.";
    const EXAMPLE: &'static str = r#"
user "ada"

group "deploy" {
  system = true,
  members = { "ada" },
  append = true,
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        check_name("group", &self.group_name)?;
        let members = self.members.as_ref().map(|members| members.0.as_slice()).unwrap_or_default();
        for user in members.iter().chain(&self.excluded_members.0) {
            check_name("user", user)?;
        }
        if let Some(both) = members.iter().find(|member| self.excluded_members.0.contains(member)) {
            return Err(Failure::new(format!("`{both}` is in `members` and in `excluded_members`")));
        }
        if self.members.is_some() && !self.append && !self.excluded_members.0.is_empty() {
            return Err(Failure::new(
                "`excluded_members` adds nothing to `members`, which is the whole list",
            )
            .hint("say `append = true` to keep members who are not mentioned"));
        }
        if self.gid == Some(UNASSIGNED) {
            return Err(Failure::new(format!("`gid` can't be {UNASSIGNED}")));
        }
        if self.non_unique && self.gid.is_none() {
            return Err(Failure::new("`non_unique` goes with `gid`"));
        }
        Ok(())
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.user(&self.group_name);
        if self.gid == Some(0) {
            needs.user("root");
        }
        needs.elsewhere();
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        self.gid.map(group_of_number).into_iter().chain([self.query()]).collect()
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let act = match action {
            "modify" => AccountAct::Modify,
            "manage" => AccountAct::Manage,
            "remove" => AccountAct::Remove,
            _ => AccountAct::Create,
        };
        into.add(Portable::Group(PortableGroup {
            name: self.group_name.clone(),
            act,
            gid: self.gid,
            members: self.members.as_ref().map(|members| members.0.clone()),
            append: self.append,
            excluded: self.excluded_members.0.clone(),
            system: self.system,
            non_unique: self.non_unique,
        }));
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        let group = match known.group(&self.group_name) {
            // The group will be there, whatever creates it.
            Err(Stop::Unknown(_)) if action == "create" => None,
            other => other?,
        };
        match (action, group) {
            ("remove" | "manage", None) => Ok(Vec::new()),
            ("remove", Some(group)) => {
                self.require_nobody_s_own(group, known)?;
                let step = Step::Run(Command::new(["groupdel", "--", &self.group_name]));
                let change = Change::new("remove group", step).reaching(Reach::Told);
                let change = self.numbered(change, Some(group.gid), None);
                let change = self.listed(change, &group.members, &BTreeSet::new(), known)?;
                let change = change.then(user_of_group(&self.group_name), Answer::User(None));
                Ok(vec![change.then(self.query(), Answer::Group(None))])
            }
            ("modify", None) => Err(Failure::new(format!("there is no group `{}`", self.group_name))
                .hint("the action `create` makes it, `manage` leaves it out")
                .into()),
            (_, None) => Ok(vec![self.create(known)?]),
            (_, Some(group)) => self.bring(group, known),
        }
    }
}
