//! `edit`: some values of a configuration file that belongs to somebody else.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::{self, AbsolutePath, Strings, Variables};
use crate::model::english;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::model::schema::CommandList;
use crate::provider::edited_file::{EditedFile, EditedText};
use crate::provider::{Action, Provider, action};

use assignment::{Assignment, KeyPath};

mod assignment;
mod json;
mod keyed_lines;
mod keyed_script;
mod toml;
mod yaml;

/// Keys that a summary names; of more it tells the number.
const NAMED: usize = 3;

/// Some values of a JSON, YAML, TOML or INI file, or of a file of keywords as `sshd_config` is one.
///
/// Other values, comments and the order of the file stay as they are, byte for byte, and so do its owner, group and mode.
/// Several resources may change the same file. For a file that is yours as a whole use `template`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EditedValues {
    /// The file. It must exist.
    path: AbsolutePath,
    /// How the file is written. `"json"`, with or without comments. `"toml"`. `"yaml"`: keys and values line by line; what
    /// has anchors, tags, maps in braces, or texts of several lines at the keys that change is refused. `"ini"`: `key = value` below `[section]`.
    /// `"properties"`: `key=value` without sections. `"keyword"`: `Key value`, as in `sshd_config`, where `Match` starts a
    /// section. Default: by the name of the file, `.json`, `.yaml`, `.yml`, `.toml`, `.ini` or `.properties`.
    format: Option<FileFormat>,
    /// The values to set: `{ ["log-opts"] = { ["max-size"] = "10m" } }`. A map is merged into what is there. A list takes
    /// the place of a list; in an INI file, and one of keywords, it writes the key once for each item. Required for `set`.
    #[serde(default)]
    values: Variables,
    /// The keys to remove. A key inside a map or section is a list: `{ "debug", { "log-opts", "max-size" } }`. Required for
    /// `remove`.
    #[serde(default)]
    keys: Vec<Strings>,
    /// Command that must succeed before the file is replaced, or several. `{path}` is the temporary file with the new
    /// content. A list of strings is one command with its arguments. In a list with a list or a table in it, each item is
    /// a command: `{ { "visudo", "-cf", "{path}" }, "test -s {path}" }`. A table may say more: `{ command = "…", user =
    /// "app" }`.
    verify: Option<CommandList>,
    /// Number of old versions to keep on the machine, in the state directory of chefrs. Default: 5, or 0 for a file
    /// with a secret and for a sensitive resource.
    backup: Option<u32>,
    /// Whether a value is a secret.
    #[serde(skip)]
    secret: bool,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum FileFormat {
    Json,
    Yaml,
    Toml,
    Ini,
    Properties,
    Keyword,
}

impl FileFormat {
    fn of(file: &str) -> Option<Self> {
        let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
        match extension.to_ascii_lowercase().as_str() {
            "json" => Some(Self::Json),
            "yaml" | "yml" => Some(Self::Yaml),
            "toml" => Some(Self::Toml),
            "ini" => Some(Self::Ini),
            "properties" => Some(Self::Properties),
            _ => None,
        }
    }

    fn syntax(self) -> Syntax {
        match self {
            Self::Json => Syntax::Json,
            Self::Yaml => Syntax::Yaml,
            Self::Toml => Syntax::Toml,
            Self::Ini => Syntax::Lines(&keyed_lines::INI),
            Self::Properties => Syntax::Lines(&keyed_lines::PROPERTIES),
            Self::Keyword => Syntax::Lines(&keyed_lines::KEYWORD),
        }
    }
}

/// What reads and writes a format.
#[derive(Clone, Copy)]
enum Syntax {
    Json,
    Yaml,
    Toml,
    /// One key a line.
    Lines(&'static keyed_lines::Style),
}

impl Syntax {
    /// The text with the values, and the keys whose values were others.
    fn set(self, text: &str, assignments: &[Assignment]) -> Result<(String, Vec<KeyPath>), Failure> {
        match self {
            Self::Json => json::set(text, assignments),
            Self::Yaml => yaml::set(text, assignments),
            Self::Toml => toml::set(text, assignments),
            Self::Lines(style) => keyed_lines::set(style, text, assignments),
        }
    }

    /// The text without the keys, and those that were there.
    fn remove(self, text: &str, keys: &[KeyPath]) -> Result<(String, Vec<KeyPath>), Failure> {
        match self {
            Self::Json => json::remove(text, keys),
            Self::Yaml => yaml::remove(text, keys),
            Self::Toml => toml::remove(text, keys),
            Self::Lines(style) => keyed_lines::remove(style, text, keys),
        }
    }
}

impl EditedValues {
    fn file(&self) -> EditedFile {
        EditedFile {
            verify: self.verify.clone().unwrap_or_default().0,
            backup: self.backup,
            secret: self.secret,
            ..EditedFile::new(&self.path)
        }
    }

