//! Events of a fleet to text and JSON: `spec/fleet/NAME.jsonl` in, texts out.

use std::fs;
use std::path::PathBuf;

use chefrs::model::fleet::FleetEvent;
use chefrs::report::outlet::{Detail, Outlet};

use crate::goldens;
use crate::report::{Paper, assert_plain, format, reported, tell};

#[test]
fn texts() {
    let mut differences = Vec::new();
    for (path, events) in cases() {
        differences.extend(goldens::compare(&path.with_extension("txt"), &text(&events, Detail::Changes)));
    }
    goldens::none(&differences);
}

#[test]
fn json_is_the_event_stream_itself() {
    for (path, events) in cases() {
        let out = reported("json", Detail::Changes, &events);
        assert_eq!(out, fs::read_to_string(&path).unwrap(), "{}", path.display());
        for (number, line) in out.lines().enumerate() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(value["event"].is_string(), "{line}");
            assert_eq!(value["schema"] == 2, number == 0 || value["event"] == "run_started", "{line}");
        }
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    for (_, events) in cases() {
        let (styled, notes) = (Paper::default(), Paper::default());
        let outlet = Outlet { styled: true, notes: Box::new(notes.clone()), ..Outlet::plain(styled.clone()) };
        tell(format("text").reporter(outlet).as_mut(), &events);
        assert!(styled.read().contains('\u{1b}'));
        assert_eq!(styled.plain() + &notes.plain(), text(&events, Detail::Changes));
    }
}

#[test]
fn nothing_from_a_machine_reaches_the_terminal_raw() {
    for (path, events) in cases() {
        assert_plain(&text(&events, Detail::Everything), &path);
    }
}

/// What stands on standard output, then what stands on standard error.
fn text(events: &[FleetEvent], detail: Detail) -> String {
    reported("text", detail, events)
}

pub(crate) fn cases() -> Vec<(PathBuf, Vec<FleetEvent>)> {
    let files = goldens::files("fleet", "jsonl");
    assert!(!files.is_empty());
    files
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let parse = |line: &str| {
                serde_json::from_str(line)
                    .unwrap_or_else(|error| panic!("{}: {error}: {line}", path.display()))
            };
            let events = text.lines().map(parse).collect();
            (path.clone(), events)
        })
        .collect()
}
