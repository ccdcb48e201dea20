//! TOML, as text and as data.

use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

use super::layout::Layout;
use super::unread::UnreadText;
use crate::model::schema::found;

/// The text of a map. Keys are sorted, and tables are behind the other keys.
pub(super) fn write(value: &Value, layout: Layout) -> Result<String, String> {
    if !value.is_object() {
        return Err(format!("is {}, and a TOML file is a map", found(value)));
    }
    let text = match layout {
        Layout::Short => toml::to_string(value),
        Layout::Pretty => toml::to_string_pretty(value),
    };
    text.map_err(|error| format!("can't be written as TOML: {error}"))
}

/// The data in a text. A date is the string that it is written as.
pub(super) fn read(text: &str) -> Result<Value, UnreadText> {
    let table = DeTable::parse(text).map_err(|error| UnreadText {
        problem: error.message().lines().next().unwrap_or_default().to_lowercase(),
        at: error.span().map_or(0, |span| span.start),
    })?;
    of_table(table.into_inner())
}

fn of_table(table: DeTable<'_>) -> Result<Value, UnreadText> {
    let mut map = Map::new();
    for (key, value) in table {
        let at = value.span().start;
        map.insert(key.into_inner().into_owned(), of_value(value.into_inner(), at)?);
    }
    Ok(Value::Object(map))
}

fn of_value(value: DeValue<'_>, at: usize) -> Result<Value, UnreadText> {
    let refuse = |problem: &str| UnreadText { problem: problem.to_owned(), at };
    Ok(match value {
        DeValue::String(text) => Value::String(text.into_owned()),
        DeValue::Boolean(flag) => Value::Bool(flag),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
            .map_err(|_| refuse("the number is too large"))?
            .into(),
        DeValue::Float(float) => match float.as_str().parse::<f64>() {
            Ok(number) if number.is_finite() => number.into(),
            _ => return Err(refuse("the number is not finite")),
        },
        DeValue::Table(table) => of_table(table)?,
        DeValue::Array(items) => {
            let item = |item: toml::Spanned<DeValue<'_>>| {
                let at = item.span().start;
                of_value(item.into_inner(), at)
            };
            Value::Array(items.into_iter().map(item).collect::<Result<_, _>>()?)
        }
    })
}
