//! What the control side keeps of its runs: over several targets, cut off, side by side, bounded, and never in the way.

use std::fs;
use std::sync::LazyLock;
use std::thread;

use camino::Utf8Path;
use chefrs::history::{
    Begun, BegunTarget, Bounds, EndedTarget, History, NAME, RecordedRun, Recording, State,
};
use chefrs::model::ending::Ending;
use chefrs::model::error::{Failure, Location};
use chefrs::model::event::{Counts, Event, Mode, Outcome, ResourceRef, SCHEMA};
use chefrs::model::exit::Exit;
use chefrs::model::journal::RunRecord;
use tempfile::TempDir;

use crate::patience::until;

mod bounds;
mod file;

#[test]
fn a_run_over_several_targets_reads_as_it_was() {
    let place = place();
    let recording = begin(&place, "20261123T125501Z-3fa9c2d1", &["web1", "web2", "web3"]);
    let (one, two) = (events("web1", 3), events("web2", 0));
    // They come in between each other.
    for n in 0..one.len() {
        one.get(n).iter().for_each(|event| recording.event("web1", event));
        two.get(n).iter().for_each(|event| recording.event("web2", event));
    }
    recording.target_ended("web1", &EndedTarget { outcome: Ending::Converged, failure: None });
    let failure = Failure::new("`web2` was lost").hint("run again");
    recording
        .target_ended("web2", &EndedTarget { outcome: Ending::Unreachable, failure: Some(failure.clone()) });
    recording.end(Exit::Failed, "2026-11-23T12:55:09Z").unwrap();

    let history = look(&place);
    let run = run(&history, "last");
    assert_eq!((run.run.as_str(), run.state, run.exit), ("20261123T125501Z-3fa9c2d1", State::Ended, Some(1)));
    assert_eq!((run.user.as_str(), run.project.as_str(), run.run_list.len()), ("ada", "/srv/site", 2));
    assert_eq!(run.ended.as_deref(), Some("2026-11-23T12:55:09Z"));
    let [web1, web2, web3] = run.targets.as_slice() else { panic!("{run:?}") };
    assert_eq!((web1.run.as_deref(), web1.exit), (Some("id-of-web1"), Some(0)));
    assert_eq!(web1.counts, Some(Counts { updated: 3, ..Counts::default() }));
    assert_eq!((web2.exit, web2.failure.as_ref()), (Some(4), Some(&failure)));
    assert_eq!((web3.exit, web3.run.as_deref()), (None, None));
    assert_eq!(history.failed_targets(&run), [web2, web3]);
    for (target, events) in [(web1, one), (web2, two), (web3, Vec::new())] {
        let mut told = Vec::new();
        history.replay(target, &mut |event| told.push(event)).unwrap();
        assert_eq!(told, events, "{}", target.target);
    }
}

#[test]
fn actions_that_find_nothing_to_do_read_as_they_were() {
    let finished = |row, action: &str, outcome| Event::ActionFinished {
        resource: resource(row),
        action: action.to_owned(),
        outcome,
        milliseconds: 7,
    };
    let begun = |row, action: &str, notifier: Option<&str>| Event::ActionStarted {
        resource: resource(row),
        action: action.to_owned(),
        notified_by: notifier.map(str::to_owned),
    };
    let happened = vec![
        begun(1, "create", None),
        finished(1, "create", Outcome::UpToDate),
        begun(2, "create", Some("file[/srv/1]")),
        finished(2, "create", Outcome::UpToDate),
        // One inside another, one that changes, and two that don't belong together.
        begun(3, "create", None),
        begun(4, "create", None),
        finished(4, "create", Outcome::UpToDate),
        finished(3, "create", Outcome::UpToDate),
        begun(5, "create", None),
        finished(5, "create", Outcome::Updated),
        begun(6, "create", None),
        finished(6, "delete", Outcome::UpToDate),
        begun(7, "create", None),
    ];
    let place = place();
    let recording = begin(&place, "20261123T125501Z-3fa9c2d1", &["web1"]);
    for event in &happened {
        recording.event("web1", event);
    }
    recording.end(Exit::Success, "2026-11-23T12:55:09Z").unwrap();

    let history = look(&place);
    let mut told = Vec::new();
    history.replay(&run(&history, "last").targets[0], &mut |event| told.push(event)).unwrap();
    assert_eq!(told, happened);
}

