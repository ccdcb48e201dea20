//! A report as one page of HTML: nothing is loaded from anywhere, and nothing on it needs a script but the filters.
//!
//! What stands on it comes from machines and cooks. It goes through [`Markup`] alone; and should anything ever get past
//! that, the page allows no script and no style but its own two, which it names by their digests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::markup::Markup;
use super::whole::WholeRun;

mod failures;
mod machines;
mod resources;
mod summary;
mod time;
mod trouble;

const PAGE: &str = include_str!("html/page.html");
const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/filters.js");

/// The page of a run that began at that time.
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
    let (style, script) = (digest(STYLE), digest(SCRIPT));
    fill(&[
        ("[STYLE HASH]", &style),
        ("[SCRIPT HASH]", &script),
        ("[TITLE]", &title.finish()),
        ("[STYLE]", STYLE),
        ("[BODY]", &body.finish()),
        ("[SCRIPT]", SCRIPT),
    ])
}

/// What the browser compares what it finds with.
fn digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// The page with these in their places, which come in this order. What is put in is not looked at again.
fn fill(parts: &[(&str, &str)]) -> String {
    let (mut page, mut rest) = (String::new(), PAGE);
    for (place, text) in parts {
        let (before, after) = rest.split_once(place).unwrap_or((rest, ""));
        page.push_str(before);
        page.push_str(text);
        rest = after;
    }
    page + rest
}
