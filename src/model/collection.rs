//! The resource collection: everything that a run will do, as data. `compile` produces it and `converge` consumes it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::asked_probe::AskedProbe;
use super::capability::Authority;
use super::error::Location;
use super::foreseen::Foreseen;
use super::step::Command;

pub use super::notification::{Notification, Timing};

/// Version of the collection's JSON form.
pub const SCHEMA: u32 = 1;

/// An ordered list of rows. The same inputs give the same bytes when serialised.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Collection {
    /// Version of the JSON form.
    pub schema: u32,
    /// The run list as given by the user.
    pub run_list: Vec<String>,
    /// The probes that recipes could read, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<AskedProbe>,
    /// What the cookbooks may do that may not do everything, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub authorities: BTreeMap<String, Authority>,
    /// The rows in the order of declaration. The rows of a custom resource follow it directly.
    pub rows: Vec<Row>,
    /// For a run of a saved plan: what that foresaw. No other change is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreseen: Option<Foreseen>,
}

impl Collection {
    /// The names of all secrets that the run needs, each with the first row that uses it. Rows that are left out of the
    /// run have no values any more, and need none.
    #[must_use]
    pub fn secrets(&self) -> BTreeMap<&str, &Row> {
        let mut users = BTreeMap::new();
        for row in &self.rows {
            for name in row.secrets() {
                users.entry(name).or_insert(row);
            }
        }
        users
    }

    /// Keeps what the cookbooks of the rows may do. `find` knows those that may not do everything.
    pub fn limit(&mut self, find: &dyn Fn(&str) -> Option<Authority>) {
        let mut known = BTreeSet::new();
        self.authorities.clear();
        for row in &self.rows {
            for name in [&row.cookbook, &row.on_behalf] {
                if !name.is_empty()
                    && known.insert(name)
                    && let Some(authority) = find(name)
                {
                    self.authorities.insert(name.clone(), authority);
                }
            }
        }
    }

    /// The rights that a row is held to: those of its cookbook, and of the one that it acts for.
    pub fn authorities_of<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = (&'a str, &'a Authority)> {
        let names = [&row.cookbook, &row.on_behalf].into_iter();
        names.filter_map(|name| self.authorities.get(name).map(|authority| (name.as_str(), authority)))
    }

    /// The cookbook from elsewhere that asks for a row. Empty if none does.
    #[must_use]
    pub fn asker<'a>(&'a self, row: &'a Row) -> &'a str {
        let mut from_elsewhere = self.authorities_of(row).filter(|(_, authority)| authority.needs_grants());
        from_elsewhere.next().map_or("", |(name, _)| name)
    }

    /// Checks that every reference from a row to another row is valid. `converge` relies on it.
    ///
    /// # Errors
    /// A description of the first reference that is not valid.
    pub fn check_links(&self) -> Result<(), &'static str> {
        let follows =
            |(index, row): (usize, &Row)| row.parent.as_ref().is_none_or(|parent| parent.row < index);
        if !self.rows.iter().enumerate().all(follows) {
            return Err("a row stands before the one that it is part of");
        }
        let mut notified = self.rows.iter().flat_map(|row| row.notifies.iter().chain(&row.unsent));
        if !notified.all(|notification| notification.target < self.rows.len()) {
            return Err("a notification leads to no row");
        }
        let precedes = |(index, row): (usize, &Row)| row.requires.iter().all(|required| *required < index);
        if !self.rows.iter().enumerate().all(precedes) {
            return Err("a row requires one that does not stand before it");
        }
        Ok(())
    }
}

/// One declared resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Resource type: `file`, or `nginx_site` for a custom one.
    pub r#type: String,
    /// The name as declared. The items of a list are joined with `, `.
    pub name: String,
    /// Actions in order. `["nothing"]` waits for a notification.
    pub actions: Vec<String>,
    /// Properties as declared, checked against the schema of the type. A deferred value is an object whose only key
    /// begins with `$`.
    pub properties: Map<String, Value>,
    /// Guards that must all hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_if: Vec<Guard>,
    /// Guards of which none may hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_if: Vec<Guard>,
    /// Notifications to send when this row is updated. `subscribes` of other rows is converted to these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notifies: Vec<Notification>,
    /// Earlier rows that must not have failed: indices, in the order in which they were written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<usize>,
    /// Number of attempts after the first one failed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub retries: u32,
    /// Seconds between attempts.
    #[serde(default = "two", skip_serializing_if = "is_two")]
    pub retry_delay: u32,
    /// Whether the run goes on after a failure of this row.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ignore_failure: bool,
    /// Whether diffs, commands and output are hidden.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sensitive: bool,
    /// Whether reports show differences.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub diff: bool,
    /// The reason for the resource, from its `why` property.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Words by which a run can choose the resource, from its `tags` property. The rows of a custom resource have its
    /// tags, too, without listing them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The option that leaves this row out of the run: `--only config`. The row is never looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
    /// Notifications that are not sent when this row is updated, because the rows that they lead to are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsent: Vec<Notification>,
    /// The custom resource that this row belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
    /// Whether this is a custom resource. The rows that have it as parent do its work.
    #[serde(default, skip_serializing_if = "is_false")]
    pub custom: bool,
    /// Cookbook that declared the row. Empty for the project itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cookbook: String,
    /// The cookbook from elsewhere that the row is declared for, if its own cookbook needs no grants. It must have been
    /// granted what the row needs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub on_behalf: String,
    /// `cookbook::recipe` that declared it.
    pub recipe: String,
    /// Where the row was declared.
    pub location: Location,
}

