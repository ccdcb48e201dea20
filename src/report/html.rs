//! A report as a single HTML page. It loads nothing, and only the filters need a script.
//!
//! The data comes from machines and cooks, and is escaped by [`Markup`]. As a second defence, the content security
//! policy allows only the page's own script and style, by their digests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::markup::Markup;
use super::whole::WholeRun;
use crate::model::packed;

mod failures;
mod machines;
mod resources;
mod summary;
mod time;
mod trouble;

/// A part of the page.
fn part(name: &str) -> &'static str {
    packed::text("src/report/html", name).unwrap_or_default()
}

/// The page of a run that started at this time.
pub(super) fn render(whole: &WholeRun, begun: &str) -> String {
    let mut title = Markup::default();
    title.text(summary::title(whole));
    let mut body = Markup::default();
    summary::head(&mut body, whole);
    body.element("main", &[("id", "main")], |main| {
        summary::about(main, whole, begun);
        failures::write(main, whole);
        machines::write(main, whole);
        resources::write(main, whole);
        time::write(main, whole);
    });
    summary::foot(&mut body);
    let [css, code] = ["page.css", "filters.js"].map(part);
    let (style, script) = (digest(css), digest(code));
    fill(&[
        ("[STYLE HASH]", &style),
        ("[SCRIPT HASH]", &script),
        ("[TITLE]", &title.finish()),
        ("[STYLE]", css),
        ("[BODY]", &body.finish()),
        ("[SCRIPT]", code),
    ])
}

/// The digest for the content security policy.
fn digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// Fills the placeholders of the page, in this order. Inserted text is not searched for placeholders.
fn fill(parts: &[(&str, &str)]) -> String {
    let (mut page, mut rest) = (String::new(), part("page.html"));
    for (place, text) in parts {
        let (before, after) = rest.split_once(place).unwrap_or((rest, ""));
        page.push_str(before);
        page.push_str(text);
        rest = after;
    }
    page + rest
}
