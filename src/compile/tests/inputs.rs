//! What a test gives to the compile: reads its table, except for the functions.

use std::collections::BTreeMap;

use mlua::{Table, Value as LuaValue};
use serde_json::{Map, Value};

use crate::compile::allowance::Allowance;
use crate::compile::convert::{describe, has_deferred, key_text, text, to_json};
use crate::facts;
use crate::model::collection::deferred::secret_key;
use crate::model::english::{list, nearest};
use crate::model::error::Diagnostic;
use crate::model::probe;
use crate::model::secrets::Secrets;

/// Most bytes of the value of a secret.
const SECRET: usize = 256 << 10;

/// Plain data that a test gives to the compile.
#[derive(Debug, Clone, Default)]
pub(in crate::compile) struct TestInput {
    /// The recording that the facts are based on.
    pub(in crate::compile) recording: Option<String>,
    /// Facts that replace those of the recording, with the answers to probes.
    pub(in crate::compile) facts: Map<String, Value>,
    pub(in crate::compile) attributes: Map<String, Value>,
    pub(in crate::compile) secrets: Secrets,
    pub(in crate::compile) run_list: Option<Vec<String>>,
    pub(in crate::compile) errors: Vec<String>,
    pub(in crate::compile) warnings: Vec<String>,
}

