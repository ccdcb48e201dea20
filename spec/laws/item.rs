//! A declaration of a generated cookbook, and the Lua that says it.

use std::fmt::Write as _;

/// One declaration. What stands in its table is Lua text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Resource type; `c1` for the custom resource of that number.
    pub r#type: String,
    pub name: String,
    /// Properties, guards and the rest, in order.
    pub properties: Vec<(String, String)>,
    pub notifies: Vec<Notification>,
    /// The same, said by the other: `to` is whom it listens to.
    pub subscribes: Vec<Notification>,
    /// Actions of a custom resource, each with its rows.
    pub inside: Vec<(String, Vec<Item>)>,
}

/// What one declaration asks of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub action: String,
    /// `type[name]` of the other.
    pub to: String,
    /// Nothing where it is not said.
    pub timing: &'static str,
    /// Whether it is dropped once something has failed.
    pub skips: bool,
}

impl Notification {
    /// One that waits for the end of the list.
    pub fn new(action: &str, to: impl Into<String>) -> Self {
        Self { action: action.into(), to: to.into(), timing: "", skips: false }
    }

    /// Whether it does not wait for the end of the list.
    pub fn is_at_once(&self) -> bool {
        matches!(self.timing, "immediately" | "before")
    }

    fn lua(&self) -> String {
        let mut words = vec![quoted(&self.action), quoted(&self.to)];
        words.extend((!self.timing.is_empty()).then(|| quoted(self.timing)));
        words.extend(self.skips.then(|| "on_failure = \"skip\"".to_owned()));
        format!("{{ {} }}", words.join(", "))
    }
}

impl Item {
    pub fn new(r#type: &str, name: &str) -> Self {
        Self {
            r#type: r#type.into(),
            name: name.into(),
            properties: Vec::new(),
            notifies: Vec::new(),
            subscribes: Vec::new(),
            inside: Vec::new(),
        }
    }

    #[must_use]
    pub fn with(mut self, property: &str, value: impl Into<String>) -> Self {
        self.properties.retain(|(name, _)| name != property || name.ends_with("_if"));
        self.properties.push((property.into(), value.into()));
        self
    }

    #[must_use]
    pub fn action(self, action: &str) -> Self {
        self.with("action", quoted(action))
    }

    /// `type[name]`.
    pub fn id(&self) -> String {
        format!("{}[{}]", self.r#type, self.name)
    }

    pub fn is_custom(&self) -> bool {
        !self.inside.is_empty()
    }

    pub fn has_several_actions(&self) -> bool {
        self.properties.iter().any(|(name, value)| name == "action" && value.starts_with('{'))
    }

    /// Whether it waits for a notification.
    pub fn waits(&self) -> bool {
        self.properties.iter().any(|(name, value)| name == "action" && value == "\"nothing\"")
    }

    fn lua(&self, indent: &str) -> String {
        let own = if self.is_custom() { "own." } else { "" };
        let mut text = format!("{indent}{own}{} {}", self.r#type, quoted(&self.name));
        let mut said: Vec<String> =
            self.properties.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        for (property, all) in [("notifies", &self.notifies), ("subscribes", &self.subscribes)] {
            if !all.is_empty() {
                let all: Vec<String> = all.iter().map(Notification::lua).collect();
                said.push(format!("{property} = {{ {} }}", all.join(", ")));
            }
        }
        // A guard may be said once: several are a list.
        for guard in ["only_if", "not_if"] {
            let prefix = format!("{guard} = ");
            let values: Vec<String> =
                said.iter().filter_map(|word| word.strip_prefix(&prefix)).map(str::to_owned).collect();
            if values.len() > 1 {
                // A list of words alone would be one command.
                let values: Vec<String> = values
                    .into_iter()
                    .map(
                        |value| {
                            if value.starts_with('"') { format!("{{ command = {value} }}") } else { value }
                        },
                    )
                    .collect();
                said.retain(|word| !word.starts_with(&prefix));
                said.push(format!("{guard} = {{ {} }}", values.join(", ")));
            }
        }
        if !said.is_empty() {
            let _ = write!(text, " {{ {} }}", said.join(", "));
        }
        text + "\n"
    }
}

/// A generated cookbook: its recipe, on a machine of this kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookbook {
    pub machine: u64,
    /// Whether it comes to rest: no two declarations of one thing, and nothing that always acts.
    pub tidy: bool,
    pub items: Vec<Item>,
}

impl Cookbook {
    /// All files of the project, by path.
    pub fn files(&self) -> Vec<(String, String)> {
        let mut files = vec![
            ("recipes/main.lua".to_owned(), format!("local own = require \".\"\n{}", lua(&self.items, ""))),
            ("files/app.service".to_owned(), "[Service]\n[Install]\nWantedBy=multi-user.target\n".to_owned()),
            ("files/one.txt".to_owned(), "a file of the cookbook\n".to_owned()),
            ("files/tree/a.txt".to_owned(), "a\n".to_owned()),
            ("files/tree/sub/b.txt".to_owned(), "b\n".to_owned()),
            ("templates/one.hbs".to_owned(), "name {{ name }}\n".to_owned()),
        ];
        for item in &self.items {
            custom(item, &mut files);
        }
        files
    }

    /// Its Lua in one text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (path, lua) in self.files() {
            if path.ends_with("lua") {
                let _ = write!(text, "--- {path}\n{lua}");
            }
        }
        text
    }
}

fn lua(items: &[Item], indent: &str) -> String {
    items.iter().map(|item| item.lua(indent)).collect()
}

fn custom(item: &Item, files: &mut Vec<(String, String)>) {
    if !item.is_custom() {
        return;
    }
    let default = &item.inside[0].0;
    let mut text = format!(
        "local own = require \".\"\nreturn resource {{\n  default_action = \"{default}\",\n  actions = {{\n"
    );
    for (action, rows) in &item.inside {
        let _ = write!(text, "    {action} = function(self)\n{}    end,\n", lua(rows, "      "));
        for row in rows {
            custom(row, files);
        }
    }
    text.push_str("  },\n}\n");
    files.push((format!("resources/{}.lua", item.r#type), text));
}

pub fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
