//! What stays of many runs, and of large ones; which of them is meant.

use chefrs::history::{Bounds, NAME, NotShown};
use chefrs::model::event::Event;
use chefrs::model::exit::Exit;

use super::{begin, events, look, path, place, record, resource, run};

#[test]
fn the_oldest_runs_go() {
    let place = place();
    let keep = |bounds: Bounds, names: &[&str]| {
        for name in names {
            let recording = record(path(&place), name, &["web1"], bounds);
            for event in events("web1", 50) {
                recording.event("web1", &event);
            }
            recording.end(Exit::Success, "later").unwrap();
        }
        let runs = look(&place).runs(100, None).unwrap();
        runs.into_iter().map(|run| run.run).collect::<Vec<_>>()
    };
    let three = Bounds { runs: 3, ..Bounds::default() };
    assert_eq!(keep(three, &["a", "b", "c", "d"]), ["d", "c", "b"]);
    let nothing = Bounds { bytes: 1, ..Bounds::default() };
    assert_eq!(keep(nothing, &["e"]), ["e"], "the last one always stays");
    // Their events went with them.
    let connection = rusqlite::Connection::open(path(&place).join(NAME)).unwrap();
    let count = |table: &str| {
        let words = format!("SELECT count(*) FROM {table}");
        connection.query_row(&words, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!([count("run"), count("target"), count("events")], [1, 1, 1]);
}

#[test]
fn the_log_of_many_runs_stays_short() {
    let place = place();
    let log = path(&place).join(format!("{NAME}-wal"));
    let mut lengths = Vec::new();
    for n in 0..80 {
        let recording = begin(&place, &format!("run-{n}"), &["web1"]);
        for event in events("web1", 50) {
            recording.event("web1", &event);
        }
        recording.end(Exit::Success, "later").unwrap();
        lengths.push(std::fs::metadata(&log).unwrap().len());
    }
    // Each run comes alone, as most do: nobody is left who knows what of the log is in the file.
    let (longest, last) = (lengths.iter().max().unwrap(), lengths.len() - 1);
    assert!(*longest < 600 << 10, "{lengths:?}");
    assert!(lengths.windows(2).any(|pair| pair[1] < pair[0]), "it was never emptied: {lengths:?}");
    assert_eq!(look(&place).runs(100, None).unwrap().len(), last + 1);
}

#[test]
fn of_a_very_large_run_neither_output_nor_differences_are_kept() {
    let place = place();
    let recording = record(path(&place), "large", &["web1"], Bounds { bytes_of_run: 0, ..Bounds::default() });
    let diff = Some("+x\n".to_owned());
    let change = |diff| Event::Change {
        resource: resource(0),
        summary: "create file".into(),
        diff,
        may: false,
        details_until: None,
        withheld: false,
    };
    recording.event("web1", &change(diff));
    recording.event("web1", &Event::Output { resource: resource(0), line: "noise".into() });
    recording.end(Exit::Success, "later").unwrap();
    let history = look(&place);
    let run = run(&history, "large");
    assert!(run.shortened);
    let mut told = Vec::new();
    history.replay(&run.targets[0], &mut |event| told.push(event)).unwrap();
    assert_eq!(told, [change(None)]);
}

#[test]
fn runs_are_found_by_the_beginning_of_their_id() {
    let place = place();
    for name in ["20261122T100000Z-00c0ffee", "20261123T110000Z-0000aaaa", "20261123T120000Z-0000bbbb"] {
        begin(&place, name, &["web1"]).end(Exit::Success, "later").unwrap();
    }
    let history = look(&place);
    assert_eq!(run(&history, "20261122").run, "20261122T100000Z-00c0ffee");
    assert_eq!(run(&history, "last").run, "20261123T120000Z-0000bbbb");
    let told = |word: &str| match history.run(word) {
        Err(NotShown::Unknown(diagnostic)) => diagnostic.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        told("20261123"),
        "error: several runs begin with `20261123`\n\
         note: the last of them are `20261123T120000Z-0000bbbb` and `20261123T110000Z-0000aaaa`\n\
         hint: type more of its id"
    );
    assert_eq!(
        told("20261123T120000Z-0000bbbc"),
        "error: no run `20261123T120000Z-0000bbbc` is recorded\nhint: did you mean `20261123T120000Z-0000bbbb`?"
    );
    assert!(told("%").contains("hint: the last are `20261123T120000Z-0000bbbb`, "), "{}", told("%"));
}
