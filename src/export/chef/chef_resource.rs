//! One resource of a recipe.

use std::fmt::Write as _;

use super::ruby::quoted;
use crate::model::portable::marked::is_marked;

/// A resource that is being written.
#[derive(Debug, Default)]
pub(super) struct ChefResource {
    /// Its type: `file`.
    pub(super) kind: &'static str,
    /// Its name, and the property that has it unless another is set.
    pub(super) name: String,
    name_property: &'static str,
    /// Lines in the block.
    properties: Vec<String>,
    pub(super) only_if: Vec<String>,
    pub(super) not_if: Vec<String>,
    /// The action: `create`.
    pub(super) action: &'static str,
    /// Whether it waits for a notification.
    pub(super) waits: bool,
    /// Whether Chef and itamae have no common words for it.
    pub(super) is_unsayable: bool,
}

impl ChefResource {
    pub(super) fn new(
        kind: &'static str,
        name_property: &'static str,
        name: &str,
        action: &'static str,
    ) -> Self {
        let is_unsayable = is_marked(name);
        Self { kind, name: name.to_owned(), name_property, action, is_unsayable, ..Self::default() }
    }

    /// A resource that there are no words for.
    pub(super) fn unsayable() -> Self {
        Self { is_unsayable: true, ..Self::default() }
    }

    /// Gives it another name.
    pub(super) fn rename(&mut self, name: String) {
        if name != self.name {
            let own = quoted(&self.name);
            // itamae has another word for it.
            let lines = match self.name_property {
                "" => Vec::new(),
                "service_name" => vec![
                    format!("service_name {own} if defined?(::Chef)"),
                    format!("name {own} unless defined?(::Chef)"),
                ],
                property => vec![format!("{property} {own}")],
            };
            self.properties.splice(0..0, lines);
            self.name = name;
        }
    }

    /// Adds a line.
    pub(super) fn line(&mut self, line: String) {
        self.properties.push(line);
    }

    /// Sets a property to a text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.is_unsayable |= is_marked(text);
        self.properties.push(format!("{name} {}", quoted(text)));
    }

    /// Sets a property to a text, if there is one.
    pub(super) fn some_text(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    pub(super) fn written(&self) -> String {
        let mut text = format!("{} {} do\n", self.kind, quoted(&self.name));
        for line in &self.properties {
            let _ = writeln!(text, "  {line}");
        }
        for (word, tests, joint) in [("only_if", &self.only_if, " && "), ("not_if", &self.not_if, " || ")] {
            match tests.as_slice() {
                [] => {}
                [one] => {
                    let _ = writeln!(text, "  {word} {one}");
                }
                all => {
                    let parts: Vec<String> =
                        all.iter().map(|test| format!("\"(\\n\" + {test} + \"\\n)\"")).collect();
                    let _ = writeln!(text, "  {word} [{}].join('{joint}')", parts.join(", "));
                }
            }
        }
        let action = if self.waits { "nothing" } else { self.action };
        let _ = write!(text, "  action :{action}\nend\n");
        text
    }
}
