//! Resource types during a compile, built in or from a cookbook, and declarations of properties and attributes.

use std::collections::BTreeMap;
use std::rc::Rc;

use mlua::{Function, UserData, UserDataFields};
use serde_json::Value;

use crate::model::error::Location;
use crate::model::probe::ProbeQuestion;
use crate::model::schema::{Kind, Property, Schema};
use crate::provider::ResourceType;

use super::value_names;

/// The type of a resource.
#[derive(Clone)]
pub(super) enum Declared {
    /// A built-in type.
    Builtin(&'static ResourceType),
    /// A type from a cookbook.
    Custom(Rc<CustomType>),
}

impl Declared {
    /// Name of the type.
    pub(super) fn type_name(&self) -> String {
        match self {
            Self::Builtin(kind) => kind.name.to_owned(),
            Self::Custom(kind) => kind.type_name.clone(),
        }
    }

    /// Names of the actions. The first is the default.
    pub(super) fn actions(&self) -> Vec<&str> {
        match self {
            Self::Builtin(kind) => kind.actions.iter().map(|action| action.name).collect(),
            Self::Custom(kind) => kind.action_names(),
        }
    }

    /// The property that defaults to the name of the resource, if any.
    pub(super) fn name_property(&self) -> Option<&str> {
        match self {
            Self::Builtin(kind) => kind.name_property,
            Self::Custom(kind) => kind.name_property.as_deref(),
        }
    }
}

/// A resource type from a cookbook.
#[derive(Debug)]
pub(super) struct CustomType {
    /// Full name, such as `nginx_site`.
    pub(super) type_name: String,
    /// The cookbook. Empty for the project.
    pub(super) cookbook: String,
    pub(super) schema: Rc<Schema>,
    pub(super) name_property: Option<String>,
    /// Functions that compute defaults, by property.
    pub(super) computed: BTreeMap<String, Callback>,
    /// Functions that change given values, by property.
    pub(super) coerced: BTreeMap<String, Callback>,
    pub(super) actions: BTreeMap<String, Function>,
    pub(super) default_action: String,
    /// Whether it is a task that needs a terminal.
    pub(super) terminal: bool,
}

/// A function of a property.
#[derive(Debug, Clone)]
pub(super) struct Callback {
    pub(super) function: Function,
    /// Where the property is declared.
    pub(super) location: Location,
}

impl CustomType {
    /// Names of the actions, default first.
    pub(super) fn action_names(&self) -> Vec<&str> {
        let others = self.actions.keys().map(String::as_str).filter(|name| *name != self.default_action);
        std::iter::once(self.default_action.as_str()).chain(others).collect()
    }
}

/// The default of a declared property or attribute.
#[derive(Debug, Clone)]
pub(super) enum Default {
    Nothing,
    Plain(Value),
    /// A function that computes it from the other properties or attributes.
    Lazy(Function),
}

/// A declared property or attribute.
#[derive(Debug, Clone)]
pub(super) struct Declaration {
    pub(super) kind: Kind,
    pub(super) default: Default,
    pub(super) required: bool,
    /// Actions that require it, if not all do.
    pub(super) required_for: Vec<String>,
    pub(super) doc: String,
    pub(super) name_property: bool,
    /// Changes a given value before it is checked.
    pub(super) coerce: Option<Function>,
    pub(super) location: Location,
}

impl UserData for Declaration {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        value_names::add(fields, "the declaration of a property");
    }
}

impl Declaration {
    /// As a property, for checks and the reference.
    pub(super) fn property(&self, name: &str) -> Property {
        Property {
            name: name.to_owned(),
            kind: self.kind.clone(),
            doc: self.doc.clone(),
            default: match &self.default {
                Default::Plain(value) => Some(value.clone()),
                _ => None,
            },
            is_computed: matches!(self.default, Default::Lazy(_)),
            required: self.required,
            required_for: self.required_for.clone(),
        }
    }
}

/// A declared probe.
#[derive(Debug, Clone)]
pub(super) struct ProbeDeclaration {
    pub(super) question: ProbeQuestion,
    pub(super) doc: String,
    /// The value where the facts hold no answer.
    pub(super) example: Option<Value>,
    pub(super) location: Location,
}

impl UserData for ProbeDeclaration {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        value_names::add(fields, "the declaration of a probe");
    }
}

/// A probe with the value that recipes read.
#[derive(Debug)]
pub(super) struct ReadProbe {
    pub(super) declaration: ProbeDeclaration,
    /// Null if there is nothing.
    pub(super) value: Value,
    /// Whether the facts hold it.
    pub(super) is_answered: bool,
}
