//! The table `probe`, with a function for each kind, and the function `probes`, with which a cookbook declares its probes.

use std::collections::BTreeMap;
use std::rc::Rc;

use mlua::{Lua, Table, UserData, Value as LuaValue};
use serde_json::Value;

use super::examples::fitting;
use crate::compile::compilation::Compilation;
use crate::compile::convert::{describe, text, to_json};
use crate::compile::fault::refused;
use crate::compile::guard;
use crate::compile::place;
use crate::compile::probe_words::{COMMON, PROBES, ProbeOption, ProbeWord};
use crate::compile::types::ProbeDeclaration;
use crate::model::english::{list, nearest, suggestion};
use crate::model::error::{Diagnostic, Location};
use crate::model::probe::{LONGEST, MOST, OutputForm, ProbeQuestion};
use crate::model::schema::TextPattern;
use crate::model::service_manager::systemd::unit_types;
use crate::model::step::Command;

/// Finds a version in the output of a program.
const VERSION: &str = "[0-9]+(?:\\.[0-9]+)+(?:[-+~_]?[0-9A-Za-z]+)*";

/// The return value of `probes { … }`.
pub(super) struct DeclaredProbes(pub(super) BTreeMap<String, ProbeDeclaration>);

impl UserData for DeclaredProbes {}

/// Adds `probes` and `probe` to the globals.
pub(in crate::compile) fn install(
    compilation: &Rc<Compilation>,
    lua: &Lua,
    into: &Table,
) -> mlua::Result<()> {
    let kinds = lua.create_table()?;
    for word in PROBES {
        let this = Rc::clone(compilation);
        let declare = move |lua: &Lua, options: LuaValue| {
            declared(&this, lua, word, &options).map_err(|wrong| this.refuse(lua, *wrong))
        };
        kinds.raw_set(word.name, lua.create_function(declare)?)?;
    }
    Compilation::make_strict(lua, &kinds, |_, key| {
        let names: Vec<&str> = PROBES.iter().map(|word| word.name).collect();
        let diagnostic = Diagnostic::error(format!("there is no probe `probe.{key}`"));
        match nearest(key, names.iter().copied()) {
            Some(near) => diagnostic.hint(format!("did you mean `probe.{near}`?")),
            None => diagnostic.hint(format!("the probes are {}", list(&names, "and"))),
        }
    })?;
    into.raw_set("probe", kinds)?;

    let this = Rc::clone(compilation);
    let probes = move |lua: &Lua, table: LuaValue| {
        named(&table).map(DeclaredProbes).map_err(|wrong| this.refuse(lua, *wrong))
    };
    into.raw_set("probes", lua.create_function(probes)?)
}

fn error(message: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(message))
}

/// The probes of a cookbook by name.
fn named(table: &LuaValue) -> Result<BTreeMap<String, ProbeDeclaration>, Box<Diagnostic>> {
    let LuaValue::Table(table) = table else {
        return Err(error(format!("`probes` takes a table, not {}", describe(table))));
    };
    let mut named = BTreeMap::new();
    for pair in table.pairs::<LuaValue, LuaValue>() {
        let (key, value) = pair.map_err(|problem| error(problem.to_string()))?;
        let Some(name) = text(&key).filter(|key| !key.is_empty() && !key.contains(['.', '$'])) else {
            return Err(error(format!("a probe can't be named {}", describe(&key))));
        };
        let LuaValue::UserData(data) = &value else {
            let message = format!("probe `{name}` is declared as {}", describe(&value));
            let hint = format!("{name} = probe.units {{ type = \"service\", doc = \"…\" }}");
            return Err(Box::new(Diagnostic::error(message).hint(hint)));
        };
        let declaration = data.borrow::<ProbeDeclaration>();
        let declaration =
            declaration.map_err(|_| error(format!("probe `{name}` is declared as {}", describe(&value))))?;
        named.insert(name, declaration.clone());
        if named.len() > MOST {
            return Err(error(format!("a cookbook has at most {MOST} probes")));
        }
    }
    Ok(named)
}

/// The options of a probe.
struct GivenProbe<'a> {
    compilation: &'a Compilation,
    /// `probe.file`.
    what: String,
    options: BTreeMap<&'static str, LuaValue>,
}

