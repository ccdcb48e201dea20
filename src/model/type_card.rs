//! A resource type as its reference page tells of it, built in or written by a cookbook.

use serde::{Deserialize, Serialize};

use super::schema::Schema;

/// All that a reader needs of a resource type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TypeCard {
    /// As messages and notifications name it: `file`, `nginx_site`.
    pub name: String,
    /// As a recipe writes it: `file`, `nginx.site`.
    pub word: String,
    /// The cookbook that declares it; nothing for a type that is built in, empty for the project's own.
    pub cookbook: Option<String>,
    /// Its doc and its properties.
    pub schema: Schema,
    /// The property that takes the name of the resource, if one does.
    pub name_property: Option<String>,
    /// Actions with a line each, the default first. A cookbook's have no line.
    pub actions: Vec<(String, String)>,
    /// What a plan can tell of it and what it can't.
    pub plan: String,
    /// Systems that it works on, and what it needs there.
    pub platforms: String,
    /// A recipe that uses it well, where there is one.
    pub example: Option<String>,
}