#[test]
fn a_run_is_under_way_until_it_ends_or_is_cut_off() {
    let place = place();
    let recording = begin(&place, "a-run", &["web1"]);
    recording.event("web1", &started("web1"));
    let history = look(&place);
    // What happened is there soon, although nothing follows it.
    until("what happened", || run(&history, "a-run").targets[0].run.is_some());
    assert_eq!(run(&history, "a-run").state, State::UnderWay);
    drop(recording);
    until("that it is cut off", || run(&history, "a-run").state == State::CutOff);
}

#[test]
fn before_its_first_change_a_run_is_in_the_history() {
    let place = place();
    let recording = soon(&place, "a-run");
    let change = Event::Change {
        resource: resource(1),
        summary: "create file".into(),
        diff: None,
        may: false,
        details_until: None,
        withheld: false,
    };
    for event in [started("web1"), change.clone()] {
        recording.event("web1", &event);
    }
    // No pause here: when the event has been taken, it can be read.
    let history = look(&place);
    let found = run(&history, "a-run");
    assert_eq!(found.state, State::UnderWay);
    let mut told = Vec::new();
    history.replay(&found.targets[0], &mut |event| told.push(event)).unwrap();
    assert_eq!(told, [started("web1"), change]);
    recording.end(Exit::Success, "2026-11-23T12:55:09Z").unwrap();
    let found = run(&history, "a-run");
    assert_eq!((found.state, found.ended.as_deref()), (State::Ended, Some("2026-11-23T12:55:09Z")));
}

#[test]
fn a_run_that_only_looks_is_kept_too() {
    let place = place();
    let recording = soon(&place, "a-run");
    let last = events("web1", 0).pop().unwrap();
    for event in [started("web1"), last.clone()] {
        recording.event("web1", &event);
    }
    recording.target_ended("web1", &EndedTarget { outcome: Ending::Converged, failure: None });
    recording.end(Exit::Success, "later").unwrap();
    let history = look(&place);
    let found = run(&history, "last");
    assert_eq!((found.state, found.exit, found.targets[0].exit), (State::Ended, Some(0), Some(0)));
    assert_eq!(found.targets[0].counts, Some(Counts::default()));
    let mut told = Vec::new();
    history.replay(&found.targets[0], &mut |event| told.push(event)).unwrap();
    assert_eq!(told, [started("web1"), last]);
}

#[test]
fn a_file_that_can_not_be_used_is_told_of_at_the_end() {
    let place = place();
    fs::write(path(&place).join(NAME), "no history at all, and long enough to be looked at. ".repeat(100))
        .unwrap();
    let recording = soon(&place, "a-run");
    // Nobody waits for what will never be stored.
    for event in events("web1", 3) {
        recording.event("web1", &event);
    }
    let failure = recording.end(Exit::Success, "later").unwrap_err();
    assert!(failure.message.ends_with(": the file is damaged"), "{failure:?}");
}

#[test]
fn runs_side_by_side_are_all_kept() {
    let place = place();
    let path = path(&place);
    thread::scope(|scope| {
        for writer in 0..4 {
            scope.spawn(move || {
                for n in 0..10 {
                    // The first ones make the file, all at once.
                    let (name, aim) =
                        (format!("run-{writer}-{n}"), BegunTarget { name: "web1", is_node: true });
                    let recording = if writer % 2 == 0 {
                        record(path, &name, &["web1"], Bounds::default())
                    } else {
                        History::record(path, &begun(&name, &[aim])).unwrap()
                    };
                    for event in events("web1", 20) {
                        recording.event("web1", &event);
                    }
                    recording.end(Exit::Success, "later").unwrap();
                }
            });
        }
    });
    let runs = look(&place).runs(100, None).unwrap();
    assert_eq!(runs.len(), 40);
    assert!(runs.iter().all(|run| run.state == State::Ended && run.targets[0].counts.is_some()), "{runs:?}");
}

/// A state directory: its owner's alone.
fn place() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn path(place: &TempDir) -> &Utf8Path {
    Utf8Path::from_path(place.path()).unwrap()
}

fn begin(place: &TempDir, name: &str, targets: &[&str]) -> Recording {
    record(path(place), name, targets, Bounds::default())
}

