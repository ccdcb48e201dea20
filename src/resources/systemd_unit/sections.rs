//! The settings of a unit as a table, and their text.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::error::Failure;
use crate::model::sorted;

pub(super) type Sections = BTreeMap<String, BTreeMap<String, Setting>>;

/// The value of a setting.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Setting {
    Text(String),
    Flag(bool),
    Whole(i64),
    Number(f64),
    List(Vec<String>),
}

impl Setting {
    fn values(&self) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text.clone()],
            Self::Flag(flag) => vec![flag.to_string()],
            Self::Whole(number) => vec![number.to_string()],
            Self::Number(number) => vec![number.to_string()],
            Self::List(items) => items.clone(),
        }
    }
}

/// The text of the unit file, with `[Unit]` first and `[Install]` last, as is usual.
pub(super) fn text(sections: &Sections) -> String {
    let rank = |name: &str| match name {
        "Unit" => 0,
        "Install" => 2,
        _ => 1,
    };
    let mut names: Vec<&String> = sections.keys().collect();
    sorted::sort_by_key(&mut names, |name| rank(name));
    let section = |name: &String| {
        let lines: String = sections[name]
            .iter()
            .flat_map(|(key, setting)| {
                setting.values().into_iter().map(move |value| format!("{key}={value}\n"))
            })
            .collect();
        format!("[{name}]\n{lines}")
    };
    names.into_iter().map(section).collect::<Vec<_>>().join("\n")
}

/// Fails for names and values that would add lines to the file.
///
/// # Errors
/// A sentence that names the setting.
pub(super) fn check(sections: &Sections) -> Result<(), Failure> {
    let word = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    if sections.is_empty() {
        return Err(Failure::new("`sections` is empty"));
    }
    for (name, settings) in sections {
        if !word(name) {
            return Err(Failure::new(format!("`{}` is not the name of a section", name.escape_debug())));
        }
        for (key, setting) in settings {
            if !word(key) {
                return Err(Failure::new(format!(
                    "`{}` in `{name}` is not the name of a setting",
                    key.escape_debug()
                )));
            }
            if setting.values().iter().any(|value| value.contains(char::is_control) || value.ends_with('\\'))
            {
                return Err(Failure::new(format!("`{key}` in `{name}` does not fit on one line"))
                    .hint("a list writes the setting once for each item; other text goes into `content`"));
            }
        }
    }
    Ok(())
}
