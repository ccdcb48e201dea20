//! The data for the reference page of a resource type, built in or from a cookbook.

use serde::{Deserialize, Serialize};

use super::schema::Schema;

/// The documentation of a resource type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TypeCard {
    /// Name in messages and notifications: `file`, `nginx_site`.
    pub name: String,
    /// Name in recipes: `file`, `nginx.site`.
    pub word: String,
    /// The cookbook that declares it. None for a built-in type, empty for the project itself.
    pub cookbook: Option<String>,
    /// Description and properties.
    pub schema: Schema,
    /// The property that defaults to the name of the resource, if any.
    pub name_property: Option<String>,
    /// Actions with their descriptions, default first. Actions of a cookbook have an empty description.
    pub actions: Vec<(String, String)>,
    /// What a plan can and can't predict.
    pub plan: String,
    /// Platforms that it supports, and its requirements.
    pub platforms: String,
    /// An example recipe, if there is one.
    pub example: Option<String>,
}