impl TestInput {
    /// Reads the value of a key that holds plain data. Returns whether there is such a key.
    ///
    /// # Errors
    /// The value does not fit.
    pub(super) fn read(
        &mut self,
        key: &str,
        value: &LuaValue,
        allowance: &Allowance,
    ) -> Result<bool, Diagnostic> {
        match key {
            "attributes" => self.attributes = map(value, key, allowance)?,
            "expect_error" => self.errors = texts(value, key)?,
            "expect_warning" => self.warnings = texts(value, key)?,
            "facts" => self.read_facts(value, allowance)?,
            "probes" => self.read_probes(value, allowance)?,
            "run_list" => self.run_list = Some(names(value)?),
            "secrets" => self.secrets = secrets(value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn read_facts(&mut self, value: &LuaValue, allowance: &Allowance) -> Result<(), Diagnostic> {
        if let Some(name) = text(value) {
            self.recording = Some(recording(name)?);
            return Ok(());
        }
        let LuaValue::Table(table) = value else {
            let message =
                format!("`facts` takes the name of a recording or a table, not {}", describe(value));
            return Err(Diagnostic::error(message).hint("facts = \"debian-12\""));
        };
        for pair in table.pairs::<LuaValue, LuaValue>() {
            let (key, value) = pair.map_err(|error| Diagnostic::error(error.to_string()))?;
            let is_first = matches!(key, LuaValue::Integer(1)) || key.as_f64() == Some(1.0);
            if let (true, Some(name)) = (is_first, text(&value)) {
                self.recording = Some(recording(name)?);
                continue;
            }
            let Some(name) = key_text(&key).filter(|name| !name.starts_with('$')) else {
                let message = format!("`facts` has {} as a key; facts have names", describe(&key));
                return Err(Diagnostic::error(message).hint("facts = { \"rocky-9\", hostname = \"web1\" }"));
            };
            let value = plain(&value, format_args!("fact `{name}`"), allowance)?;
            self.facts.insert(name, value);
        }
        Ok(())
    }

    fn read_probes(&mut self, value: &LuaValue, allowance: &Allowance) -> Result<(), Diagnostic> {
        let mut answers = map(value, "probes", allowance)?;
        for (book, of_book) in &mut answers {
            if of_book.as_array().is_some_and(Vec::is_empty) {
                *of_book = Value::Object(Map::new());
            }
            let Value::Object(of_book) = of_book else {
                let message = format!("`probes.{book}` is not a table of answers by name");
                return Err(Diagnostic::error(message).hint("probes = { watch = { nginx = \"1.22.1\" } }"));
            };
            of_book.insert(probe::COMPLETE.to_owned(), Value::Bool(true));
        }
        self.facts.insert(probe::ANSWERS.to_owned(), Value::Object(answers));
        Ok(())
    }
}

/// The name of a recording, if there is one of that name.
fn recording(name: String) -> Result<String, Diagnostic> {
    if facts::RECORDED.contains(&name.as_str()) {
        return Ok(name);
    }
    let wrong = Diagnostic::error(format!("there are no recorded facts `{name}`"));
    Err(match nearest(&name, facts::RECORDED.iter().copied()) {
        Some(near) => wrong.hint(format!("did you mean `{near}`?")),
        None => {
            let all: Vec<String> = facts::RECORDED.iter().map(|name| format!("`{name}`")).collect();
            wrong.hint(format!("there are recordings of {}", list(&all, "and")))
        }
    })
}

/// Plain data without a deferred value.
fn plain(value: &LuaValue, what: impl std::fmt::Display, allowance: &Allowance) -> Result<Value, Diagnostic> {
    let shown = what.to_string();
    let value = to_json(value, what, allowance).map_err(Diagnostic::error)?;
    if has_deferred(&value) {
        return Err(Diagnostic::error(format!("{shown} can't be deferred"))
            .note("a deferred value is only known when a resource converges"));
    }
    Ok(value)
}

fn map(value: &LuaValue, key: &str, allowance: &Allowance) -> Result<Map<String, Value>, Diagnostic> {
    match plain(value, format_args!("`{key}`"), allowance)? {
        Value::Object(map) => Ok(map),
        Value::Array(items) if items.is_empty() => Ok(Map::new()),
        _ => Err(Diagnostic::error(format!("`{key}` takes a table with names, not {}", describe(value)))),
    }
}

/// A text, or a list of texts.
fn texts(value: &LuaValue, key: &str) -> Result<Vec<String>, Diagnostic> {
    let some = |text: String| (!text.trim().is_empty()).then_some(text);
    let listed = |table: &Table| -> Option<Vec<String>> {
        (1..=table.raw_len()).map(|at| some(text(&table.raw_get(at).ok()?)?)).collect()
    };
    let found = match value {
        LuaValue::Table(table) => listed(table).filter(|texts| !texts.is_empty()),
        one => text(one).and_then(some).map(|text| vec![text]),
    };
    found.ok_or_else(|| {
        Diagnostic::error(format!("`{key}` takes a text or a list of texts, not {}", describe(value)))
            .hint(format!("{key} = \"a part of the message\""))
    })
}

fn names(value: &LuaValue) -> Result<Vec<String>, Diagnostic> {
    let found = match value {
        LuaValue::Table(_) => texts(value, "run_list").ok(),
        _ => None,
    };
    found.ok_or_else(|| {
        Diagnostic::error(format!("`run_list` takes a list of names, not {}", describe(value)))
            .hint("run_list = { \"nginx\" }")
    })
}

fn secrets(value: &LuaValue) -> Result<Secrets, Diagnostic> {
    let wrong =
        |message: String| Diagnostic::error(message).hint("secrets = { db_password = \"for this test\" }");
    let LuaValue::Table(table) = value else {
        return Err(wrong(format!("`secrets` takes a table of texts, not {}", describe(value))));
    };
    let mut found = BTreeMap::new();
    for pair in table.pairs::<LuaValue, LuaValue>() {
        let (key, value) = pair.map_err(|error| Diagnostic::error(error.to_string()))?;
        let Some(name) = text(&key) else {
            return Err(wrong(format!("`secrets` has {} as a key; secrets have names", describe(&key))));
        };
        // A wrong value is not shown either.
        let LuaValue::String(value) = &value else {
            return Err(wrong(format!("the value of the secret `{name}` is not a text")));
        };
        let bytes = value.as_bytes();
        let Some(value) = std::str::from_utf8(&bytes).ok().filter(|value| value.len() <= SECRET) else {
            return Err(wrong(format!("the secret `{name}` is not UTF-8, or larger than 256 KiB")));
        };
        found.insert(secret_key(&name), value.to_owned());
    }
    Ok(found.into_iter().collect())
}
