//! Schemas of resource types. They are generated from the structs of the properties, and are used for checks, help, the
//! reference and editor types.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

mod check;
mod command_form;
mod generated;
mod kind;
mod limits;
mod misfit;
mod value;

pub use check::CheckedValue;
pub use command_form::{COMMAND_KEYS, CommandList, TableKey, command, commands};
pub use kind::{Kind, Property};
pub use limits::{TextPattern, ValueLimits};
pub use misfit::Misfit;
pub use value::{VALUE, found, is_deferred, size};

/// The properties of a resource type, or the attributes of a cookbook.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// Description of the type. The first line is a summary.
    pub doc: String,
    /// Properties in the order of declaration.
    pub properties: Vec<Property>,
}

impl Schema {
    /// The schema of a Rust type, with its doc comments.
    #[must_use]
    pub fn of<T: JsonSchema>() -> Self {
        Self::generated(T::json_schema)
    }

    /// Reads what a type says of itself. One function for all types, so that the program has it once.
    fn generated(schema: fn(&mut SchemaGenerator) -> schemars::Schema) -> Self {
        let settings = SchemaSettings::default().with(|settings| settings.inline_subschemas = true);
        Self::read(&schema(&mut SchemaGenerator::new(settings)).to_value())
    }

    /// Reads it from a JSON schema.
    fn read(root: &Value) -> Self {
        let required: Vec<&str> = root
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let empty = Map::new();
        let properties = root.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        Self {
            doc: doc(root),
            properties: properties
                .iter()
                .map(|(name, schema)| Property {
                    name: name.clone(),
                    kind: Kind::of(schema),
                    doc: doc(schema),
                    default: schema.get("default").filter(|value| !value.is_null()).cloned(),
                    is_computed: false,
                    required: required.contains(&name.as_str()),
                    required_for: Vec::new(),
                })
                .collect(),
        }
    }

    /// Finds a property by its name.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }
}

/// The description in a JSON schema, with the lines of each paragraph joined.
fn doc(schema: &Value) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    text.split("\n\n").map(|part| part.replace('\n', " ")).collect::<Vec<_>>().join("\n\n")
}
