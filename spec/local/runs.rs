//! What runs say is kept on their target, readable while it is written, and forgotten with the oldest runs.

use std::fs::{self, OpenOptions};
use std::io::Write as _;

use chefrs::target::local::Local;
use chefrs::target::local::runs::{EndRequest, Next, RunOrder, Runs};
use nix::sys::stat::Mode;

fn runs() -> (tempfile::TempDir, Runs) {
    let directory = tempfile::tempdir().unwrap();
    let mut machine = Local::new();
    machine.keep_state_in(directory.path().join("state").to_str().unwrap().into());
    let runs = machine.runs();
    (directory, runs)
}

fn line(text: &str) -> Next {
    Next::Line(text.to_owned())
}

#[test]
fn words_are_heard_while_they_come_and_the_end_is_told_from_silence() {
    let (_directory, runs) = runs();
    let mut words = runs.begin("r1").unwrap();
    let mut follower = runs.follow("r1").unwrap().unwrap();
    assert_eq!(follower.read_next(), Ok(Next::Silence));
    words.add("one").unwrap();
    words.add("two").unwrap();
    assert_eq!(follower.read_next(), Ok(line("one")));
    assert_eq!(follower.read_next(), Ok(line("two")));
    assert_eq!(follower.read_next(), Ok(Next::Silence));
    words.add("three").unwrap();
    drop(words);
    assert_eq!(follower.read_next(), Ok(line("three")));
    assert_eq!(follower.read_next(), Ok(Next::End));
}

#[test]
fn a_run_is_begun_once_at_a_time_and_goes_on_after_its_last_whole_line() {
    let (directory, runs) = runs();
    let mut words = runs.begin("r1").unwrap();
    words.add("one").unwrap();
    assert_eq!(runs.begin("r1").unwrap_err().message, "the run is under way already");
    drop(words);
    // As a machine leaves it whose plug was pulled.
    let file = directory.path().join("state/runs/r1");
    OpenOptions::new().append(true).open(file).unwrap().write_all(b"tw").unwrap();
    let mut words = runs.begin("r1").unwrap();
    words.add("two").unwrap();
    let mut follower = runs.follow("r1").unwrap().unwrap();
    assert_eq!(follower.read_next(), Ok(line("one")));
    assert_eq!(follower.read_next(), Ok(line("two")));
}

#[test]
fn only_the_newest_are_kept() {
    let (directory, runs) = runs();
    for number in 0..30 {
        let run = format!("2026{number:02}");
        drop(runs.begin(&run).unwrap());
        runs.request_end(&run, EndRequest::Interrupt).unwrap();
        runs.note(&run, RunOrder { run: &run, target: "web1" }).unwrap();
    }
    let mut names: Vec<String> = fs::read_dir(directory.path().join("state/runs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 60, "{names:?}");
    assert_eq!(names[..3], ["202610", "202610.order", "202610.wish"]);
}

#[test]
fn a_wish_is_heard_and_a_lesser_one_does_not_take_it_back() {
    let (_directory, runs) = runs();
    let _words = runs.begin("r1").unwrap();
    assert_eq!(runs.requested_end("r1"), None);
    for (wish, heard) in [
        (EndRequest::Interrupt, EndRequest::Interrupt),
        (EndRequest::Interrupt, EndRequest::Interrupt),
        (EndRequest::Halt, EndRequest::Halt),
        (EndRequest::Interrupt, EndRequest::Halt),
    ] {
        runs.request_end("r1", wish).unwrap();
        assert_eq!(runs.requested_end("r1"), Some(heard));
    }
}

#[test]
fn an_id_leads_nowhere_else() {
    let (directory, runs) = runs();
    for id in ["", "..", "../journal", "a/b", "a.wish", "a\0b", &"a".repeat(65)] {
        assert!(runs.begin(id).is_err(), "{id:?}");
        assert!(runs.follow(id).is_err(), "{id:?}");
        assert!(runs.request_end(id, EndRequest::Halt).is_err(), "{id:?}");
    }
    assert!(!directory.path().join("state").exists());
    assert!(runs.follow("unknown").unwrap().is_none());
}

#[test]
fn nobody_else_can_read_them() {
    let (directory, runs) = runs();
    let _words = runs.begin("r1").unwrap();
    for (name, mode) in [("state/runs", 0o700), ("state/runs/r1", 0o600)] {
        let found = nix::sys::stat::stat(&directory.path().join(name)).unwrap().st_mode;
        assert_eq!(Mode::from_bits_truncate(found).bits(), mode, "{name}");
    }
}

#[test]
fn a_run_is_found_by_whom_it_was_begun_for() {
    let (_directory, runs) = runs();
    let order = |target| RunOrder { run: "r1", target };
    let begin = |id: &str, target| {
        drop(runs.begin(id).unwrap());
        runs.note(id, order(target)).unwrap();
    };
    begin("r1", "web1");
    begin("r2", "web2");
    begin("r3", "");
    assert_eq!(runs.begun_for(order("web1")).as_deref(), Some("r1"));
    assert_eq!(runs.begun_for(order("web2")).as_deref(), Some("r2"));
    assert_eq!(runs.begun_for(order("web3")), None);
    assert_eq!(runs.begun_for(RunOrder { run: "r2", target: "web2" }), None);
    begin("r2", "web3");
    assert_eq!(runs.begun_for(order("web2")), None);
    assert_eq!(runs.begun_for(order("web3")).as_deref(), Some("r2"));
}
