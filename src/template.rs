//! Floor 1: Handlebars to text, bounded, because templates come from strangers. Pure.

use serde_json::{Map, Value};

use crate::model::content::{Content, Template};
use crate::model::error::Diagnostic;

/// Renders a template. A variable that a plan can't know yet (`{"$unknown": …}` at any depth) makes the content unknown.
///
/// # Errors
/// Syntax errors, missing variables and partials, bounds exceeded; each with template file, line and excerpt.
pub fn render(_template: &Template, _variables: &Map<String, Value>) -> Result<Content, Diagnostic> {
    unimplemented!()
}

/// Names of the partials that a template includes, for the one who has to find them.
///
/// # Errors
/// Dynamic partials (`{{> (lookup …)}}`), bounds exceeded.
pub fn partials(_name: &str, _text: &str) -> Result<Vec<String>, Diagnostic> {
    unimplemented!()
}
