//! What a machine tells on its way to a terminal: masked, and then written.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use chefrs::model::error::{Failure, Location};
use chefrs::model::event::{Event, Outcome, ResourceRef};
use chefrs::model::fleet::{FleetEvent, TargetEvent};
use chefrs::model::redact::{MaskedEvents, Redactor, is_too_plain};
use chefrs::report::format::FORMATS;
use chefrs::report::outlet::{Detail, Outlet};

use super::text::is_plain;

/// The first line is a secret. Each further one is an event as JSON, or else what a command printed.
pub fn told(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (secret, lines) = text.split_once('\n').unwrap_or_default();
    masked(secret, lines);
    let events: Vec<Event> = lines.lines().take(200).flat_map(events).collect();
    reported(&events);
}

/// However a text comes, in one piece or by its lines, the secret is not in it any more.
fn masked(secret: &str, text: &str) {
    let secrets = BTreeMap::from([("it".to_owned(), secret.to_owned())]);
    let redactor = Redactor::new(&secrets);
    let mut whole = text.to_owned();
    redactor.list(&mut [&mut whole]);
    assert_eq!(whole.matches('\n').count(), text.matches('\n').count(), "lines stay as many");
    let mut lines = Vec::new();
    let mut masked = MaskedEvents::new(&secrets);
    let mut keep = |event| {
        if let Event::Output { line, .. } = event {
            lines.push(line);
        }
    };
    for line in text.split('\n') {
        masked.pass(output(line), &mut keep);
    }
    masked.flush(&mut keep);
    assert_eq!(lines.len(), text.split('\n').count());
    let secret = secret.trim();
    // Stars of ours are no secret.
    if is_too_plain(secret) || secret.contains('*') {
        return;
    }
    for masked in [&whole, &lines.join("\n")] {
        assert!(!masked.contains(secret), "{secret:?} is in {masked:?}");
    }
}

fn resource(id: &str) -> ResourceRef {
    let location = Location::new("recipes/x.lua", 1);
    ResourceRef {
        row: 0,
        id: id.to_owned(),
        location,
        within: Vec::new(),
        cookbook: String::new(),
        asked_by: String::new(),
        position: 1,
    }
}

fn output(line: &str) -> Event {
    Event::Output { resource: resource("execute[x]"), line: line.to_owned() }
}

/// The event that a line is, or some that it is a part of.
fn events(line: &str) -> Vec<Event> {
    if let Ok(event) = serde_json::from_str(line) {
        return vec![event];
    }
    let text = line.replace("\\n", "\n");
    let failure = Failure::new(text.as_str()).hint(text.as_str());
    let (resource, action) = (resource(&text), text.clone());
    vec![
        output(&text),
        Event::Change {
            resource: resource.clone(),
            summary: text.clone(),
            diff: Some(text),
            may: false,
            details_until: None,
            withheld: false,
        },
        Event::ActionFinished {
            resource,
            action,
            outcome: Outcome::Failed { failure, ignored: false },
            milliseconds: 1,
        },
    ]
}

/// Nothing in a report steers a terminal, and what is JSON is the same event.
fn reported(events: &[Event]) {
    for format in FORMATS {
        let written = Written::default();
        let outlet = Outlet { detail: Detail::Everything, ..Outlet::plain(written.clone()) };
        let mut reporter = format.reporter(outlet);
        for event in events {
            let told = TargetEvent { target: "local".to_owned(), event: Box::new(event.clone()) };
            reporter.event(&FleetEvent::Target(told));
        }
        reporter.finish().expect("memory can be written");
        let bytes = written.0.lock().expect("nobody breaks with it").clone();
        let text = String::from_utf8(bytes).expect("a text is UTF-8");
        is_plain(&text);
        if format.name == "json" {
            let read = text.lines().map(|line| serde_json::from_str::<Event>(line).expect("an event"));
            assert!(read.eq(events.iter().cloned()));
        }
    }
}

/// What a reporter has written.
#[derive(Default, Clone)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody breaks with it").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
