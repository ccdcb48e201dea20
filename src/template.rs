//! Floor 1: renders Handlebars templates. Templates come from strangers, so time and memory are limited. No I/O.

use serde_json::{Map, Value};

use crate::model::content::{self, Content, Template};
use crate::model::error::{Diagnostic, Location};

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
pub use warnings::{foreign, unused};
pub use words::{TemplateWord, WORDS};

/// Renders a template. If a variable is not known yet in a plan (`{"$unknown": …}` at any depth), the content is
/// unknown.
///
/// Even then the template is parsed and checked, so that a plan shows its errors.
///
/// # Errors
/// Syntax errors, missing variables and partials, and exceeded limits, each with file, line and excerpt.
pub fn render(template: &Template, variables: &Map<String, Value>) -> Result<Content, Diagnostic> {
    renderer::with_parsed(template, |renderer| match content::unknown_in(variables) {
        Some(until) => Ok(Content::Unknown(until.to_owned())),
        None => renderer.render(variables).map(Content::Text),
    })
}

/// The partials that a template includes, in order, without duplicates: names, and where they are included. The caller must
/// find them.
///
/// # Errors
/// A partial with a computed name (`{{> (lookup …)}}`), or an exceeded limit.
pub fn partials(name: &str, text: &str) -> Result<Vec<(String, Location)>, Diagnostic> {
    let mut found: Vec<(String, Location)> = Vec::new();
    for include in scan::scan(name, text)?.includes {
        if found.iter().all(|(known, _)| *known != include.name) {
            let location = scan::scanner::line_place(name, text, include.line);
            found.push((include.name, location));
        }
    }
    Ok(found)
}
