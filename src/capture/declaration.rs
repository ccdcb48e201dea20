//! A resource as it will stand in a recipe.

use serde_json::Value;

use crate::model::lua_value::{indented, inline, key_text, string};

/// Longest declaration that stays in one line, in characters.
const WIDTH: usize = 96;
/// Most properties of a declaration that stays in one line.
const IN_LINE: usize = 3;

/// The action that writes a file where there is none.
pub(super) const FIRST_TIME: &str = "create_if_missing";

/// A resource that a recipe declares.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CapturedResource {
    /// Resource type.
    pub r#type: String,
    /// Its name, or its names, as `package` takes them.
    pub names: Vec<String>,
    /// Properties in the order in which they are written.
    pub properties: Vec<(String, Value)>,
    /// What it notifies: an action, the id of a resource, and the timing if it is not the usual one.
    pub notifies: Vec<Vec<String>>,
    /// Why it is there, each a line of a comment.
    pub evidence: Vec<String>,
    /// Files of the cookbook that it needs: their path in the cookbook, and their bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

impl CapturedResource {
    /// A resource without properties.
    pub fn new(r#type: &str, name: impl Into<String>) -> Self {
        Self { r#type: r#type.to_owned(), names: vec![name.into()], ..Self::default() }
    }

    /// The same with a property.
    #[must_use]
    pub fn with(mut self, property: &str, value: impl Into<Value>) -> Self {
        self.properties.push((property.to_owned(), value.into()));
        self
    }

    /// The same with a line of its comment.
    #[must_use]
    pub fn because(mut self, evidence: impl Into<String>) -> Self {
        self.evidence.push(evidence.into());
        self
    }

    /// The value of a property.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.properties.iter().find(|(property, _)| property == name).map(|(_, value)| value)
    }

    /// `type[name]`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}[{}]", self.r#type, self.names.join(", "))
    }

    /// What tells it from all others: its id, and what a thing may be declared with several times. What is held is declared
    /// twice, a unit may have several drop-ins, a group its members in another place, and a name several programs.
    pub(super) fn key(&self) -> String {
        let property = match self.r#type.as_str() {
            "package" => "action",
            "systemd_unit" => "drop_in",
            "group" => "append",
            "alternatives" => "path",
            _ if self.property("action").is_some_and(|action| action == FIRST_TIME) => "action",
            _ => return self.id(),
        };
        let word = self.property(property).map(ToString::to_string);
        format!("{} {}", self.id(), word.unwrap_or_default().trim_matches('"')).trim_end().to_owned()
    }

    /// The ids of what it notifies.
    pub(super) fn notified(&self) -> impl Iterator<Item = &str> {
        self.notifies.iter().filter_map(|notice| notice.get(1)).map(String::as_str)
    }

    /// The text of the declaration, with its comment.
    #[must_use]
    pub fn lua(&self) -> String {
        let mut text: String = self.evidence.iter().flat_map(|line| ["-- ", line, "\n"]).collect();
        text.push_str(&self.r#type);
        text.push(' ');
        text.push_str(&match self.names.as_slice() {
            [name] => string(name),
            names => indented(&names.iter().map(String::as_str).collect(), 0),
        });
        let mut properties: Vec<(String, String)> =
            self.properties.iter().map(|(key, value)| (key_text(key), indented(value, 2))).collect();
        let notifies = self.notices();
        properties.extend(notifies.clone().map(|notices| ("notifies".to_owned(), notices)));
        if properties.is_empty() {
            text.push('\n');
            return text;
        }
        let start = text.rsplit('\n').next().map_or(0, |last| last.chars().count());
        let inline: Vec<String> = self
            .properties
            .iter()
            .map(|(key, value)| format!("{} = {}", key_text(key), inline(value)))
            .collect();
        let notices = notifies.map(|notices| format!("notifies = {notices}"));
        let line = format!(" {{ {} }}\n", inline.into_iter().chain(notices).collect::<Vec<_>>().join(", "));
        let has_lines = properties.iter().any(|(_, value)| value.contains('\n'));
        if !has_lines && properties.len() <= IN_LINE && start + line.chars().count() <= WIDTH + 1 {
            text.push_str(&line);
            return text;
        }
        text.push_str(" {\n");
        text.extend(properties.iter().flat_map(|(key, value)| ["  ", key, " = ", value, ",\n"]));
        text.push_str("}\n");
        text
    }

    fn notices(&self) -> Option<String> {
        let notice = |words: &Vec<String>| inline(&words.iter().map(String::as_str).collect());
        match self.notifies.as_slice() {
            [] => None,
            [one] => Some(notice(one)),
            several => Some(format!("{{ {} }}", several.iter().map(notice).collect::<Vec<_>>().join(", "))),
        }
    }
}
