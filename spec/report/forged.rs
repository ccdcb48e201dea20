//! Whatever stands in a field of an event, it begins no line of the report and steers no terminal. Every field is tried.

use std::time::Instant;

use chefrs::model::collection::Timing;
use chefrs::model::ending::Ending;
use chefrs::model::error::{Diagnostic, FailedCommand, Failure, FailureKind, Location, Severity};
use chefrs::model::event::{Counts, Event, Mode, Outcome, ResourceRef, SCHEMA};
use chefrs::model::executed::Executed;
use chefrs::model::fleet::{FleetEvent, Stage, TargetEvent, TargetOutcome};
use chefrs::model::journal::Debt;
use chefrs::report::Reporter as _;
use chefrs::report::executed::{block, troubled, verdict};
use chefrs::report::outlet::{Detail, Outlet, Size};
use chefrs::report::text::TextReport;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Paper, alone, reported};

/// Ends the line, begins one that looks like ours, moves the cursor, turns the reading direction.
const FORGED: &str = "it\nerror: forged\tso\u{1b}[2J\r\u{9b}1A\u{202e}\u{2066}\u{2028}\u{200f}end";
/// How it must look, where tabs stay and where they don't.
const SHOWN: [&str; 2] = [
    "it\\nerror: forged\tso\\u{1b}[2J\\u{d}\\u{9b}1A\\u{202e}\\u{2066}\\u{2028}\\u{200f}end",
    "it\\nerror: forged\\tso\\u{1b}[2J\\u{d}\\u{9b}1A\\u{202e}\\u{2066}\\u{2028}\\u{200f}end",
];
pub(super) const PLAIN: &str = "a plain one";
/// Ends elements, attributes, comments and sections, begins scripts, and has all of the above in it.
pub(super) const HOSTILE: &str = concat!(
    "it</title></code></pre></style></script><script>document.body.dataset.run=1</script>",
    "<img src=x onerror=\"document.body.dataset.run=1\">\" onmouseover=\"x]]>--><!-- &lt;&#1;",
    "\nerror: forged\tso\u{1b}[2J\r\u{9b}1A\u{202e}\u{2066}\u{2028}\u{200f}\u{fffe}\u{ffff}\0end",
);

fn words(of: &str) -> String {
    format!("the {of}")
}

fn location(of: &str) -> Location {
    Location { file: format!("recipes/{of}.lua"), line: 7, excerpt: words("excerpt") }
}

fn resource(row: usize) -> ResourceRef {
    let within = vec!["own_app[shop]".to_owned()];
    ResourceRef {
        row,
        id: "file[/srv/shop]".into(),
        location: location("shop"),
        within,
        cookbook: String::new(),
        asked_by: String::new(),
        position: row + 1,
    }
}

pub fn failure() -> Failure {
    let argv = vec!["make".to_owned(), "-C".to_owned(), "/srv".to_owned()];
    let status = Some("exit status 2".to_owned());
    Failure {
        kind: FailureKind::Failed,
        message: words("failure"),
        command: Some(FailedCommand { argv, status, output: vec![words("output")] }),
        details: vec![words("detail")],
        hints: vec![words("hint")],
        ways_out: Vec::new(),
    }
}

fn diagnostic() -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning,
        message: words("message"),
        location: Some(location("warned")),
        notes: vec![words("note")],
        hints: vec![words("way out")],
        cause: Some(words("cause")),
        also: vec![words("also")],
    }
}

fn finished(row: usize, outcome: Outcome) -> Event {
    Event::ActionFinished { resource: resource(row), action: "create".into(), outcome, milliseconds: 1 }
}

