//! TOML whose layout stays.

use serde_json::Value;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike};

use super::assignment::{Assignment, KeyPath, kind, name};
use crate::model::error::Failure;

fn parse(text: &str) -> Result<DocumentMut, Failure> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        let place = error.span().map_or_else(String::new, |span| {
            let line = text.get(..span.start).unwrap_or_default().matches('\n').count() + 1;
            format!(" in line {line}")
        });
        Failure::new(format!("it is not valid TOML{place}: {}", error.message().trim().replace('\n', ", ")))
    })
}

/// A value as TOML has it.
fn value(at: &[String], from: &Value) -> Result<toml_edit::Value, Failure> {
    Ok(match from {
        Value::Null => {
            return Err(Failure::new(format!("{} is null, which TOML does not have", name(at))));
        }
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => integer.into(),
            (None, Some(float)) => float.into(),
            (None, None) => {
                return Err(Failure::new(format!("{} is a number that TOML does not have", name(at))));
            }
        },
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => {
            let items: Result<Vec<toml_edit::Value>, Failure> =
                items.iter().map(|item| value(at, item)).collect();
            Array::from_iter(items?).into()
        }
        Value::Object(map) => {
            let mut table = InlineTable::new();
            for (name, inner) in map {
                table.insert(name, value(at, inner)?);
            }
            table.into()
        }
    })
}

/// Whether the file has the value.
fn same(present: &toml_edit::Value, wanted: &Value) -> bool {
    match (present, wanted) {
        (toml_edit::Value::String(present), Value::String(wanted)) => present.value() == wanted,
        (toml_edit::Value::Boolean(present), Value::Bool(wanted)) => present.value() == wanted,
        (toml_edit::Value::Integer(present), Value::Number(wanted)) => {
            wanted.as_i64() == Some(*present.value())
        }
        (toml_edit::Value::Float(present), Value::Number(wanted)) => {
            wanted.as_f64() == Some(*present.value())
        }
        // A date is written as a string.
        (toml_edit::Value::Datetime(present), Value::String(wanted)) => {
            present.value().to_string() == *wanted
        }
        (toml_edit::Value::Array(present), Value::Array(wanted)) => {
            present.len() == wanted.len()
                && present.iter().zip(wanted).all(|(present, wanted)| same(present, wanted))
        }
        (toml_edit::Value::InlineTable(present), Value::Object(wanted)) => {
            present.len() == wanted.len()
                && present
                    .iter()
                    .all(|(name, present)| wanted.get(name).is_some_and(|wanted| same(present, wanted)))
        }
        _ => false,
    }
}

fn noun(item: &Item) -> String {
    match item.type_name() {
        name if name.starts_with(['a', 'i']) => format!("an {name}"),
        name => format!("a {name}"),
    }
}

fn not_a_map(at: &[String], item: &Item) -> Failure {
    Failure::new(format!("{} is {}, not a table", name(at), noun(item)))
        .hint("remove it first, with `action = \"remove\"`")
}

pub(super) fn set(text: &str, assignments: &[Assignment]) -> Result<(String, Vec<KeyPath>), Failure> {
    let mut document = parse(text)?;
    let mut changed = Vec::new();
    for assignment in assignments {
        if assign(document.as_table_mut(), assignment)? {
            changed.push(assignment.key.clone());
        }
    }
    Ok((if changed.is_empty() { text.to_owned() } else { document.to_string() }, changed))
}

/// Puts a value into a document. Whether that changes anything comes back.
fn assign(top: &mut Table, Assignment { key, value: wanted }: &Assignment) -> Result<bool, Failure> {
    let mut table: &mut dyn TableLike = top;
    // Whatever stands in a table on one line is written on that line.
    let mut is_inline = false;
    for depth in 1..key.len() {
        is_inline |= table.get(&key[depth - 1]).is_some_and(Item::is_inline_table);
        let item = table.entry(&key[depth - 1]).or_insert_with(|| {
            if is_inline {
                return Item::Value(InlineTable::new().into());
            }
            let mut table = Table::new();
            // A table that only holds tables has no heading of its own.
            table.set_implicit(true);
            Item::Table(table)
        });
        if item.as_table_like().is_none() {
            return Err(not_a_map(&key[..depth], item));
        }
        let Some(inner) = item.as_table_like_mut() else { return Ok(false) };
        table = inner;
    }
    let Some(last) = key.last() else { return Ok(false) };
    match table.get_mut(last) {
        Some(item) if item.is_table() || item.is_array_of_tables() => {
            if wanted.as_object().is_some_and(serde_json::Map::is_empty) {
                return Ok(false);
            }
            Err(Failure::new(format!(
                "{} is {}, and `values` has {} for it",
                name(key),
                noun(item),
                kind(wanted)
            ))
            .hint("remove it first, with `action = \"remove\"`"))
        }
        Some(Item::Value(present)) => {
            if same(present, wanted) || (present.is_inline_table() && wanted.is_object()) {
                return Ok(false);
            }
            let mut new = value(key, wanted)?;
            *new.decor_mut() = present.decor().clone();
            *present = new;
            Ok(true)
        }
        _ => {
            let item = match wanted {
                Value::Object(_) if !is_inline => Item::Table(Table::new()),
                _ => Item::Value(value(key, wanted)?),
            };
            table.insert(last, item);
            if is_inline {
                table.fmt();
            }
            Ok(true)
        }
    }
}

pub(super) fn remove(text: &str, keys: &[KeyPath]) -> Result<(String, Vec<KeyPath>), Failure> {
    let mut document = parse(text)?;
    let mut removed = Vec::new();
    for key in keys {
        let Some((last, tables)) = key.split_last() else { continue };
        let top: &mut dyn TableLike = document.as_table_mut();
        let inner = tables.iter().try_fold(top, |table, name| table.get_mut(name)?.as_table_like_mut());
        if inner.is_some_and(|table| table.remove(last).is_some()) {
            removed.push(key.clone());
        }
    }
    Ok((if removed.is_empty() { text.to_owned() } else { document.to_string() }, removed))
}
