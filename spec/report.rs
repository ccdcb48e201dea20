//! Events to what a person or a program reads: `spec/report/NAME.jsonl` in, texts out.

use std::fs;
use std::path::Path;

use anstream::StripStream;
use chefrs::model::event::Event;
use chefrs::report::Reporter;
use chefrs::report::json::Json;
use chefrs::report::text::{Detail, Differences, RunText};

use crate::goldens;

mod forged;
mod progress;

#[test]
fn texts() {
    let mut differences = Vec::new();
    for (path, events) in cases() {
        for (detail, ending) in [(Detail::Changes, "txt"), (Detail::Everything, "verbose.txt")] {
            let actual = text(&events, detail);
            differences.extend(goldens::compare(&path.with_extension(ending), &actual));
        }
    }
    goldens::none(&differences);
}

#[test]
fn differences_are_shown_as_far_as_they_are_wanted() {
    for (path, events) in cases() {
        let shown = |how| {
            let mut out = Vec::new();
            report(&mut RunText::new(&mut out, Detail::Changes).with_differences(how), &events);
            String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap()
        };
        let diffs = events.iter().filter_map(|event| match event {
            Event::Change { diff: Some(diff), .. } => Some(diff.lines().count()),
            _ => None,
        });
        let (full, none) = (shown(Differences::Full), shown(Differences::None));
        let lines = |text: &str| text.lines().count();
        assert_eq!(lines(&full) - lines(&none), diffs.sum::<usize>(), "{}", path.display());
        assert!(lines(&shown(Differences::Short)) <= lines(&full));
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    for (_, events) in cases() {
        let mut styled = Vec::new();
        report(&mut RunText::new(&mut styled, Detail::Everything), &events);
        assert!(styled.contains(&0x1b));
        let stripped = anstream::adapter::strip_bytes(&styled).into_vec();
        assert_eq!(String::from_utf8(stripped).unwrap(), text(&events, Detail::Everything));
    }
}

#[test]
fn nothing_from_a_machine_reaches_the_terminal_raw() {
    for (path, events) in cases() {
        assert_plain(&text(&events, Detail::Everything), &path);
    }
}

/// Nothing in a text can steer a terminal.
pub fn assert_plain(text: &str, path: &Path) {
    for line in text.lines() {
        let raw =
            line.chars().find(|c| c.is_control() && *c != '\t' || ('\u{2028}'..='\u{202e}').contains(c));
        assert_eq!(raw, None, "{} in {line:?}", path.display());
    }
}

#[test]
fn json_is_the_event_stream_itself() {
    for (path, events) in cases() {
        let mut out = Vec::new();
        report(&mut Json::new(&mut out), &events);
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out, fs::read_to_string(&path).unwrap(), "{}", path.display());
        assert!(out.lines().next().unwrap().contains("\"schema\":2"), "{}", path.display());
    }
}

#[test]
fn json_hides_what_acts_on_a_terminal() {
    let before = "{\"a\":\"\u{9b}2J\u{7f}\u{202e}ü\"}\n";
    let after = chefrs::report::json::visible(before);
    assert_eq!(after, "{\"a\":\"\\u009b2J\\u007f\\u202eü\"}\n");
    let same = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(same(before), same(&after));
}

#[test]
fn a_reader_that_leaves_does_not_stop_the_run_and_is_told_at_the_end() {
    struct Gone;
    impl std::io::Write for Gone {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for (_, events) in &cases() {
        let mut text = RunText::new(Gone, Detail::Changes);
        for event in events {
            text.event(event);
        }
        assert_eq!(text.finish().unwrap_err().kind(), std::io::ErrorKind::BrokenPipe);
        let mut json = Json::new(Gone);
        for event in events {
            json.event(event);
        }
        assert_eq!(json.finish().unwrap_err().kind(), std::io::ErrorKind::BrokenPipe);
    }
}

fn text(events: &[Event], detail: Detail) -> String {
    let mut out = Vec::new();
    report(&mut RunText::new(StripStream::new(&mut out), detail), events);
    String::from_utf8(out).unwrap()
}

fn report(reporter: &mut dyn Reporter, events: &[Event]) {
    for event in events {
        reporter.event(event);
    }
    reporter.finish().unwrap();
}

fn cases() -> Vec<(std::path::PathBuf, Vec<Event>)> {
    let files = goldens::files("report", "jsonl");
    assert!(!files.is_empty());
    files.into_iter().map(|path| (path.clone(), events(&path))).collect()
}

fn events(path: &Path) -> Vec<Event> {
    let text = fs::read_to_string(path).unwrap();
    let parse = |line: &str| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}: {line}", path.display()))
    };
    text.lines().map(parse).collect()
}