    fn format(&self) -> Result<FileFormat, Failure> {
        self.format.or_else(|| FileFormat::of(self.path.file_name().unwrap_or_default())).ok_or_else(|| {
            Failure::new(format!(
                "the name of `{}` does not tell how the file is written",
                self.path.as_str()
            ))
            .hint("say it: format = \"json\", \"yaml\", \"toml\", \"ini\", \"properties\" or \"keyword\"")
        })
    }

    fn keys(&self) -> Vec<KeyPath> {
        self.keys.iter().map(|key| key.0.clone()).collect()
    }

    /// What came out of an edit, or what is wrong with the file that was to be edited.
    fn edited(
        &self,
        verb: &str,
        edited: Result<(String, Vec<KeyPath>), Failure>,
    ) -> Result<EditedText, Failure> {
        let (text, keys) = edited.map_err(|failure| Failure {
            message: format!("`{}` can't be edited: {}", self.path.as_str(), failure.message),
            ..failure
        })?;
        let what = match keys.len() {
            0..=NAMED => {
                english::list(&keys.iter().map(|key| assignment::name(key)).collect::<Vec<_>>(), "and")
            }
            many => english::count(many, "value"),
        };
        Ok(EditedText { text, summary: format!("{verb} {what}") })
    }
}

impl Provider for EditedValues {
    const NAME: &'static str = "edit";
    const ACTIONS: &'static [Action] = &[
        action("set", "Sets the values. A file that has them stays as it is."),
        action("remove", "Removes the keys with their values."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("path");
    const PARTS: &'static [&'static str] = &["values", "keys"];
    const PLAN: &'static str = "Complete: the change of the file is shown as a diff. With a deferred value in it, the content may be \
         unknown until an earlier resource has converged.";
    const PLATFORMS: &'static str = "Any Linux. The file is UTF-8 text of at most 1 MiB.";
    const EXAMPLE: &'static str = r#"
file "/etc/daemon.json" {}

edit "/etc/daemon.json" {
  values = {
    debug = false,
    ["log-opts"] = { ["max-size"] = "10m" },
  },
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        let format = self.format()?;
        if action == "remove" {
            if self.keys.is_empty() {
                return Err(
                    Failure::new("`keys` is missing").hint("say what to remove: keys = { \"debug\" }")
                );
            }
            if !self.values.0.is_empty() {
                return Err(
                    Failure::new("`values` has no use with `remove`").hint("say what to remove in `keys`")
                );
            }
        } else if self.values.0.is_empty() {
            return Err(
                Failure::new("`values` is missing").hint("say what to set: values = { debug = false }")
            );
        } else if !self.keys.is_empty() {
            return Err(Failure::new("`keys` has no use with `set`").hint("say what to set in `values`"));
        }
        let check = |key: &[String], value: Option<&Value>| match format.syntax() {
            Syntax::Lines(style) => style.check(key, value),
            Syntax::Yaml => yaml::check(key, value),
            Syntax::Json | Syntax::Toml => Ok(()),
        };
        let assigned = assignment::flatten(&self.values.0);
        assigned.iter().try_for_each(|assignment| check(&assignment.key, Some(&assignment.value)))?;
        self.keys().iter().try_for_each(|key| check(key, None))
    }

    fn keep_secret(&mut self) {
        self.secret = true;
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.file(&*self.path);
        self.verify.iter().flat_map(|checks| &checks.0).for_each(|check| needs.command(check));
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        self.file().observe()
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let Syntax::Lines(style) = self.format()?.syntax() else {
            return Err("a shell can't edit JSON, YAML and TOML; the whole file has to be declared".into());
        };
        into.lose(self.verify.is_some(), "verify", "the new text is not checked");
        let path = || self.path.to_string();
        if action == "remove" {
            for key in self.keys() {
                let arguments = [vec![path()], style.arguments(&key, None)?].concat();
                keyed_script::script(arguments, false).add(into);
            }
            return Ok(());
        }
        for Assignment { key, value } in assignment::flatten(&self.values.0) {
            let arguments = [vec![path()], style.arguments(&key, Some(&value))?].concat();
            keyed_script::script(arguments, true).add(into);
        }
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        let syntax = self.format()?.syntax();
        if action == "remove" {
            return self
                .file()
                .plan_removal(known, |text| self.edited("remove", syntax.remove(text, &self.keys())));
        }
        if let Some(until) = content::unknown_in(&self.values.0) {
            return Err(Stop::Unknown(until.to_owned()));
        }
        let assignments = assignment::flatten(&self.values.0);
        self.file().plan(known, |text| self.edited("set", syntax.set(text, &assignments)))
    }
}
