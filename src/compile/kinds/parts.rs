//! Reads what a list or a table consists of: `items`, `keys` and `values`.

use std::collections::BTreeMap;

use mlua::{Table, Value as LuaValue};

use crate::compile::allowance::Allowance;
use crate::compile::convert::{describe, to_json};
use crate::compile::fault::refused;
use crate::compile::handed::hand;
use crate::compile::properties;
use crate::compile::types::{Declaration, Default};
use crate::model::error::Diagnostic;
use crate::model::schema::{Kind, Property};

/// Deepest nesting of lists and tables in a kind.
const DEPTH: usize = 16;

/// What the parts of a kind are read with.
pub(super) struct PartsReader<'a> {
    /// The kind as written, to begin errors: `property.list`.
    pub(super) what: &'a str,
    pub(super) given: &'a BTreeMap<String, LuaValue>,
    /// The cookbook of the files in defaults. Empty for the project.
    pub(super) owner: &'a str,
    pub(super) allowance: &'a Allowance,
}

impl PartsReader<'_> {
    /// The kind of this name with the parts that are declared.
    pub(super) fn kind(&self, name: &str) -> Result<Kind, Box<Diagnostic>> {
        let what = self.what;
        let kind = match name {
            "choice" => words(what, self.given.get("values"), self.allowance).map(Kind::Choice),
            "list" => self.inner("items").map(Kind::List),
            "map" => match (self.given.get("keys"), self.given.get("values")) {
                (Some(_), Some(_)) => Err(Box::new(
                    Diagnostic::error(format!("`{what}` takes `keys` or `values`, not both"))
                        .hint("`keys` is for known keys, `values` for free ones"),
                )),
                (Some(LuaValue::Table(table)), None) => self.keys("keys", table).map(Kind::Record),
                (Some(other), None) => {
                    let found = describe(other);
                    let message = format!("`keys` of `{what}` takes a table of properties, not {found}");
                    Err(Box::new(Diagnostic::error(message).hint("keys = { port = property.integer {} }")))
                }
                (None, _) => self.inner("values").map(Kind::Map),
            },
            other => Ok(Kind::named(other)),
        }?;
        if kind.depth() > DEPTH {
            let message = format!("`{what}` nests deeper than {DEPTH} lists and tables");
            return Err(Box::new(Diagnostic::error(message)));
        }
        Ok(kind)
    }

    fn inner(&self, option: &str) -> Result<Box<Kind>, Box<Diagnostic>> {
        match self.given.get(option) {
            None => Ok(Box::new(Kind::Any)),
            Some(value) => self.part(option, value).map(Box::new),
        }
    }

    /// What each item or value is: a kind, or a table with keys.
    fn part(&self, option: &str, value: &LuaValue) -> Result<Kind, Box<Diagnostic>> {
        let what = self.what;
        if let LuaValue::Table(table) = value {
            return self.keys(option, table).map(Kind::Record);
        }
        let declared = match value {
            LuaValue::UserData(data) => data.borrow::<Declaration>().ok(),
            _ => None,
        };
        let Some(declared) = declared else {
            return Err(Box::new(
                Diagnostic::error(format!(
                    "`{option}` of `{what}` takes a property, or a table of properties, not {}",
                    describe(value)
                ))
                .hint(format!(
                    "{option} = property.integer {{}}, or {option} = {{ port = property.integer {{}} }}"
                )),
            ));
        };
        let unused = [
            (declared.required || !declared.required_for.is_empty(), "required"),
            (!matches!(declared.default, Default::Nothing), "default"),
        ];
        let unused = unused.into_iter().find_map(|(is_given, option)| is_given.then_some(option));
        match unused.or_else(|| reserved(&declared)) {
            Some(extra) => Err(Box::new(Diagnostic::error(format!(
                "`{option}` of `{what}` has the option `{extra}`, which only a property with a name can have"
            )))),
            None => {
                Ok(properties::copied(&declared, &format!("`{option}` of `{what}`"), self.allowance)?.kind)
            }
        }
    }

    fn keys(&self, option: &str, table: &Table) -> Result<Vec<Property>, Box<Diagnostic>> {
        let what = self.what;
        let declared = properties::read(table, &format!("`{option}` of `{what}`"), self.allowance)?;
        if declared.is_empty() {
            return Err(Box::new(
                Diagnostic::error(format!("`{option}` of `{what}` has no properties"))
                    .hint(format!("{option} = {{ port = property.integer {{}} }}")),
            ));
        }
        let key = |(name, declared): (String, Declaration)| match reserved(&declared) {
            Some(extra) => Err(Box::new(Diagnostic::error(format!(
                "the key `{name}` in `{option}` of `{what}` can't have `{extra}`: only a property of the resource itself can"
            )))),
            None => {
                let mut key = declared.property(&name);
                if let Some(default) = &mut key.default {
                    hand(default, &key.kind, self.owner)
                        .map_err(|misfit| refused(&misfit, &name, &format!(" in `{option}` of `{what}`")))?;
                }
                Ok(key)
            }
        };
        declared.into_iter().map(key).collect()
    }
}

fn words(
    what: &str,
    given: Option<&LuaValue>,
    allowance: &Allowance,
) -> Result<Vec<String>, Box<Diagnostic>> {
    let words = match given {
        Some(value) => to_json(value, "`values`", allowance)
            .map_err(|problem| Box::new(Diagnostic::error(problem)))
            .map(|value| serde_json::from_value::<Vec<String>>(value).ok())?,
        None => None,
    };
    words.filter(|words| !words.is_empty()).ok_or_else(|| {
        Box::new(
            Diagnostic::error(format!("`{what}` needs `values`, a list of strings"))
                .hint(format!("{what} {{ values = {{ \"a\", \"b\" }} }}")),
        )
    })
}

/// An option that is only for properties of the resource itself, if one is given.
fn reserved(declared: &Declaration) -> Option<&'static str> {
    match declared {
        Declaration { coerce: Some(_), .. } => Some("coerce"),
        Declaration { name_property: true, .. } => Some("name_property"),
        Declaration { default: Default::Lazy(_), .. } => Some("default = function"),
        Declaration { required_for, .. } if !required_for.is_empty() => Some("required = { … }"),
        _ => None,
    }
}
