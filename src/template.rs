//! Floor 1: Handlebars to text, bounded, because templates come from strangers. Pure.

use serde_json::{Map, Value};

use crate::model::content::{Content, Template};
use crate::model::error::Diagnostic;

mod blocks;
mod explain;
mod graph;
mod limits;
mod renderer;
mod scan;
mod variables;
mod warnings;
mod word_error;
mod words;

pub use limits::{NESTING_LIMIT, OUTPUT_LIMIT, TEXT_LIMIT};
pub use warnings::{foreign, uses_any};
pub use words::{TemplateWord, WORDS};

/// Renders a template. A variable that a plan can't know yet (`{"$unknown": …}` at any depth) makes the content unknown.
///
/// The template is read and checked even then, so that a plan shows its mistakes.
///
/// # Errors
/// Syntax errors, missing variables and partials, bounds exceeded; each with template file, line and excerpt.
pub fn render(template: &Template, variables: &Map<String, Value>) -> Result<Content, Diagnostic> {
    let size = graph::check(template)?;
    let renderer = renderer::Renderer::new(template, size)?;
    if let Some(until) = variables::unknown(variables) {
        return Ok(Content::Unknown(until));
    }
    renderer.render(variables).map(Content::Text)
}

/// Names of the partials that a template includes, for the one who has to find them: each once, in written order.
///
/// # Errors
/// Dynamic partials (`{{> (lookup …)}}`), bounds exceeded.
pub fn partials(name: &str, text: &str) -> Result<Vec<String>, Diagnostic> {
    let mut names: Vec<String> = Vec::new();
    for include in scan::scan(name, text)?.includes {
        if !names.contains(&include.name) {
            names.push(include.name);
        }
    }
    Ok(names)
}