/// The recording opens the history itself.
fn soon(place: &TempDir, name: &str) -> Recording {
    History::record(path(place), &begun(name, &[BegunTarget { name: "web1", is_node: true }])).unwrap()
}

fn record(directory: &Utf8Path, name: &str, targets: &[&str], bounds: Bounds) -> Recording {
    let aims: Vec<BegunTarget<'_>> = targets.iter().map(|name| BegunTarget { name, is_node: true }).collect();
    History::open(directory).unwrap().within(bounds).begin(&begun(name, &aims)).unwrap()
}

fn begun<'a>(name: &'a str, targets: &'a [BegunTarget<'a>]) -> Begun<'a> {
    static RUN_LIST: LazyLock<[String; 2]> = LazyLock::new(|| ["blog".to_owned(), "nginx".to_owned()]);
    Begun {
        run: name,
        begun: "2026-11-23T12:55:01Z",
        mode: Mode::Run,
        user: "ada",
        project: Utf8Path::new("/srv/site"),
        run_list: RUN_LIST.as_slice(),
        lock: None,
        targets,
    }
}

fn look(place: &TempDir) -> History {
    History::look(path(place)).unwrap().unwrap()
}

fn run(history: &History, word: &str) -> RecordedRun {
    history.run(word).unwrap()
}

/// A run in which so many rows were updated.
fn events(target: &str, updated: usize) -> Vec<Event> {
    let change = |row| Event::Change {
        resource: resource(row),
        summary: format!("create file, {row} bytes"),
        diff: Some(format!("@@ -0,0 +1 @@\n+{}\n", "content ".repeat(row))),
        may: false,
        details_until: None,
        withheld: false,
    };
    let mut events = vec![started(target)];
    events.extend((0..updated).map(change));
    events.push(Event::RunFinished {
        success: true,
        interrupted: false,
        counts: Counts { updated, ..Counts::default() },
        failures: Vec::new(),
        milliseconds: 12,
    });
    events
}

fn started(target: &str) -> Event {
    Event::RunStarted {
        schema: SCHEMA,
        mode: Mode::Run,
        target: target.to_owned(),
        run_list: vec!["blog".to_owned()],
        resources: 3,
        run: format!("id-of-{target}"),
        via: None,
    }
}

fn resource(row: usize) -> ResourceRef {
    ResourceRef {
        row,
        id: format!("file[/srv/{row}]"),
        location: Location::new("recipes/blog.lua", 1),
        within: Vec::new(),
        cookbook: String::new(),
        asked_by: String::new(),
        position: row + 1,
    }
}

#[test]
fn a_run_that_was_cut_off_here_has_the_end_that_its_target_tells() {
    let place = place();
    let id = "20261123T125501Z-3fa9c2d1";
    drop(begin(&place, id, &["web1", "web2"]));
    let told = |run: &str, exit| RunRecord {
        run: run.into(),
        user: "ada".into(),
        run_list: vec!["blog".into()],
        mode: Mode::Run,
        started: "2026-11-23T12:55:01Z".into(),
        ended: "2026-11-23T12:56:09Z".into(),
        counts: Some(Counts { updated: 2, ..Counts::default() }),
        exit,
        restart: None,
    };
    let history = look(&place);
    until("that it is cut off", || run(&history, "last").state == State::CutOff);
    history.settle("web1", &told("20261123T125501Z-00000000", 0)).unwrap();
    assert_eq!(run(&history, "last").targets[0].outcome, None, "another run");
    history.settle("web1", &told(id, 0)).unwrap();
    let half = run(&history, "last");
    assert_eq!((half.state, half.targets[0].outcome), (State::CutOff, Some(Ending::Converged)));
    history.settle("web2", &told(id, 1)).unwrap();
    let whole = run(&history, "last");
    assert_eq!((whole.state, whole.exit), (State::Ended, Some(1)));
    assert_eq!(whole.targets[1].outcome, Some(Ending::Failed));
    assert_eq!(whole.targets[1].counts.map(|counts| counts.updated), Some(2));
    // What was seen here is not told again.
    history.settle("web2", &told(id, 0)).unwrap();
    assert_eq!(run(&history, "last").targets[1].outcome, Some(Ending::Failed));
}
