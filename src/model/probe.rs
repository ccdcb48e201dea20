//! Probes: what a cookbook asks a machine before the compile. They change nothing.

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::english::acts_on_text;
use super::error::Location;
use super::schema::{Kind, Property};
use super::step::Command;

/// The key of the answers in the facts: by cookbook, then by name.
pub const ANSWERS: &str = "probes";

/// The key among the answers of a cookbook that says that there are no others: what has no answer was not found. Tests set it.
pub const COMPLETE: &str = "$complete";

/// The file of a cookbook that declares its probes.
pub const FILE: &str = "facts.lua";

/// Seconds until a command is stopped that says no `timeout`.
pub const TIMEOUT: u64 = 10;

/// Most seconds that a command may have. Nothing else happens on the machine until it has ended.
pub const LONGEST: u64 = 60;

/// Most bytes of a text.
pub const TEXT_LIMIT: usize = 256 << 10;

/// Most probes of a cookbook.
pub const MOST: usize = 100;

/// A probe that a cookbook declares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    pub cookbook: String,
    pub name: String,
    pub question: ProbeQuestion,
    /// Where it is declared.
    pub location: Location,
}

impl Probe {
    /// The path at which recipes read it, below `node`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}.{}", self.cookbook, self.name)
    }

    /// Whether it runs a command that the cookbook says.
    #[must_use]
    pub fn runs_command(&self) -> bool {
        matches!(self.question, ProbeQuestion::Command(..) | ProbeQuestion::Version(..))
    }
}

/// What a probe asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeQuestion {
    /// The units of a type that systemd knows: `service`.
    Units(String),
    /// The installed packages with these names or patterns of names; all if there are none.
    Packages(Vec<String>),
    /// What is mounted.
    Mounts,
    /// The text of a file.
    File(Utf8PathBuf),
    /// What a command prints.
    Command(Command, OutputForm),
    /// The version that a program prints, and the regular expression that finds it.
    Version(Command, String),
}

/// How the output of a command is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputForm {
    Text,
    Lines,
    Json,
}

impl OutputForm {
    /// All forms, by name. The first is the default.
    pub const ALL: [(&str, Self); 3] = [("text", Self::Text), ("lines", Self::Lines), ("json", Self::Json)];
}

/// A key of the tables in a list, with what it means.
type ProbeKey = (&'static str, &'static str);

/// Keys of a unit.
const UNIT_KEYS: [ProbeKey; 4] = [
    ("name", "the whole name: `nginx.service`"),
    ("active", "`active`, `inactive`, `failed`, …"),
    ("sub", "the state in detail: `running`, `dead`, `exited`, …"),
    ("state", "that of its file: `enabled`, `disabled`, `static`, `masked`, … Empty if it has none"),
];

/// Keys of a package.
const PACKAGE_KEYS: [ProbeKey; 2] = [("name", "its name"), ("version", "the installed version")];

/// Keys of a mount, as `mount` has them.
const MOUNT_KEYS: [ProbeKey; 4] = [
    ("mount_point", "the directory"),
    ("device", "what is mounted there"),
    ("fstype", "the type of the file system: `ext4`"),
    ("options", "the options of the mount: `rw,nosuid`"),
];

impl ProbeQuestion {
    /// The kind of its answers.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Units(_) => list_of(&UNIT_KEYS),
            Self::Packages(_) => list_of(&PACKAGE_KEYS),
            Self::Mounts => list_of(&MOUNT_KEYS),
            Self::File(_) | Self::Version(..) | Self::Command(_, OutputForm::Text) => Kind::String,
            Self::Command(_, OutputForm::Lines) => Kind::List(Box::new(Kind::String)),
            Self::Command(_, OutputForm::Json) => Kind::Any,
        }
    }

    /// The answer where nothing was found.
    #[must_use]
    pub fn nothing(&self) -> Value {
        if self.may_be_absent() { Value::Null } else { Value::Array(Vec::new()) }
    }

    /// Whether the answer may be that there is nothing: nil.
    #[must_use]
    pub fn may_be_absent(&self) -> bool {
        matches!(self, Self::File(_) | Self::Command(..) | Self::Version(..))
    }
}

/// The largest number up to which recipes can tell all whole ones apart: 2^53.
const EXACT: u64 = 1 << 53;

/// A list of tables with these keys. The first is required, the others are empty if they are left out.
fn list_of(keys: &[ProbeKey]) -> Kind {
    let property = |(index, (name, doc)): (usize, &ProbeKey)| Property {
        name: (*name).to_owned(),
        kind: Kind::String,
        doc: (*doc).to_owned(),
        default: (index > 0).then(|| Value::from("")),
        is_computed: false,
        required: index == 0,
        required_for: Vec::new(),
    };
    Kind::List(Box::new(Kind::Record(keys.iter().enumerate().map(property).collect())))
}

/// What no answer may hold, to complete "the answer …". A machine is not trusted: its answer becomes names and text of
/// resources, and must not stand for anything else.
#[must_use]
pub fn forbidden(value: &Value) -> Option<String> {
    let control = |text: &str| {
        let found = text.chars().find(|c| acts_on_text(*c) && !matches!(c, '\n' | '\t'))?;
        Some(format!("holds the control character U+{:04X}", u32::from(found)))
    };
    match value {
        Value::String(text) => control(text),
        Value::Number(number) => {
            let whole = number.as_u64().or_else(|| Some(number.as_i64()?.unsigned_abs()));
            let is_beyond = whole.is_some_and(|whole| whole > EXACT);
            is_beyond.then(|| format!("holds the whole number {number} beyond 2^53"))
        }
        Value::Array(items) => items.iter().find_map(forbidden),
        Value::Object(map) => map.iter().find_map(|(key, value)| {
            if key.starts_with('$') {
                return Some("holds a key that begins with `$`, which is reserved".to_owned());
            }
            control(key).or_else(|| forbidden(value))
        }),
        _ => None,
    }
}
