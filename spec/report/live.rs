//! The live line: drawn on the terminal alone, cut to its width, gone before each line that stays.

use std::time::{Duration, Instant};

use chefrs::model::error::Location;
use chefrs::model::event::{Counts, Event, Mode, ResourceRef};
use chefrs::model::fleet::{FleetEvent, TargetEvent};
use chefrs::report::Reporter as _;
use chefrs::report::outlet::Outlet;
use chefrs::report::text::TextReport;

use super::Paper;

#[test]
fn names_the_resource_and_the_last_line_of_output() {
    let (out, terminal) = (Paper::default(), Paper::default());
    let mut live = live(&out, &terminal);
    tell(&mut live, started());
    tell(&mut live, turn(11, "package[nginx]", "install"));
    assert_eq!(line(&live, 80), "[12/106] package[nginx] install");
    tell(&mut live, output("Unpacking nginx …\r"));
    assert_eq!(line(&live, 80), "[12/106] package[nginx] install … Unpacking nginx …");
    // A notified resource from further up does not turn the count back.
    tell(&mut live, turn(2, "service[nginx]", "reload"));
    assert_eq!(line(&live, 80), "[12/106] service[nginx] reload");
}

#[test]
fn is_cut_to_the_width_by_characters() {
    let (out, terminal) = (Paper::default(), Paper::default());
    let mut live = live(&out, &terminal);
    tell(&mut live, started());
    tell(&mut live, turn(0, "file[/srv/größe]", "create"));
    assert_eq!(line(&live, 21), "[1/106] file[/srv/gr…");
    assert_eq!(line(&live, 21).chars().count(), 21);
    assert_eq!(line(&live, 0).chars().count(), 1);
}

#[test]
fn control_characters_of_a_machine_stay_visible_text() {
    let (out, terminal) = (Paper::default(), Paper::default());
    let mut live = live(&out, &terminal);
    tell(&mut live, started());
    tell(&mut live, turn(0, "execute[x]", "run"));
    tell(&mut live, output("\u{1b}[2Jgone\nand more"));
    assert_eq!(line(&live, 80), "[1/106] execute[x] run … \\u{1b}[2Jgone\\nand more");
}

#[test]
fn is_taken_away_before_each_line_that_stays_and_at_the_end() {
    let (out, terminal) = (Paper::default(), Paper::default());
    let mut live = live(&out, &terminal);
    tell(&mut live, started());
    tell(&mut live, turn(0, "file[/x]", "create"));
    let change = Event::Change {
        resource: resource(0, "file[/x]"),
        summary: "create file".into(),
        diff: None,
        may: false,
        details_until: None,
        withheld: false,
    };
    tell(&mut live, change);
    tell(
        &mut live,
        Event::RunFinished {
            success: true,
            interrupted: false,
            counts: Counts { updated: 1, ..Counts::default() },
            failures: Vec::new(),
            milliseconds: 5,
        },
    );
    live.finish().unwrap();
    let terminal = terminal.read();
    let drawn = terminal.matches("[1/106] file[/x] create").count();
    assert_eq!(drawn, 2, "drawn at the turn, and again below the line: {terminal:?}");
    assert!(terminal.ends_with("\r\u{1b}[J"), "{terminal:?}");
    let out = out.read();
    assert!(!out.contains('\r'), "{out:?}");
    assert!(out.contains("file[/x] create: create file\n"), "{out:?}");
}

#[test]
fn an_action_that_takes_long_says_how_long() {
    let (out, terminal) = (Paper::default(), Paper::default());
    let mut live = live(&out, &terminal);
    tell(&mut live, started());
    tell(&mut live, turn(11, "package[nginx]", "install"));
    tell(&mut live, output("Unpacking"));
    let after = |seconds| live.live_lines(80, 24, Instant::now() + Duration::from_secs(seconds));
    assert_eq!(after(2), ["[12/106] package[nginx] install … Unpacking"]);
    assert_eq!(after(14), ["[12/106] package[nginx] install (14 s) … Unpacking"]);
    assert_eq!(after(125), ["[12/106] package[nginx] install (2 min 5 s) … Unpacking"]);
}

fn live(out: &Paper, terminal: &Paper) -> TextReport {
    TextReport::new(Outlet {
        notes: Box::new(terminal.clone()),
        live: Some(|| (80, 24)),
        ..Outlet::plain(out.clone())
    })
}

fn tell(live: &mut TextReport, event: Event) {
    live.event(&FleetEvent::Target(TargetEvent { target: "local".into(), event: Box::new(event) }));
}

/// The only line.
fn line(live: &TextReport, columns: usize) -> String {
    live.live_lines(columns, 24, Instant::now()).join("\n")
}

fn started() -> Event {
    Event::RunStarted {
        schema: 1,
        mode: Mode::Run,
        target: "local".into(),
        run_list: vec!["blog".into()],
        resources: 106,
        run: String::new(),
        via: None,
    }
}

fn turn(row: usize, id: &str, action: &str) -> Event {
    Event::ActionStarted { resource: resource(row, id), action: action.into(), notified_by: None }
}

fn output(line: &str) -> Event {
    Event::Output { resource: resource(11, "package[nginx]"), line: line.into() }
}

fn resource(row: usize, id: &str) -> ResourceRef {
    ResourceRef {
        row,
        id: id.into(),
        location: Location::new("recipes/blog.lua", 3),
        within: Vec::new(),
        cookbook: String::new(),
        asked_by: String::new(),
        position: row + 1,
    }
}