/// Every event with every field, in an order in which they may come.
pub fn all(mode: Mode) -> Vec<Event> {
    let counts = Counts { updated: 1, failed: 1, left_out: 2, ..Counts::default() };
    let debt = Debt {
        to: "service[nginx]".into(),
        within: vec!["own_app[shop] create".into()],
        recipe: "shop::default".into(),
        action: "reload".into(),
        timing: Timing::Delayed,
        from: "file[/etc/nginx]".into(),
        skip_on_failure: true,
        awaits: Some("create".into()),
        begun: None,
        run: "20261123T125501Z-3fa9c2d1".into(),
    };
    let told = |row| Event::ActionStarted {
        resource: resource(row),
        action: "create".into(),
        notified_by: Some("execute[first]".into()),
    };
    vec![
        Event::RunStarted {
            schema: SCHEMA,
            mode,
            target: "web1".into(),
            run_list: vec!["shop".into()],
            resources: 9,
            run: "20261123T125501Z-3fa9c2d1".into(),
            via: Some("a shell: no directory there will do".into()),
        },
        Event::LeftOut { resources: vec!["file[/c]".into(), "file[/d]".into()], by: words("--skip config") },
        Event::Owed { debt },
        Event::Warning { diagnostic: diagnostic() },
        Event::Note { text: words("note beside it") },
        Event::Message { location: location("printed"), text: words("message of a recipe") },
        told(0),
        Event::Change {
            resource: resource(0),
            summary: "create file".into(),
            diff: Some("@@ -0,0 +1 @@\n+one".into()),
            may: true,
            details_until: None,
            withheld: true,
        },
        Event::Output { resource: resource(0), line: words("line") },
        Event::Waiting { resource: resource(0), message: words("lock") },
        Event::Retry { resource: resource(0), failure: failure(), left: 2 },
        Event::Notified {
            from: "file[/srv/shop]".into(),
            to: "service[nginx]".into(),
            action: "reload".into(),
            timing: "delayed".into(),
            uncertain: true,
            left_out: false,
        },
        Event::Notified {
            from: "file[/srv/shop]".into(),
            to: "service[redis]".into(),
            action: "restart".into(),
            timing: "delayed".into(),
            uncertain: false,
            left_out: true,
        },
        finished(0, Outcome::Updated),
        finished(1, Outcome::UpToDate),
        finished(2, Outcome::Skipped { reason: words("guard") }),
        finished(3, Outcome::Unknown { until: "package[git]".into(), failure: Some(failure()) }),
        told(4),
        finished(4, Outcome::Failed { failure: failure(), ignored: false }),
        finished(5, Outcome::NotRun { reason: words("halt") }),
        Event::NotRun { resources: vec!["file[/a]".into(), "file[/b]".into()], reason: words("reason") },
        Event::Restart { resource: resource(6), reason: words("kernel"), delay: 1 },
        Event::Traffic { sent: 1, received: 2, turns: 3, unshared: Some(words("sharing")) },
        Event::RunFinished {
            success: false,
            interrupted: true,
            counts,
            failures: vec![(resource(4), failure()), (resource(7), failure())],
            milliseconds: 5,
        },
    ]
}

/// A new event is a new line above.
#[test]
fn no_event_is_forgotten() {
    let number = |event: &Event| match event {
        Event::RunStarted { .. } => 0,
        Event::Owed { .. } => 1,
        Event::Warning { .. } => 2,
        Event::Note { .. } => 3,
        Event::Message { .. } => 4,
        Event::ActionStarted { .. } => 5,
        Event::Change { .. } => 6,
        Event::Output { .. } => 7,
        Event::Waiting { .. } => 8,
        Event::Retry { .. } => 9,
        Event::Notified { .. } => 10,
        Event::ActionFinished { .. } => 11,
        Event::NotRun { .. } => 12,
        Event::Restart { .. } => 13,
        Event::Traffic { .. } => 14,
        Event::RunFinished { .. } => 15,
        Event::LeftOut { .. } => 16,
    };
    let mut seen: Vec<usize> = all(Mode::Run).iter().map(number).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen, (0..17).collect::<Vec<_>>());
}

pub(super) fn stages() -> Vec<FleetEvent> {
    let targets = vec!["web1".to_owned(), "web2".to_owned()];
    let mut outcome = TargetOutcome::new("web1", Ending::Failed);
    outcome.counts = Some(Counts::default());
    outcome.resource = Some("file[/srv/shop]".into());
    outcome.failure = Some(failure());
    outcome.findings = vec![diagnostic()];
    let gone = TargetOutcome { failure: Some(failure()), ..TargetOutcome::new("web2", Ending::Unreachable) };
    let run_list = vec!["shop".to_owned()];
    let run = Some("20261123T125501Z-3fa9c2d1".to_owned());
    let mode = Mode::Run;
    let (started, batch) = (targets.clone(), targets.clone());
    let mut stages = vec![
        Stage::FleetStarted { schema: SCHEMA, mode, run_list, targets: started, batches: 2, run },
        Stage::BatchStarted { batch: 1, targets: batch },
    ];
    stages.extend(targets.iter().map(|target| Stage::TargetStarted { target: target.clone() }));
    stages.push(Stage::Note { target: Some("web1".into()), text: words("note") });
    stages.push(Stage::Note { target: None, text: words("note of all") });
    let mut events: Vec<FleetEvent> = stages.into_iter().map(FleetEvent::Stage).collect();
    let told = |event: Event| FleetEvent::Target(TargetEvent { target: "web1".into(), event: event.into() });
    events.extend(all(Mode::Run).into_iter().map(told));
    events.extend(
        [
            Stage::TargetFinished(outcome.clone().into()),
            Stage::TargetFinished(gone.clone().into()),
            Stage::BatchFinished { batch: 1 },
            Stage::finished(1, 9, vec![outcome, gone]),
        ]
        .map(FleetEvent::Stage),
    );
    events
}

/// Each of the same things with one text in it changed, wherever that still makes sense: what is one of a few words
/// can't be anything else. With each comes where the text stands.
pub(super) fn changed<T: Serialize + DeserializeOwned>(all: &[T], text: &str) -> Vec<(String, Vec<T>)> {
    let values: Vec<Value> = all.iter().map(|one| serde_json::to_value(one).unwrap()).collect();
    let mut cases = Vec::new();
    for (index, value) in values.iter().enumerate() {
        for place in texts(value, String::new()) {
            let mut value = value.clone();
            *value.pointer_mut(&place).unwrap() = text.into();
            let Ok(one) = serde_json::from_value::<T>(value) else { continue };
            let given = |other: &Value| serde_json::from_value::<T>(other.clone()).unwrap();
            let mut all: Vec<T> = values.iter().map(given).collect();
            all[index] = one;
            cases.push((format!("{}{place}", values[index]["event"]), all));
        }
    }
    cases
}

