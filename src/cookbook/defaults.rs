//! `[defaults]` of `chefrs.toml`: what options of the command line say where they are not given.

use std::num::NonZeroUsize;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use super::document::Document;
use super::keys;
use crate::model::error::{Diagnostic, Location};

/// Name of the table.
pub(super) const TABLE: &str = "defaults";

/// Values for options that are not given. A missing value has the default of the program.
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    /// Words for `-t`.
    pub target: Option<SetValue<Vec<String>>>,
    /// The ssh_config, as an absolute path.
    pub ssh_config: Option<SetValue<Utf8PathBuf>>,
    /// Number of targets to work on at a time.
    pub forks: Option<NonZeroUsize>,
    /// Seconds to wait for a target to answer.
    pub connect_timeout: Option<u64>,
    /// Seconds to wait for another run on the same machine.
    pub lock_timeout: Option<u64>,
    /// Whether to work as root after the login. The file of a node overrides it.
    pub r#become: Option<bool>,
}

/// A value with the line that sets it.
#[derive(Debug, Clone)]
pub struct SetValue<T> {
    pub value: T,
    pub location: Location,
}

/// Parses the table, if there is one. Paths are relative to the directory of the project.
pub(super) fn read(document: &Document, root: &Utf8Path, wrong: &mut Vec<Diagnostic>) -> Defaults {
    if !document.values.contains_key(TABLE) {
        return Defaults::default();
    }
    let Some(table) = document.inner(TABLE) else {
        let mistake = document.wrong(TABLE, format!("`{TABLE}` must be a table"));
        wrong.push(mistake.hint(format!("write `[{TABLE}]`, and below it `target = \"@web\"`")));
        return Defaults::default();
    };
    wrong.extend(table.unknown_keys("", keys::DEFAULTS));
    let ssh_config = table
        .string("ssh_config", wrong)
        .map(|path| SetValue { value: root.join(path), location: table.place("ssh_config") });
    let forks = number(&table, "forks", 1, wrong);
    Defaults {
        target: target(&table, wrong),
        ssh_config,
        forks: forks.and_then(|forks| NonZeroUsize::new(usize::try_from(forks).unwrap_or(usize::MAX))),
        connect_timeout: number(&table, "connect_timeout", 1, wrong),
        lock_timeout: number(&table, "lock_timeout", 0, wrong),
        r#become: table.boolean("become", wrong),
    }
}

/// Parses words for `-t`: one string, or a list.
fn target(table: &Document, wrong: &mut Vec<Diagnostic>) -> Option<SetValue<Vec<String>>> {
    const KEY: &str = "target";
    let words = match table.values.get(KEY)? {
        Value::String(words) => vec![words.clone()],
        Value::Array(_) => table.strings(KEY, wrong),
        _ => {
            let mistake =
                table.wrong(KEY, format!("`{}` must be a string or a list of strings", table.shown(KEY)));
            wrong.push(mistake.hint("write the words that `-t` takes: `target = \"@web\"`"));
            return None;
        }
    };
    (!words.is_empty()).then(|| SetValue { value: words, location: table.place(KEY) })
}

/// Parses a whole number of at least `least`.
pub(super) fn number(table: &Document, key: &str, least: u64, wrong: &mut Vec<Diagnostic>) -> Option<u64> {
    let value = table.values.get(key)?;
    let number = value.as_u64().filter(|number| *number >= least && u32::try_from(*number).is_ok());
    if number.is_none() {
        let message = format!("`{}` must be a whole number, at least {least}", table.shown(key));
        wrong.push(table.wrong(key, message).hint(format!("write `{key} = 60`, without quotes")));
    }
    number
}
