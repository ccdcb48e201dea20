//! `sudo`: a rule of sudo, in its own file.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::content::{AbsolutePath, Strings};

mod provider;
mod text;

/// Directory of the rules.
const DIRECTORY: &str = "/etc/sudoers.d";
/// The usual program that checks rules.
const VISUDO: &str = "/usr/sbin/visudo";

/// A rule of sudo, in its own file in `/etc/sudoers.d`.
///
/// The new file is checked by `visudo` before it takes its place, so a mistake never reaches sudo. It belongs to root and has
/// mode `0440`. If sudo may be missing, declare `package "sudo"` first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SudoRule {
    /// Name of the file. A dot or `~` in it becomes a dash, because sudo ignores files with such names.
    filename: String,
    /// Users who may run the commands.
    #[serde(default)]
    users: Strings,
    /// Groups whose members may run the commands.
    #[serde(default)]
    groups: Strings,
    /// Commands: absolute paths, with arguments if only those are allowed; names of `command_aliases`; or `"ALL"`. `!` ahead of
    /// one excludes it. In arguments, write `\` ahead of `,`, `:`, `=` and `\`.
    #[serde(default = "all")]
    commands: Strings,
    /// Machines on which the rule holds, if the file is the same on several.
    #[serde(default = "everything")]
    host: String,
    /// Users as whom the commands may be run, and groups after a colon: `"postgres"`, `"ALL:ALL"`.
    #[serde(default = "everything")]
    runas: String,
    /// Whether no password is asked for.
    #[serde(default)]
    nopasswd: bool,
    /// Whether the commands can't start further programs.
    #[serde(default)]
    noexec: bool,
    /// Whether variables may be set on the command line of sudo.
    #[serde(default)]
    setenv: bool,
    /// Settings for these users and groups: `{ "!requiretty", "timestamp_timeout=5" }`.
    #[serde(default)]
    defaults: Strings,
    /// Lists of commands by name: `{ WEB = { "/usr/bin/systemctl reload nginx" } }`. A name has capital letters, digits and `_`.
    /// No other file may have the same name.
    #[serde(default)]
    command_aliases: BTreeMap<String, Strings>,
    /// Variables of the environment to keep, for these users and groups.
    #[serde(default)]
    env_keep_add: Strings,
    /// Variables of the environment not to keep, for these users and groups.
    #[serde(default)]
    env_keep_subtract: Strings,
    /// The whole text of the file, instead of the properties above.
    content: Option<String>,
    /// The program that checks the file.
    #[serde(default = "visudo")]
    visudo: AbsolutePath,
    /// Whether a value is a secret.
    #[serde(skip)]
    secret: bool,
}

fn all() -> Strings {
    Strings(vec![everything()])
}

fn everything() -> String {
    "ALL".to_owned()
}

fn visudo() -> AbsolutePath {
    AbsolutePath::parse(VISUDO).unwrap_or_default()
}

impl SudoRule {
    /// Name of the file.
    fn name(&self) -> String {
        self.filename.replace(['.', '~'], "-")
    }

    fn file(&self) -> Utf8PathBuf {
        Utf8Path::new(DIRECTORY).join(self.name())
    }
}
