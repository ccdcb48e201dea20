//! Declarations told to somebody else as soon as they are complete, while the recipes go on.

use std::sync::Arc;

use serde_json::{Map, Value};

/// A declaration in which nothing is wrong and nothing deferred.
#[derive(Debug, Clone, Copy)]
pub struct Complete<'a> {
    /// Its number among all declarations, in the order in which they were begun.
    pub declaration: usize,
    /// The first action that its turn will bring.
    pub action: &'a str,
    /// Its type, one of the roster.
    pub r#type: &'a str,
    /// Its properties, sealed.
    pub properties: &'a Map<String, Value>,
}

/// Whoever is told. What is told may still turn out to be part of a compile that fails.
pub type Listener = Arc<dyn Fn(&Complete<'_>) + Send + Sync>;
