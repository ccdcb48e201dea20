//! Reports declarations to a listener as soon as they are complete, while the compile goes on.

use std::sync::Arc;

use serde_json::{Map, Value};

/// A declaration without mistakes and without deferred values.
#[derive(Debug, Clone, Copy)]
pub struct Complete<'a> {
    /// Number of the declaration, in the order in which declarations are opened.
    pub declaration: usize,
    /// The first action.
    pub action: &'a str,
    /// Name of the built-in type.
    pub r#type: &'a str,
    /// Normalised properties.
    pub properties: &'a Map<String, Value>,
}

/// Receives complete declarations. The compile may still fail later.
pub type Listener = Arc<dyn Fn(&Complete<'_>) + Send + Sync>;
