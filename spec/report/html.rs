//! The page: whole without a script, made of nothing but what it is made of whatever a target says, and alive in a browser.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};

use chefrs::model::event::{Event, Mode};
use chefrs::model::fleet::{FleetEvent, TargetEvent};
use chefrs::report::outlet::Detail;
use roxmltree::{Document, Node};

use super::forged::{HOSTILE, PLAIN, all, changed, stages};
use super::{alone, cases, reported};
use crate::fleet::texts;
use crate::patience::CallInTime as _;
use crate::skipped::skip_anywhere;

fn html(events: &[FleetEvent]) -> String {
    reported("html", Detail::Changes, events)
}

/// What the page shows, which is XML as well.
fn body(page: &str) -> &str {
    let (_, body) = page.split_once("<body>").unwrap();
    body.rsplit_once("<script>").unwrap().0
}

fn parsed<T>(page: &str, place: &str, look: impl FnOnce(Node<'_, '_>) -> T) -> T {
    let xml = format!("<body>{}</body>", body(page));
    let document = Document::parse(&xml).unwrap_or_else(|error| panic!("{place}: {error}"));
    look(document.root_element())
}

fn stories() -> impl Iterator<Item = (std::path::PathBuf, Vec<FleetEvent>)> {
    cases().into_iter().map(|(path, events)| (path, alone(&events))).chain(texts::cases())
}

#[test]
fn a_page_is_well_built() {
    for (path, events) in stories() {
        let (page, place) = (html(&events), path.display().to_string());
        assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">\n"), "{place}");
        assert!(!page.contains("[STYLE") && !page.contains("[SCRIPT") && !page.contains("[BODY]"), "{place}");
        parsed(&page, &place, |body| {
            let elements = || body.descendants().filter(Node::is_element);
            let count = |name: &str| elements().filter(|node| node.has_tag_name(name)).count();
            assert_eq!(
                (count("h1"), count("main"), count("header"), count("footer")),
                (1, 1, 1, 1),
                "{place}"
            );
            let ids: Vec<&str> = elements().filter_map(|node| node.attribute("id")).collect();
            let unique: BTreeSet<&&str> = ids.iter().collect();
            assert_eq!(unique.len(), ids.len(), "{place}: {ids:?}");
            for node in elements() {
                let labelled = node.attribute("aria-labelledby");
                let leads = node.attribute("href").map(|href| href.trim_start_matches('#'));
                for id in labelled.into_iter().chain(leads) {
                    assert!(ids.contains(&id), "{place}: nothing is `{id}`");
                }
            }
        });
    }
}

/// Nothing is loaded, and no script or style but its own two can be, should anything ever get past the escapes.
#[test]
fn a_page_needs_nothing_and_allows_nothing() {
    for (path, events) in stories() {
        let page = html(&events);
        let (head, _) = page.split_once("<title>").unwrap();
        assert!(head.contains("content=\"default-src 'none'; base-uri 'none'; form-action 'none'; "));
        assert!(!head.contains("unsafe"), "{}", path.display());
        parsed(&page, "", |body| {
            for node in body.descendants().filter(Node::is_element) {
                let loads = ["src", "srcset", "style", "action", "data", "poster"];
                assert!(!node.attributes().any(|given| loads.contains(&given.name())), "{node:?}");
                assert!(!node.attributes().any(|given| given.name().starts_with("on")), "{node:?}");
                assert!(node.attribute("href").is_none_or(|href| href.starts_with('#')), "{node:?}");
            }
        });
    }
}

/// What the page is made of, without what it says.
fn shape(page: &str, place: &str) -> Vec<String> {
    parsed(page, place, |body| {
        let elements = body.descendants().filter(Node::is_element);
        let names = |node: Node<'_, '_>| {
            let attributes: Vec<&str> = node.attributes().map(|given| given.name()).collect();
            format!("{} {}", node.tag_name().name(), attributes.join(" "))
        };
        elements.map(names).collect()
    })
}

