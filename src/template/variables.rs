//! The variables of a template: their number, and their numbers as people write them.

use serde_json::{Map, Number, Value};

use crate::model::sorted;

/// A 64-bit float can't represent all integers above this.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Number of values at all depths.
pub(super) fn count(map: &Map<String, Value>) -> usize {
    map.values().map(count_in).sum()
}

fn count_in(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(count_in).sum::<usize>(),
        Value::Object(map) => 1 + count(map),
        _ => 1,
    }
}

/// Converts whole floats to integers, so that `80.0` prints as `80`.
pub(super) fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(whole(number)),
        Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
        Value::Object(map) => Value::Object(plain_map(map)),
        other => other.clone(),
    }
}

/// Like [`plain`], for a map.
pub(super) fn plain_map(map: &Map<String, Value>) -> Map<String, Value> {
    sorted::collected(map.iter().map(|(key, value)| (key.clone(), plain(value))))
}

#[expect(clippy::cast_possible_truncation, reason = "the number is whole and smaller than 2^53")]
fn whole(number: &Number) -> Number {
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT => {
            Number::from(float as i64)
        }
        _ => number.clone(),
    }
}

/// Describes the type of a value, for messages.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}
