//! Reads the limits of a kind: `one_of`, `pattern`, ranges and lengths.

use std::collections::BTreeMap;

use mlua::Value as LuaValue;
use serde_json::{Number, Value};

use crate::compile::allowance::Allowance;
use crate::compile::convert::{describe, has_deferred, text, to_json};
use crate::compile::fault::refused;
use crate::model::english::list;
use crate::model::error::Diagnostic;
use crate::model::schema::{Kind, TextPattern, ValueLimits};

/// The options that limit values.
const LIMITS: &[&str] = &["one_of", "pattern", "min", "max", "min_length", "max_length"];

/// The kind with the limits that are given. Without any, the kind itself.
pub(super) fn limited(
    what: &str,
    kind: Kind,
    given: &BTreeMap<String, LuaValue>,
    allowance: &Allowance,
) -> Result<Kind, Box<Diagnostic>> {
    let reader = LimitReader { what, kind: &kind, given, allowance };
    let limits = ValueLimits {
        one_of: reader.one_of()?,
        pattern: reader.pattern()?,
        min: reader.number("min")?,
        max: reader.number("max")?,
        min_length: reader.length("min_length")?,
        max_length: reader.length("max_length")?,
        message: reader.message()?,
    };
    if let (Some(min), Some(max)) = (&limits.min, &limits.max)
        && min.as_f64() > max.as_f64()
    {
        return Err(reader.crossed("min", min, "max", max));
    }
    if let (Some(min), Some(max)) = (limits.min_length, limits.max_length)
        && min > max
    {
        return Err(reader.crossed("min_length", min, "max_length", max));
    }
    let own: Vec<&str> = LIMITS.iter().copied().filter(|name| given.contains_key(*name)).collect();
    if own.is_empty() {
        let names: Vec<String> = LIMITS.iter().map(|name| format!("`{name}`")).collect();
        return match limits.message {
            Some(_) => Err(Box::new(
                Diagnostic::error(format!("`message` of `{what}` has no limit to explain"))
                    .hint(format!("limits are {}", list(&names, "and"))),
            )),
            None => Ok(kind),
        };
    }
    if let Kind::Record(_) = kind {
        return Err(reader.idle("keys", own[0]));
    }
    // A list of allowed values says all about a single value. A list of strings also has a length.
    if kind != Kind::Strings
        && own[0] == "one_of"
        && let Some(other) = own.get(1)
    {
        return Err(reader.idle("one_of", other));
    }
    Ok(Kind::Limited(Box::new(kind), Box::new(limits)))
}

/// The options of a declaration that is being read.
struct LimitReader<'a> {
    what: &'a str,
    kind: &'a Kind,
    given: &'a BTreeMap<String, LuaValue>,
    allowance: &'a Allowance,
}

impl LimitReader<'_> {
    fn wrong(&self, option: &str, wanted: &str, found: &LuaValue) -> Box<Diagnostic> {
        Box::new(Diagnostic::error(format!(
            "`{option}` of `{}` takes {wanted}, not {}",
            self.what,
            describe(found)
        )))
    }

    fn crossed(
        &self,
        least: &str,
        min: impl std::fmt::Display,
        greatest: &str,
        max: impl std::fmt::Display,
    ) -> Box<Diagnostic> {
        Box::new(
            Diagnostic::error(format!(
                "`{least}` of `{}` is above `{greatest}`: {min} is more than {max}",
                self.what
            ))
            .hint(format!("{least} = {max}, {greatest} = {min}")),
        )
    }

    /// The error for a limit that another option has made useless.
    fn idle(&self, because: &str, option: &str) -> Box<Diagnostic> {
        let message =
            format!("`{}` has `{because}`, which leaves nothing for `{option}` to limit", self.what);
        Box::new(Diagnostic::error(message).hint(format!("leave out `{option}`")))
    }

    fn one_of(&self) -> Result<Vec<Value>, Box<Diagnostic>> {
        let Some(value) = self.given.get("one_of") else { return Ok(Vec::new()) };
        let said = to_json(value, "`one_of`", self.allowance)
            .map_err(|problem| Box::new(Diagnostic::error(problem)))?;
        let Value::Array(allowed) = &said else {
            let is_empty = said.as_object().is_some_and(serde_json::Map::is_empty);
            return Err(if is_empty { self.none() } else { self.wrong("one_of", "a list of values", value) });
        };
        if allowed.is_empty() {
            return Err(self.none());
        }
        if allowed.iter().any(has_deferred) {
            let what = self.what;
            return Err(Box::new(Diagnostic::error(format!(
                "`one_of` of `{what}` can't hold deferred values"
            ))));
        }
        let item = if *self.kind == Kind::Strings { Kind::String } else { self.kind.clone() };
        let mut list = said.clone();
        match Kind::List(Box::new(item)).check(&mut list) {
            Ok(()) => Ok(allowed.clone()),
            Err(misfit) => Err(refused(&misfit, "one_of", &format!(" of `{}`", self.what))),
        }
    }

    fn none(&self) -> Box<Diagnostic> {
        Box::new(
            Diagnostic::error(format!("`one_of` of `{}` is empty, so no value would be allowed", self.what))
                .hint("one_of = { \"a\", \"b\" }"),
        )
    }

    fn pattern(&self) -> Result<Option<TextPattern>, Box<Diagnostic>> {
        let Some(value) = self.given.get("pattern") else { return Ok(None) };
        let Some(source) = text(value) else {
            return Err(self.wrong("pattern", "a regular expression in a string", value));
        };
        TextPattern::parse(&source).map(Some).map_err(|failure| {
            let message = format!("`pattern` of `{}` {}", self.what, failure.message);
            Box::new(failure.hints.into_iter().fold(Diagnostic::error(message), Diagnostic::hint))
        })
    }

    fn number(&self, option: &str) -> Result<Option<Number>, Box<Diagnostic>> {
        let Some(value) = self.given.get(option) else { return Ok(None) };
        let mut read = to_json(value, format_args!("`{option}`"), self.allowance)
            .map_err(|problem| Box::new(Diagnostic::error(problem)))?;
        match (self.kind.check(&mut read), read) {
            (Ok(()), Value::Number(number)) => Ok(Some(number)),
            _ => Err(self.wrong(option, &self.kind.describe(), value)),
        }
    }

    fn length(&self, option: &str) -> Result<Option<usize>, Box<Diagnostic>> {
        let Some(value) = self.given.get(option) else { return Ok(None) };
        let read = to_json(value, format_args!("`{option}`"), self.allowance)
            .map_err(|problem| Box::new(Diagnostic::error(problem)))?;
        match read.as_u64().and_then(|number| usize::try_from(number).ok()) {
            Some(length) => Ok(Some(length)),
            None => Err(self.wrong(option, "a whole number, 0 or more", value)),
        }
    }

    fn message(&self) -> Result<Option<String>, Box<Diagnostic>> {
        match self.given.get("message") {
            None => Ok(None),
            Some(value) => match text(value).filter(|message| !message.trim().is_empty()) {
                Some(message) => Ok(Some(message)),
                None => Err(self.wrong("message", "a sentence in a string", value)),
            },
        }
    }
}