#[test]
fn no_field_is_more_than_text() {
    let same = |place: &str, plain: &[FleetEvent], hostile: &[FleetEvent]| {
        let (plain, hostile) = (html(plain), html(hostile));
        // A difference has a line for each of its own.
        if !place.ends_with("/diff") {
            assert_eq!(shape(&hostile, place), shape(&plain, place), "{place}");
        }
        let (_, rest) = hostile.split_once("<title>").unwrap();
        let raw =
            |c: char| c.is_control() && c != '\n' && c != '\t' || ('\u{2028}'..='\u{202e}').contains(&c);
        assert!(!rest.contains(raw), "{place}");
        let (title, _) = rest.split_once("</title>").unwrap();
        assert!(!title.contains('<'), "{place}: {title}");
    };
    for mode in [Mode::Run, Mode::Plan] {
        for ((place, plain), (_, hostile)) in
            changed(&all(mode), PLAIN).iter().zip(changed(&all(mode), HOSTILE))
        {
            same(place, &alone(plain), &alone(&hostile));
        }
    }
    for ((place, plain), (_, hostile)) in changed(&stages(), PLAIN).iter().zip(changed(&stages(), HOSTILE)) {
        same(place, plain, &hostile);
    }
}

#[test]
fn the_same_cause_stands_there_once_with_all_that_have_it() {
    let cards = |targets: &[&str]| {
        let told = |target: &&str| {
            let told = |event: Event| TargetEvent { target: (*target).to_owned(), event: Box::new(event) };
            all(Mode::Run).into_iter().map(told).map(FleetEvent::Target).collect::<Vec<_>>()
        };
        let page = html(&targets.iter().flat_map(told).collect::<Vec<_>>());
        assert_eq!(page.contains("on web1 and web2</span>"), targets.len() == 2);
        page.matches("<article").count()
    };
    assert_eq!(cards(&["web1", "web2"]), cards(&["web1"]));
}

/// Every resource that acted, and every failure, can be found on it.
#[test]
fn nothing_is_left_out() {
    for (path, events) in stories() {
        let page = html(&events);
        let text = parsed(&page, "", |body| {
            body.descendants().filter_map(|node| node.text()).collect::<Vec<_>>().join("\n")
        });
        let shown = |data: &str| {
            let data = chefrs::model::english::printable(data);
            assert!(text.contains(data.trim_end()), "{}: {data:?} is not on the page", path.display());
        };
        for event in &events {
            let FleetEvent::Target(told) = event else { continue };
            match &*told.event {
                Event::Change { resource, .. } => shown(&resource.id),
                Event::RunFinished { failures, .. } => {
                    for (_, failure) in failures {
                        shown(&failure.message);
                    }
                }
                _ => {}
            }
        }
    }
}

#[test]
fn a_story_without_an_end_is_a_page_that_says_so() {
    for (path, events) in stories() {
        for length in 0..events.len() {
            shape(&html(&events[..length]), &path.display().to_string());
        }
    }
    let begun: Vec<FleetEvent> = stages().into_iter().take(4).collect();
    assert!(html(&begun).contains("no end seen"));
}

/// In a real browser: what a target says runs nothing there, and the filters work.
#[test]
fn a_browser_shows_it_and_runs_nothing_of_it() {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let is_there = |name: &&&str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|directory| directory.join(name).is_file())
    };
    let Some(browser) = names.iter().find(is_there) else {
        skip_anywhere("no browser is installed (chromium)");
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let (_, events) = changed(&stages(), HOSTILE).into_iter().next_back().unwrap();
    let every: Vec<FleetEvent> = events
        .into_iter()
        .chain(changed(&stages(), HOSTILE).into_iter().flat_map(|(_, events)| events))
        .collect();
    let file = directory.path().join("report.html");
    fs::write(&file, html(&every)).unwrap();
    let profile = format!("--user-data-dir={}", directory.path().join("profile").display());
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args([&profile, "--dump-dom"])
        .arg(format!("file://{}#hostile", file.display()))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output_in_time()
        .unwrap();
    let dom = String::from_utf8(output.stdout).unwrap();
    assert!(dom.contains("<h1>"), "{browser} shows nothing: {:?}", output.status);
    assert!(!dom.contains("<img") && !dom.contains("data-run"), "something of it ran or became an element");
    // The filters are there once their script has run.
    let (_, form) = dom.split_once("<form class=\"filters\"").unwrap();
    let (form, _) = form.split_once('>').unwrap();
    assert!(!form.contains("hidden"), "{form}");
    assert!(dom.contains(" shown</output>"), "the filters count what is shown");
}
