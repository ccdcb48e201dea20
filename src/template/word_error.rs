//! Errors of the helpers.

use std::fmt;

use handlebars::{RenderError, RenderErrorReason};

/// An error of a helper, with a hint, that passes through Handlebars.
#[derive(Debug)]
pub(super) struct WordError {
    pub(super) message: String,
    pub(super) hint: String,
}

impl WordError {
    /// Creates an error for the engine.
    pub(super) fn raise(message: impl Into<String>, hint: impl Into<String>) -> RenderError {
        RenderErrorReason::NestedError(Box::new(Self { message: message.into(), hint: hint.into() })).into()
    }
}

impl fmt::Display for WordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for WordError {}
