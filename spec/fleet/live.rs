//! The live lines: one for each host under way, bounded by the terminal, gone before each line that stays.

use std::time::Instant;

use chefrs::model::ending::Ending;
use chefrs::model::error::Location;
use chefrs::model::event::{Event, Mode, ResourceRef, SCHEMA};
use chefrs::model::fleet::{FleetEvent, Stage, TargetEvent, TargetOutcome};
use chefrs::report::Reporter as _;
use chefrs::report::outlet::Outlet;
use chefrs::report::text::TextReport;

use crate::report::Paper;

fn live(out: &Paper, terminal: &Paper, hosts: usize) -> TextReport {
    let outlet =
        Outlet { notes: Box::new(terminal.clone()), live: Some(|| (80, 24)), ..Outlet::plain(out.clone()) };
    let mut live = TextReport::new(outlet);
    let targets: Vec<String> = (1..=hosts).map(|number| format!("web{number}")).collect();
    stage(
        &mut live,
        Stage::FleetStarted {
            schema: SCHEMA,
            mode: Mode::Run,
            run_list: vec!["blog".into()],
            targets: targets.clone(),
            batches: 1,
            run: None,
        },
    );
    for target in targets {
        stage(&mut live, Stage::TargetStarted { target });
    }
    live
}

fn lines(live: &TextReport, columns: usize, rows: usize) -> Vec<String> {
    live.live_lines(columns, rows, Instant::now())
}

fn stage(live: &mut TextReport, stage: Stage) {
    live.event(&FleetEvent::Stage(stage));
}

fn turn(live: &mut TextReport, host: &str, row: usize, id: &str) {
    let (target, location) = (host.to_owned(), Location::new("recipes/blog.lua", 3));
    let resource = ResourceRef {
        row,
        id: id.into(),
        location,
        within: Vec::new(),
        cookbook: String::new(),
        asked_by: String::new(),
        position: row + 1,
    };
    let event = Event::ActionStarted { resource, action: "create".into(), notified_by: None };
    live.event(&FleetEvent::Target(TargetEvent { target, event: event.into() }));
}

#[test]
fn each_host_under_way_has_a_line_and_the_last_one_counts() {
    let (out, terminal) = (Paper::default(), Paper::default());
    let mut live = live(&out, &terminal, 3);
    turn(&mut live, "web2", 4, "file[/x]");
    assert_eq!(
        lines(&live, 80, 24),
        ["web1 …", "web2 [5/0] file[/x] create", "web3 …", "0 of 3 targets done"]
    );
    stage(&mut live, Stage::TargetFinished(TargetOutcome::new("web1", Ending::Converged).into()));
    assert_eq!(lines(&live, 80, 24), ["web2 [5/0] file[/x] create", "web3 …", "1 of 3 targets done"]);
    assert_eq!(lines(&live, 12, 24), ["web2 [5/0] …", "web3 …", "1 of 3 targ…"]);
}

#[test]
fn the_terminal_bounds_them() {
    let (out, terminal) = (Paper::default(), Paper::default());
    let live = live(&out, &terminal, 15);
    let shown = lines(&live, 80, 5);
    assert_eq!(shown, ["web1 …", "web2 …", "web3 …", "and 12 more; 0 of 15 targets done"]);
    assert_eq!(lines(&live, 80, 0).len(), 2);
}

#[test]
fn they_are_gone_before_each_line_that_stays_and_at_the_end() {
    let (out, terminal) = (Paper::default(), Paper::default());
    let mut live = live(&out, &terminal, 2);
    std::thread::sleep(std::time::Duration::from_millis(100));
    live.tick();
    stage(&mut live, Stage::TargetFinished(TargetOutcome::new("web1", Ending::Converged).into()));
    stage(&mut live, Stage::TargetFinished(TargetOutcome::new("web2", Ending::Converged).into()));
    live.finish().unwrap();
    let terminal = terminal.read();
    // Three lines are taken away by going up two.
    assert!(terminal.contains("\r\u{1b}[2A\u{1b}[J"), "{terminal:?}");
    assert!(terminal.ends_with("\u{1b}[J"), "{terminal:?}");
    assert_eq!(terminal.matches("\u{1b}[?7l").count(), terminal.matches("\u{1b}[?7h").count());
    assert_eq!(out.read(), "converging 2 targets: blog\nweb1: 0 ms\nweb2: 0 ms\n");
}

#[test]
fn control_characters_of_a_machine_stay_visible_text() {
    let (out, terminal) = (Paper::default(), Paper::default());
    let mut live = live(&out, &terminal, 1);
    turn(&mut live, "web1", 0, "file[\u{1b}[2J\n]");
    assert_eq!(lines(&live, 80, 24)[0], "web1 [1/0] file[\\u{1b}[2J\\n] create");
}