impl GivenProbe<'_> {
    fn wrong(&self, name: &str, takes: &str, found: &LuaValue) -> Box<Diagnostic> {
        error(format!("`{name}` of `{}` takes {takes}, not {}", self.what, describe(found)))
    }

    fn string(&self, name: &str) -> Result<Option<String>, Box<Diagnostic>> {
        let Some(value) = self.options.get(name) else { return Ok(None) };
        text(value).map(Some).ok_or_else(|| self.wrong(name, "a string", value))
    }

    fn plain(&self, name: &str) -> Result<Option<Value>, Box<Diagnostic>> {
        let Some(value) = self.options.get(name) else { return Ok(None) };
        to_json(value, format!("`{name}`"), &self.compilation.allowance).map(Some).map_err(error)
    }

    fn command(&self) -> Result<Command, Box<Diagnostic>> {
        let Some(value) = self.options.get("command") else { return Err(self.missing("command")) };
        let what = format!("`command` of `{}`", self.what);
        let form = guard::command(value, &what, &self.compilation.allowance).map_err(Box::new)?;
        let command: Command = serde_json::from_value(form).map_err(|problem| error(problem.to_string()))?;
        if command.timeout > LONGEST {
            let message = format!("{what} has a `timeout` of {} seconds", command.timeout);
            return Err(Box::new(
                Diagnostic::error(message)
                    .hint(format!("the compile waits for it: a probe may take up to {LONGEST} seconds")),
            ));
        }
        Ok(command)
    }

    fn missing(&self, name: &str) -> Box<Diagnostic> {
        error(format!("`{}` needs `{name}`", self.what))
    }

    fn question(&self, kind: &str) -> Result<ProbeQuestion, Box<Diagnostic>> {
        Ok(match kind {
            "units" => ProbeQuestion::Units(self.unit_type()?),
            "packages" => ProbeQuestion::Packages(match self.plain("names")? {
                None => Vec::new(),
                Some(names) => serde_json::from_value(names)
                    .map_err(|_| self.wrong("names", "a list of strings", &self.options["names"]))?,
            }),
            "mounts" => ProbeQuestion::Mounts,
            "file" => match self.string("path")? {
                None => return Err(self.missing("path")),
                Some(path) if path.starts_with('/') => ProbeQuestion::File(path.into()),
                Some(_) => return Err(self.wrong("path", "an absolute path", &self.options["path"])),
            },
            "command" => ProbeQuestion::Command(self.command()?, self.form()?),
            _ => {
                let pattern = self.string("pattern")?.unwrap_or_else(|| VERSION.to_owned());
                TextPattern::parse(&pattern).map_err(|failure| {
                    let wrong = Diagnostic::error(format!("`pattern` of `{}` {failure}", self.what));
                    Box::new(failure.hints.iter().fold(wrong, Diagnostic::hint))
                })?;
                ProbeQuestion::Version(self.command()?, pattern)
            }
        })
    }

    fn unit_type(&self) -> Result<String, Box<Diagnostic>> {
        let Some(word) = self.string("type")? else { return Ok("service".to_owned()) };
        let types: Vec<&str> = unit_types().collect();
        if types.contains(&word.as_str()) {
            return Ok(word);
        }
        let wrong = Diagnostic::error(format!("systemd has no units of the type `{word}`"));
        Err(Box::new(wrong.hint(suggestion(&word, &types, "its types are"))))
    }

    fn form(&self) -> Result<OutputForm, Box<Diagnostic>> {
        let Some(word) = self.string("read")? else { return Ok(OutputForm::Text) };
        let found = OutputForm::ALL.iter().find(|(name, _)| *name == word).map(|(_, form)| *form);
        found.ok_or_else(|| self.wrong("read", "\"text\", \"lines\" or \"json\"", &self.options["read"]))
    }
}

fn declared(
    compilation: &Compilation,
    lua: &Lua,
    word: &ProbeWord,
    options: &LuaValue,
) -> Result<ProbeDeclaration, Box<Diagnostic>> {
    let what = format!("probe.{}", word.name);
    let options = given(word, &what, options)?;
    let given = GivenProbe { compilation, what, options };
    let question = given.question(word.name)?;
    let location = place::here(lua).unwrap_or_else(|| Location::new("", 0));
    let location = compilation.session.borrow().quote(location);
    let example = match given.plain("example")? {
        None => None,
        Some(value) => Some(
            fitting(value, &question, &compilation.allowance)
                .map_err(|misfit| refused(&misfit, "example", &format!(" of `{}`", given.what)))?,
        ),
    };
    Ok(ProbeDeclaration { question, doc: given.string("doc")?.unwrap_or_default(), example, location })
}

/// Reads the options. Each is one that the kind has.
fn given(
    word: &ProbeWord,
    what: &str,
    options: &LuaValue,
) -> Result<BTreeMap<&'static str, LuaValue>, Box<Diagnostic>> {
    let table = match options {
        LuaValue::Nil => return Ok(BTreeMap::new()),
        LuaValue::Table(table) => table,
        other => {
            return Err(error(format!("`{what}` takes a table of options, not {}", describe(other))));
        }
    };
    let all: Vec<&ProbeOption> = word.options.iter().chain(COMMON).collect();
    let mut given = BTreeMap::new();
    for pair in table.pairs::<LuaValue, LuaValue>() {
        let (key, value) = pair.map_err(|problem| error(problem.to_string()))?;
        let Some(name) = text(&key) else {
            return Err(error(format!("`{what}` takes named options, not a list")));
        };
        let Some(option) = all.iter().find(|option| option.key.name == name) else {
            let names: Vec<&str> = all.iter().map(|option| option.key.name).collect();
            let wrong = Diagnostic::error(format!("`{what}` has no option `{name}`"));
            return Err(Box::new(wrong.hint(suggestion(&name, &names, "its options are"))));
        };
        given.insert(option.key.name, value);
    }
    Ok(given)
}