impl Row {
    /// The id `type[name]`, which messages use.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}[{}]", self.r#type, self.name)
    }

    /// The recipe that declared the row, as a run list names it: `nginx` for `nginx::default`.
    #[must_use]
    pub fn recipe_as_named(&self) -> &str {
        self.recipe.strip_suffix("::default").unwrap_or(&self.recipe)
    }

    /// All values that may have deferred ones in them.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        let guards = self.only_if.iter().chain(&self.not_if).filter_map(|guard| match guard {
            Guard::Deferred(command) => Some(command),
            _ => None,
        });
        self.properties.values().chain(guards)
    }

    /// The names of the secrets in its properties and guards.
    #[must_use]
    pub fn secrets(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.values().for_each(|value| deferred::find_secrets(value, &mut names));
        names
    }
}

/// Whether a word can be a tag: letters, digits, `_`, `-` and `.`, at most 64 of them.
#[must_use]
pub fn is_tag(word: &str) -> bool {
    let may_be_in = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    (1..=64).contains(&word.len()) && word.bytes().all(may_be_in)
}

/// The position of a row inside a custom resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// Index of the custom resource in [`Collection::rows`].
    pub row: usize,
    /// Action of the custom resource that declared this row.
    pub action: String,
}

/// A condition on a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// A value that was computed in the compile.
    Is(bool),
    /// Holds if the path exists. Symlinks are followed.
    Exists(String),
    /// Holds if the command exits with 0. Unset options are taken from the resource if it has properties of the same
    /// name.
    Command(Command),
    /// The same with deferred values in it, in the form of a [`Command`].
    Deferred(Value),
}

/// Keys of deferred values in properties. A deferred value is an object with exactly one of these keys.
pub mod deferred {
    use std::collections::BTreeSet;

    use serde::{Deserialize, Serialize};
    use serde_json::Value;

    use super::Guard;

    /// `{"$contents": "/path"}`: the text of a file, read when the resource converges.
    pub const CONTENTS: &str = "$contents";
    /// `{"$output": {command}}`: the standard output of a command, without the final newline.
    pub const OUTPUT: &str = "$output";
    /// `{"$secret": "name"}`: a secret.
    pub const SECRET: &str = "$secret";
    /// `{"$fragments": [{part}]}`: the text of several resources, in order. See [`Part`].
    pub const FRAGMENTS: &str = "$fragments";

    /// `{"$text": [string or deferred value]}`: these joined to one text. None of them is joined itself.
    pub const TEXT: &str = "$text";
    /// `{"$rendered": {"template": …, "variables": {…}}}`: a rendered template.
    pub const RENDERED: &str = "$rendered";

    /// All these keys.
    pub const KEYS: [&str; 6] = [CONTENTS, OUTPUT, SECRET, FRAGMENTS, TEXT, RENDERED];

    /// The place of a part that says none.
    pub const ORDER: i64 = 50;

    /// The text that another resource adds to a value.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct Part {
        /// Id of the resource that declares it.
        pub of: String,
        /// The text. It may be deferred too.
        pub content: Value,
        /// Guards of that resource and of the custom resources around it, which must all hold.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub only_if: Vec<Guard>,
        /// Their guards of which none may hold.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub not_if: Vec<Guard>,
    }

    /// Adds the names of the secrets in a value.
    pub fn find_secrets<'a>(value: &'a Value, names: &mut BTreeSet<&'a str>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| find_secrets(item, names)),
            Value::Object(map) => {
                if map.len() == 1 {
                    names.extend(map.get(SECRET).and_then(Value::as_str));
                }
                map.values().for_each(|item| find_secrets(item, names));
            }
            _ => {}
        }
    }

    /// Converts the name of a secret to the lowercase form that an environment variable can have. Values are stored by
    /// it.
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
fn is_true(value: &bool) -> bool {
    *value
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_two(value: &u32) -> bool {
    *value == 2
}
fn yes() -> bool {
    true
}
fn two() -> u32 {
    2
}
