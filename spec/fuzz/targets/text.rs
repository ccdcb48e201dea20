//! What several of them need: a text in sections, and what holds for every message.

use chefrs::model::english::acts_on_text;
use chefrs::model::error::Diagnostic;

/// Most characters that an excerpt is expected to have.
const EXCERPT: usize = 400;

/// The sections of a text; a line of `%%` stands between two.
pub fn sections(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n%%\n")
}

/// Whoever wrote it can find the place, and nothing in it acts on a terminal.
pub fn is_on_its_lines(mistake: &Diagnostic) {
    assert!(!mistake.message.trim().is_empty());
    if let Some(location) = &mistake.location {
        assert!(location.excerpt.chars().count() <= EXCERPT, "{location:?}");
        assert!(!location.excerpt.contains(acts_on_text), "{location:?}");
    }
    is_plain(&mistake.to_string());
}

/// Nothing in it can steer a terminal.
pub fn is_plain(text: &str) {
    let raw = text.chars().find(|c| acts_on_text(*c) && !matches!(c, '\n' | '\t'));
    assert_eq!(raw, None, "in {text:?}");
}
