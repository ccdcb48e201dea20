//! The function `value_for_platform`: what differs between platforms, as data.

use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};
use serde_json::{Map, Value};

use crate::model::english::nearest;
use crate::model::error::Diagnostic;

use super::compilation::Compilation;
use super::convert::{describe, text};

const NAME: &str = "value_for_platform";

/// The key of what every other platform gets.
const DEFAULT: &str = "default";

/// Adds the function to the globals.
pub(super) fn install(compilation: &Rc<Compilation>, lua: &Lua, into: &Table) -> mlua::Result<()> {
    let this = Rc::clone(compilation);
    let choose = move |lua: &Lua, values: LuaValue| {
        chosen(&values, &this.facts).map_err(|diagnostic| this.refuse(lua, diagnostic))
    };
    into.raw_set(NAME, lua.create_function(choose)?)
}

/// The value of the first key that fits this machine.
fn chosen(values: &LuaValue, facts: &Map<String, Value>) -> Result<LuaValue, Diagnostic> {
    const EXAMPLE: &str = "value_for_platform { debian = \"www-data\", default = \"nginx\" }";
    let LuaValue::Table(values) = values else {
        let message =
            format!("`{NAME}` takes a table with a value for each platform, not {}", describe(values));
        return Err(Diagnostic::error(message).hint(EXAMPLE));
    };
    let mut keys = Vec::new();
    for pair in values.pairs::<LuaValue, LuaValue>() {
        let (key, _) = pair.map_err(|error| Diagnostic::error(error.to_string()))?;
        let LuaValue::String(_) = key else {
            let message = format!("a key of `{NAME}` names a platform or a family, not {}", describe(&key));
            return Err(Diagnostic::error(message).hint(EXAMPLE));
        };
        keys.extend(text(&key));
    }
    let fact = |name: &str| facts.get(name).and_then(Value::as_str).unwrap_or_default();
    let (platform, version) = (fact("platform"), fact("platform_version"));
    for name in names(platform, version, fact("platform_family")) {
        let value: LuaValue =
            values.raw_get(name.as_str()).map_err(|error| Diagnostic::error(error.to_string()))?;
        if !value.is_nil() {
            return Ok(value);
        }
    }
    let message = format!("`{NAME}` has no value for the platform \"{platform}\" {version}");
    let hint = match nearest(platform, keys.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{platform}` where it says `{near}`?"),
        None => format!("add `{platform} = …`, or `default = …` for all others"),
    };
    Err(Diagnostic::error(message.trim_end().to_owned()).hint(hint))
}

/// The keys that fit a machine, the most exact one first. `debian 12` is meant for each of its point releases, and `rhel 10` for
/// that release of the whole family.
fn names(platform: &str, version: &str, family: &str) -> Vec<String> {
    let mut names = Vec::new();
    for name in [platform, family] {
        let mut release = version;
        while !release.is_empty() {
            names.push(format!("{name} {release}"));
            release = release.rsplit_once('.').map_or("", |(shorter, _)| shorter);
        }
    }
    names.extend([platform, family, DEFAULT].map(str::to_owned));
    names
}
