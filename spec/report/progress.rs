//! The live line: drawn on the terminal alone, cut to its width, gone before each line that stays.

use chefrs::model::error::Location;
use chefrs::model::event::{Counts, Event, Mode, ResourceRef};
use chefrs::report::Reporter;
use chefrs::report::progress::LiveText;
use chefrs::report::text::{Detail, RunText};

#[test]
fn names_the_resource_and_the_last_line_of_output() {
    let (mut out, mut terminal) = (Vec::new(), Vec::new());
    let mut progress = live(&mut out, &mut terminal);
    progress.event(&started());
    progress.event(&turn(11, "package[nginx]", "install"));
    assert_eq!(progress.line(80), "[12/106] package[nginx] install");
    progress.event(&output("Unpacking nginx …\r"));
    assert_eq!(progress.line(80), "[12/106] package[nginx] install … Unpacking nginx …");
    // A notified resource from further up does not turn the count back.
    progress.event(&turn(2, "service[nginx]", "reload"));
    assert_eq!(progress.line(80), "[12/106] service[nginx] reload");
}

#[test]
fn is_cut_to_the_width_by_characters() {
    let (mut out, mut terminal) = (Vec::new(), Vec::new());
    let mut progress = live(&mut out, &mut terminal);
    progress.event(&started());
    progress.event(&turn(0, "file[/srv/größe]", "create"));
    assert_eq!(progress.line(21), "[1/106] file[/srv/gr…");
    assert_eq!(progress.line(21).chars().count(), 21);
    assert_eq!(progress.line(0).chars().count(), 1);
}

#[test]
fn control_characters_of_a_machine_stay_visible_text() {
    let (mut out, mut terminal) = (Vec::new(), Vec::new());
    let mut progress = live(&mut out, &mut terminal);
    progress.event(&started());
    progress.event(&turn(0, "execute[x]", "run"));
    progress.event(&output("\u{1b}[2Jgone\nand more"));
    assert_eq!(progress.line(80), "[1/106] execute[x] run … \\u{1b}[2Jgone\\nand more");
}

#[test]
fn is_taken_away_before_each_line_that_stays_and_at_the_end() {
    let (mut out, mut terminal) = (Vec::new(), Vec::new());
    let mut progress = live(&mut out, &mut terminal);
    progress.event(&started());
    progress.event(&turn(0, "file[/x]", "create"));
    let change = Event::Change {
        resource: resource(0, "file[/x]"),
        summary: "create file".into(),
        diff: None,
        may: false,
        withheld: false,
    };
    progress.event(&change);
    progress.event(&Event::RunFinished {
        success: true,
        interrupted: false,
        counts: Counts { updated: 1, ..Counts::default() },
        failures: Vec::new(),
        milliseconds: 5,
    });
    progress.finish().unwrap();
    let terminal = String::from_utf8(terminal).unwrap();
    let drawn = terminal.matches("[1/106] file[/x] create").count();
    assert_eq!(drawn, 2, "drawn at the turn, and again below the line: {terminal:?}");
    assert!(terminal.ends_with("\r\u{1b}[K"), "{terminal:?}");
    let out = String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap();
    assert!(!out.contains('\r'), "{out:?}");
    assert!(out.contains("file[/x] create: create file\n"), "{out:?}");
}

fn live<'a>(out: &'a mut Vec<u8>, terminal: &'a mut Vec<u8>) -> LiveText<&'a mut Vec<u8>, &'a mut Vec<u8>> {
    LiveText::new(RunText::new(out, Detail::Changes), terminal, || 80)
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
        position: row + 1,
    }
}
