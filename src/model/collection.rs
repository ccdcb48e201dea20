//! The resource collection: everything a run will do, as closed data. What compile makes, and all that converge sees.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::Location;
use super::step::Command;

pub use super::notification::{Notification, Timing};

/// Version of the collection's JSON form.
pub const SCHEMA: u32 = 1;

/// An ordered, sealed list of rows. Serialising the same inputs gives the same bytes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Collection {
    /// Version of this form; see [`SCHEMA`].
    pub schema: u32,
    /// What was asked for, as given.
    pub run_list: Vec<String>,
    /// The rows, in written order. Rows of a custom resource follow it at once.
    pub rows: Vec<Row>,
}

impl Collection {
    /// Makes sure that rows which name others name some that are there: whoever converges counts on it.
    ///
    /// # Errors
    /// What leads nowhere.
    pub fn check_links(&self) -> Result<(), &'static str> {
        let follows =
            |(index, row): (usize, &Row)| row.parent.as_ref().is_none_or(|parent| parent.row < index);
        if !self.rows.iter().enumerate().all(follows) {
            return Err("a row stands before the one that it is part of");
        }
        let mut notified = self.rows.iter().flat_map(|row| &row.notifies);
        if !notified.all(|notification| notification.target < self.rows.len()) {
            return Err("a notification leads to no row");
        }
        Ok(())
    }
}

/// One declared resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Resource type: `file`, or `nginx_site` for a custom one.
    pub r#type: String,
    /// Its name as declared; a list's items are joined with `, `.
    pub name: String,
    /// Actions in order. `["nothing"]` waits for a notification.
    pub actions: Vec<String>,
    /// Properties as declared, checked against the type's schema; deferred values are objects whose only key begins with `$`.
    pub properties: Map<String, Value>,
    /// All must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_if: Vec<Guard>,
    /// None may hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_if: Vec<Guard>,
    /// What follows when this row was updated; `subscribes` of other rows are turned into these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notifies: Vec<Notification>,
    /// Further attempts after a failure.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub retries: u32,
    /// Seconds between attempts.
    #[serde(default = "two", skip_serializing_if = "is_two")]
    pub retry_delay: u32,
    /// A failure is reported and the run goes on.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ignore_failure: bool,
    /// Diffs, commands and output are not shown.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sensitive: bool,
    /// Why it is here, in the cook's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The custom resource that this row belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
    /// Whether the rows that name this one as parent do its work (true for custom resources).
    #[serde(default, skip_serializing_if = "is_false")]
    pub custom: bool,
    /// The cookbook that declared it; empty for the project itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cookbook: String,
    /// `cookbook::recipe` that declared it.
    pub recipe: String,
    /// Where it stands.
    pub location: Location,
}

impl Row {
    /// `type[name]`, the way every message names a resource.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}[{}]", self.r#type, self.name)
    }
}

/// The place of a row inside a custom resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// Index of the custom resource in [`Collection::rows`].
    pub row: usize,
    /// The action of it that this row is part of.
    pub action: String,
}

/// A condition on a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// Decided while compiling.
    Is(bool),
    /// A path is there (links are followed).
    Exists(String),
    /// A command exits with 0. What it leaves open is taken from the resource where that has the property.
    Command(Command),
}

/// Keys of deferred values inside properties: an object with exactly this one key.
pub mod deferred {
    /// `{"$contents": "/path"}`: the text of a file at the resource's turn.
    pub const CONTENTS: &str = "$contents";
    /// `{"$output": {command}}`: standard output of a command, without the last newline.
    pub const OUTPUT: &str = "$output";
    /// `{"$secret": "name"}`: a secret, by name.
    pub const SECRET: &str = "$secret";

    /// The name of a secret as a variable of the environment can spell it, lowercase: what values are known by.
    #[must_use]
    pub fn secret_key(name: &str) -> String {
        name.to_ascii_lowercase().replace(['-', '.'], "_")
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_two(value: &u32) -> bool {
    *value == 2
}
fn two() -> u32 {
    2
}
