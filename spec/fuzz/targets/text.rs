//! What several of them need: a text in sections, and what holds for every message.

use anstream::adapter::strip_str;
use chefrs::model::english::acts_on_text;
use chefrs::model::error::Diagnostic;
use chefrs::report::diagnostic::render;

/// Most characters of an excerpt: it is cut before what acts on a terminal is made visible, which takes up to eight.
const EXCERPT: usize = 8 * 160 + 2;

/// The sections of a text; a line of `%%` stands between two.
pub fn sections(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n%%\n")
}

/// Whoever wrote it can find the place, and nothing in it acts on a terminal once it is reported.
pub fn is_on_its_lines(mistake: &Diagnostic) {
    assert!(!mistake.message.trim().is_empty());
    if let Some(location) = &mistake.location {
        assert!(location.excerpt.chars().count() <= EXCERPT, "{location:?}");
    }
    is_plain(&strip_str(&render(mistake)).to_string());
}

/// Nothing in it can steer a terminal.
pub fn is_plain(text: &str) {
    let raw = text.chars().find(|c| acts_on_text(*c) && !matches!(c, '\n' | '\t'));
    assert_eq!(raw, None, "in {text:?}");
}
