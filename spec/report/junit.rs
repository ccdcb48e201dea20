//! JUnit XML: goldens beside the events; whatever stands in a field, it is well-formed and adds up.

use chefrs::model::event::Mode;
use chefrs::model::fleet::FleetEvent;
use chefrs::report::outlet::Detail;
use roxmltree::{Document, Node};

use super::forged::{HOSTILE, all, changed, stages};
use super::{alone, cases, reported};
use crate::fleet::texts;
use crate::goldens;

fn junit(events: &[FleetEvent]) -> String {
    reported("junit", Detail::Changes, events)
}

/// Every story that is told in text, of one target and of several.
fn stories() -> impl Iterator<Item = (std::path::PathBuf, Vec<FleetEvent>)> {
    cases().into_iter().map(|(path, events)| (path, alone(&events))).chain(texts::cases())
}

#[test]
fn suites() {
    let mut differences = Vec::new();
    for (path, events) in stories() {
        let xml = junit(&events).replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
        differences.extend(goldens::compare(&path.with_extension("junit.xml"), &xml));
    }
    goldens::none(&differences);
}

fn elements<'a>(node: Node<'a, 'a>, name: &str) -> usize {
    node.descendants().filter(|inner| inner.has_tag_name(name)).count()
}

/// The numbers that a CI system shows are those of the elements that it finds.
fn adds_up(xml: &str, place: &str) {
    let document = Document::parse(xml).unwrap_or_else(|error| panic!("{place}: {error}: {xml}"));
    let all = document.root_element();
    assert_eq!(all.tag_name().name(), "testsuites", "{place}");
    let suites = all.children().filter(Node::is_element);
    for counted in std::iter::once(all).chain(suites) {
        for (attribute, element) in
            [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
        {
            let number = counted.attribute(attribute).unwrap();
            assert_eq!(number, elements(counted, element).to_string(), "{place}: {attribute}");
        }
        counted.attribute("time").unwrap().parse::<f64>().unwrap();
    }
    for case in all.descendants().filter(|node| node.has_tag_name("testcase")) {
        let results = ["failure", "error", "skipped"];
        let results = case.children().filter(|node| results.contains(&node.tag_name().name())).count();
        assert!(results <= 1, "{place}: one case has one result");
        for attribute in ["classname", "name", "time"] {
            assert!(case.attribute(attribute).is_some(), "{place}: {attribute}");
        }
    }
}

#[test]
fn every_story_adds_up() {
    for (path, events) in stories() {
        adds_up(&junit(&events), &path.display().to_string());
    }
}

/// A run that was cut off anywhere leaves a document all the same, and one that nobody takes for a good end.
#[test]
fn a_story_without_an_end_is_an_error() {
    for (path, events) in stories() {
        for length in 0..events.len() {
            adds_up(&junit(&events[..length]), &format!("{} at {length}", path.display()));
        }
    }
    let begun: Vec<FleetEvent> = stages().into_iter().take(4).collect();
    let xml = junit(&begun);
    let document = Document::parse(&xml).unwrap();
    assert_eq!(document.root_element().attribute("errors"), Some("2"), "{xml}");
}

#[test]
fn no_field_is_more_than_text() {
    for mode in [Mode::Run, Mode::Plan] {
        for (place, events) in changed(&all(mode), HOSTILE) {
            adds_up(&junit(&alone(&events)), &place);
        }
    }
    for (place, events) in changed(&stages(), HOSTILE) {
        adds_up(&junit(&events), &place);
    }
}

/// Every character that XML does not have, or that a parser reads as another.
#[test]
fn every_character_has_a_form() {
    let every: String =
        ('\0'..='\u{ff}').chain('\u{2000}'..='\u{206f}').chain('\u{fff0}'..='\u{ffff}').collect();
    for (place, events) in changed(&all(Mode::Run), &every) {
        adds_up(&junit(&alone(&events)), &place);
    }
}