/// Where the texts of a value stand.
pub fn texts(value: &Value, at: String) -> Vec<String> {
    match value {
        Value::String(_) => vec![at],
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(index, item)| texts(item, format!("{at}/{index}"))).collect()
        }
        Value::Object(map) => map.iter().flat_map(|(key, item)| texts(item, format!("{at}/{key}"))).collect(),
        _ => Vec::new(),
    }
}

/// The forged text changes no line but where it stands, and looks there as it must.
#[track_caller]
fn assert_same(place: &str, plain: &str, forged: &str) {
    let shown = SHOWN.iter().fold(forged.to_owned(), |text, shown| text.replace(shown, PLAIN));
    // The line of a target that has ended names the reason by its first line.
    let shown = shown.replace(": it; ", &format!(": {PLAIN}; "));
    // A difference and what a recipe prints have lines, each of which begins as all of them do.
    let has_lines = place.ends_with("/diff") || place.contains("message\"/text");
    if !has_lines {
        assert_eq!(squeezed(&shown), squeezed(plain), "{place}");
        return;
    }
    for line in forged.lines().filter(|line| !plain.lines().any(|plain| plain == *line)) {
        let begins = line.starts_with("    ") || line.trim_start().starts_with("recipes/printed.lua:7: ");
        assert!(begins, "{place}: {line:?}");
        assert!(!line.contains(|c: char| c.is_control() && c != '\t'), "{place}: {line:?}");
    }
}

/// Columns are as wide as what stands in them.
fn squeezed(text: &str) -> String {
    let squeezed = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let margin = |line: &str| line.len() - line.trim_start().len();
    let lines = text.lines().map(|line| format!("{}{}\n", " ".repeat(margin(line)), squeezed(line)));
    lines.collect()
}

#[test]
fn no_field_of_an_event_begins_a_line() {
    for mode in [Mode::Run, Mode::Plan] {
        for detail in [Detail::Changes, Detail::Everything] {
            let text = |events: &[Event]| reported("text", detail, &alone(events));
            let plain = changed(&all(mode), PLAIN);
            assert!(plain.len() > 80, "only {} fields", plain.len());
            for ((place, plain), (_, forged)) in plain.iter().zip(changed(&all(mode), FORGED)) {
                assert_same(place, &text(plain), &text(&forged));
            }
        }
    }
}

#[test]
fn nor_does_one_of_a_fleet() {
    let text = |events: &[FleetEvent]| reported("text", Detail::Everything, events);
    for ((place, plain), (_, forged)) in changed(&stages(), PLAIN).iter().zip(changed(&stages(), FORGED)) {
        // Names of one and the same target come in several places; where they differ it is another target.
        assert_same(place, &text(plain), &text(&forged));
    }
}

#[test]
fn live_lines_stay_one_line() {
    let all = changed(&all(Mode::Run), FORGED).into_iter().map(|(place, events)| (place, alone(&events)));
    for (place, events) in all.chain(changed(&stages(), FORGED)) {
        let size: Size = || (400, 24);
        let mut below = TextReport::new(Outlet { live: Some(size), ..Outlet::plain(Paper::default()) });
        for event in &events {
            below.event(event);
            for line in below.live_lines(400, 24, Instant::now()) {
                assert!(!line.contains(|c: char| c.is_control() || c == '\u{202e}'), "{place}: {line:?}");
            }
        }
    }
}

#[test]
fn each_event_is_one_line_of_json() {
    for (place, events) in changed(&all(Mode::Run), FORGED) {
        let out = reported("json", Detail::Changes, &alone(&events));
        assert_eq!(out.lines().count(), events.len(), "{place}");
        for (line, event) in out.lines().zip(&events) {
            assert!(
                !line.contains(|c: char| c.is_control() || c == '\u{202e}' || c == '\u{2028}'),
                "{place}"
            );
            assert_eq!(&serde_json::from_str::<Event>(line).unwrap(), event, "{place}");
        }
    }
}

#[test]
fn nor_does_what_a_command_by_hand_comes_to() {
    let executed = |text: &str| Executed {
        target: text.to_owned(),
        outcome: Ending::Unreachable,
        output: vec![text.to_owned()],
        dropped: 1,
        failure: Some(Failure { message: text.into(), details: vec![text.into()], ..failure() }),
        milliseconds: 1,
    };
    let text = |of: &str| {
        let executed = executed(of);
        let all = [block(&executed), verdict(&executed), troubled(&[of.to_owned()])].concat();
        anstream::adapter::strip_str(&all).to_string()
    };
    assert_same("executed", &text(PLAIN), &text(FORGED));
}
