//! Warnings about a `user` that joins a group which a `group` takes it out of, or the other way round. Every run would change
//! both.

use serde_json::Value;

use crate::model::collection::Row;
use crate::model::error::Diagnostic;

/// A row that makes or changes its account.
fn sets(row: &Row, r#type: &str) -> bool {
    let acts = |action: &String| matches!(action.as_str(), "create" | "modify" | "manage");
    row.r#type == r#type && !row.custom && row.actions.iter().any(acts)
}

/// The account that a row is about.
fn account<'a>(row: &'a Row, property: &str) -> &'a str {
    row.properties.get(property).and_then(Value::as_str).unwrap_or(&row.name)
}

/// The names in a property, if it is declared and all of it is known.
fn names<'a>(row: &'a Row, property: &str) -> Option<Vec<&'a str>> {
    match row.properties.get(property)? {
        Value::String(one) => Some(vec![one]),
        Value::Array(several) => several.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

fn appends(row: &Row) -> bool {
    row.properties.get("append") == Some(&Value::Bool(true))
}

/// One warning for each pair of rows that contradict each other.
pub(super) fn contradictions<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> Vec<Diagnostic> {
    let users = rows.clone().filter(|row| sets(row, "user"));
    let users: Vec<(&Row, Vec<&str>)> = users.filter_map(|row| Some((row, names(row, "groups")?))).collect();
    if users.is_empty() {
        return Vec::new();
    }
    let mut warnings = Vec::new();
    for row in rows.filter(|row| sets(row, "group")) {
        let group = account(row, "group_name");
        let members = names(row, "members");
        let excluded = names(row, "excluded_members").unwrap_or_default();
        for (user, groups) in &users {
            let name = account(user, "username");
            let joins = groups.contains(&group);
            let (user_id, group_id) = (user.id(), row.id());
            let (message, hint) = match &members {
                _ if joins && excluded.contains(&name) => (
                    format!("{user_id} joins {group_id}, which excludes it"),
                    format!("take `{name}` out of the `excluded_members` of {group_id}"),
                ),
                Some(members) if joins && !appends(row) && !members.contains(&name) => (
                    format!(
                        "{user_id} joins {group_id}, whose `members` are the whole list and do not have it"
                    ),
                    format!("add `{name}` to the `members` of {group_id}, or say `append = true` there"),
                ),
                Some(members) if !joins && !appends(user) && members.contains(&name) => (
                    format!(
                        "{user_id} is a member of {group_id}, and its `groups` are the whole list and do not have that"
                    ),
                    format!("add `{group}` to the `groups` of {user_id}, or say `append = true` there"),
                ),
                _ => continue,
            };
            warnings.push(
                Diagnostic::warning(message)
                    .at(user.location.clone())
                    .note(format!("the group is declared at {}; every run would change both", row.location))
                    .hint(hint),
            );
        }
    }
    warnings
}
