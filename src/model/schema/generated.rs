//! Reads kinds from the JSON schemas that are generated from the structs of built-in types.

use serde_json::Value;

use super::kind::Kind;

impl Kind {
    /// Reads the kind from a JSON schema.
    pub(super) fn of(schema: &Value) -> Self {
        if let Some(kind) = schema.get("x-kind").and_then(Value::as_str) {
            return Self::named(kind);
        }
        if let Some(words) = choices(schema) {
            return Self::Choice(words);
        }
        if let Some(options) = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array) {
            let mut kinds: Vec<Self> = options
                .iter()
                .filter(|option| option.get("type").and_then(Value::as_str) != Some("null"))
                .map(Self::of)
                .collect();
            return match kinds.len() {
                1 => kinds.remove(0),
                _ => Self::Either(kinds),
            };
        }
        let name = match schema.get("type") {
            Some(Value::String(name)) => name.as_str(),
            Some(Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or("")
            }
            _ => "",
        };
        match name {
            "string" => Self::String,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "array" => Self::List(Box::new(schema.get("items").map_or(Self::Any, Self::of))),
            "object" => Self::Map(Box::new(schema.get("additionalProperties").map_or(Self::Any, Self::of))),
            _ => Self::Any,
        }
    }
}

/// The words of an enum without data. The generator writes these schemas in two forms.
fn choices(schema: &Value) -> Option<Vec<String>> {
    let words = |values: &Vec<Value>| -> Vec<String> {
        values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return Some(words(values));
    }
    let options = schema.get("oneOf").and_then(Value::as_array)?;
    options.iter().map(|option| option.get("const")?.as_str().map(str::to_owned)).collect()
}
