//! Events of a fleet to text and JSON: `spec/fleet/NAME.jsonl` in, texts out.

use std::fs;
use std::path::PathBuf;

use anstream::StripStream;
use chefrs::model::fleet::FleetEvent;
use chefrs::report::FleetReporter;
use chefrs::report::fleet::FleetText;
use chefrs::report::json::Json;
use chefrs::report::text::Detail;

use crate::goldens;
use crate::report::assert_plain;

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
        let mut out = Vec::new();
        report(&mut Json::new(&mut out), &events);
        let out = String::from_utf8(out).unwrap();
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
        let (mut styled, mut notes) = (Vec::new(), Vec::new());
        report(&mut FleetText::new(&mut styled, &mut notes, Detail::Changes), &events);
        assert!(styled.contains(&0x1b));
        styled.extend(notes);
        let stripped = anstream::adapter::strip_bytes(&styled).into_vec();
        assert_eq!(String::from_utf8(stripped).unwrap(), text(&events, Detail::Changes));
    }
}

#[test]
fn nothing_from_a_machine_reaches_the_terminal_raw() {
    for (path, events) in cases() {
        assert_plain(&text(&events, Detail::Everything), &path);
    }
}

#[test]
fn a_reader_that_leaves_is_told_at_the_end() {
    struct Gone;
    impl std::io::Write for Gone {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for (_, events) in cases() {
        let mut text = FleetText::new(Gone, Gone, Detail::Changes);
        for event in &events {
            text.event(event);
        }
        assert_eq!(text.finish().unwrap_err().kind(), std::io::ErrorKind::BrokenPipe);
    }
}

/// What stands on standard output, then what stands on standard error.
fn text(events: &[FleetEvent], detail: Detail) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    report(&mut FleetText::new(StripStream::new(&mut out), StripStream::new(&mut err), detail), events);
    out.extend(err);
    String::from_utf8(out).unwrap()
}

fn report(reporter: &mut dyn FleetReporter, events: &[FleetEvent]) {
    for event in events {
        reporter.event(event);
    }
    reporter.finish().unwrap();
}

fn cases() -> Vec<(PathBuf, Vec<FleetEvent>)> {
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
