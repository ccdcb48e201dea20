//! Details of failures, used on the cards and in the rows of resources.

use crate::model::error::{Diagnostic, Failure, Location};
use crate::model::step::Command;
use crate::report::markup::Markup;

/// Writes the details of a failure, without its message.
pub(super) fn failure(page: &mut Markup, failure: &Failure) {
    if let Some(command) = &failure.command {
        let words = Command::new(command.argv.iter().map(String::as_str)).display();
        page.element("p", &[], |page| {
            page.literal("command: ");
            page.leaf("code", &[], words);
        });
        if let Some(status) = &command.status {
            page.leaf("p", &[], format!("status: {status}"));
        }
    }
    let output = failure.command.iter().flat_map(|command| &command.output);
    lines(page, "What it printed", output.chain(&failure.details));
    hints(page, &failure.hints);
}

/// Writes a finding: message, location, notes, hints.
pub(super) fn finding(page: &mut Markup, finding: &Diagnostic) {
    sentence(page, "", &finding.message);
    if let Some(location) = &finding.location {
        excerpt(page, location);
    }
    finding.notes().for_each(|note| page.leaf("p", &[("class", "soft")], format!("note: {note}")));
    hints(page, &finding.hints);
}

/// Writes a location with the text of the line.
pub(super) fn excerpt(page: &mut Markup, location: &Location) {
    page.element("p", &[("class", "where")], |page| {
        page.leaf("code", &[], location.to_string());
    });
    if !location.excerpt.is_empty() {
        scrolls(page, "", "The line", |page| {
            page.leaf("span", &[("class", "gutter")], format!("{} | ", location.line));
            page.text(&location.excerpt);
        });
    }
}

/// Writes lines of output as a block. Nothing if there are none.
pub(super) fn lines<'a>(page: &mut Markup, label: &str, lines: impl Iterator<Item = &'a String>) {
    let lines: Vec<&str> = lines.map(String::as_str).collect();
    if !lines.is_empty() {
        scrolls(page, "", label, |page| page.text(lines.join("\n")));
    }
}

/// Writes a block that can scroll. It can be focused, so that it scrolls with the keyboard too.
pub(super) fn scrolls(page: &mut Markup, class: &str, label: &str, inner: impl FnOnce(&mut Markup)) {
    let attributes = [("class", class), ("tabindex", "0"), ("role", "region"), ("aria-label", label)];
    page.element("pre", &attributes, |page| page.element("code", &[], inner));
}

/// Writes a sentence, with text in backticks as code.
pub(super) fn sentence(page: &mut Markup, class: &str, words: &str) {
    let parts: Vec<&str> = words.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return page.leaf("p", &[("class", class)], words);
    }
    page.element("p", &[("class", class)], |page| {
        for (number, part) in parts.iter().enumerate() {
            if number % 2 == 1 { page.leaf("code", &[], part) } else { page.text(part) }
        }
    });
}

fn hints(page: &mut Markup, hints: &[String]) {
    for hint in hints {
        sentence(page, "hint", hint);
    }
}
