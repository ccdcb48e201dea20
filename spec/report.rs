//! Events to what a person or a program reads: `spec/report/NAME.jsonl` in, texts out.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use chefrs::model::event::Event;
use chefrs::model::fleet::{FleetEvent, TargetEvent};
use chefrs::report::Reporter;
use chefrs::report::format::{FORMATS, ReportFormat};
use chefrs::report::outlet::{Detail, Differences, Outlet};

use crate::goldens;

pub mod forged;
mod html;
mod junit;
mod live;

/// What a reporter has written.
#[derive(Debug, Default, Clone)]
pub struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    /// All of it so far.
    pub fn read(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The same without styles.
    pub fn plain(&self) -> String {
        anstream::adapter::strip_str(&self.read()).to_string()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A reader that has gone.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The format of that name.
pub fn format(name: &str) -> &'static ReportFormat {
    ReportFormat::named(name).unwrap_or_else(|| panic!("there is no format `{name}`"))
}

/// What the events come to in a format: what stands on standard output, then what stands on standard error.
pub fn reported(name: &str, detail: Detail, events: &[FleetEvent]) -> String {
    let (paper, notes) = (Paper::default(), Paper::default());
    let outlet = Outlet { detail, notes: Box::new(notes.clone()), ..Outlet::plain(paper.clone()) };
    tell(format(name).reporter(outlet).as_mut(), events);
    paper.read() + &notes.plain()
}

/// All of them, and the end.
pub fn tell(reporter: &mut dyn Reporter, events: &[FleetEvent]) {
    for event in events {
        reporter.event(event);
    }
    reporter.finish().unwrap();
}

/// Events of one target alone.
pub fn alone(events: &[Event]) -> Vec<FleetEvent> {
    let told = |event: &Event| TargetEvent { target: "local".into(), event: Box::new(event.clone()) };
    events.iter().map(|event| FleetEvent::Target(told(event))).collect()
}

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
            let paper = Paper::default();
            let outlet = Outlet { differences: how, ..Outlet::plain(paper.clone()) };
            tell(format("text").reporter(outlet).as_mut(), &alone(&events));
            paper.read()
        };
        let diffs = events.iter().filter_map(|event| match event {
            Event::Change { diff: Some(diff), .. } => Some(diff.lines().count()),
            _ => None,
        });
        let (full, none) = (shown(Differences::Full), shown(Differences::None));
        let lines = |text: &str| text.lines().count();
        assert_eq!(lines(&full) - lines(&none), diffs.sum::<usize>(), "{}", path.display());
        assert!(lines(&shown(Differences::default())) <= lines(&full));
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    for (_, events) in cases() {
        let styled = Paper::default();
        let outlet = Outlet { detail: Detail::Everything, styled: true, ..Outlet::plain(styled.clone()) };
        tell(format("text").reporter(outlet).as_mut(), &alone(&events));
        assert!(styled.read().contains('\u{1b}'));
        assert_eq!(styled.plain(), text(&events, Detail::Everything));
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
        let out = reported("json", Detail::Changes, &alone(&events));
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
    for (_, events) in &cases() {
        for format in FORMATS {
            let mut reporter = format.reporter(Outlet::plain(Gone));
            for event in alone(events) {
                reporter.event(&event);
            }
            let error = reporter.finish().unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{}", format.name);
        }
    }
}

fn text(events: &[Event], detail: Detail) -> String {
    reported("text", detail, &alone(events))
}

pub(crate) fn cases() -> Vec<(std::path::PathBuf, Vec<Event>)> {
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
