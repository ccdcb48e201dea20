//! Rule 10: one run per target at a time.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::program::Program;

use crate::patience::{EndInTime as _, Patient};

const HOLDER: &str = r#"{"run":"20261123T125501Z-3fa9c2d1","user":"ada","host":"build1","pid":42,"since":"2026-11-23T12:55:01Z"}"#;
const RECIPE: &str = "file \"[DIR]/made\" { content = \"x\" }\n";

/// Holds the lock of a call's directory as another run would, until it is dropped.
fn held(program: Program) -> (Program, File) {
    let program = program.file(".state/lock", &format!("{HOLDER}\n")).private(".state");
    let file = File::open(program.path(".state/lock")).unwrap();
    file.try_lock().unwrap();
    (program, file)
}

#[test]
fn a_second_run_fails_at_once_when_told_not_to_wait() {
    let program = Program::new(&["run", "-r", "one", "--lock-timeout", "0"]).file("recipes/one.lua", RECIPE);
    let (program, lock) = held(program);
    let output = program
        .status(5)
        .stderr_has(
            "error: the target is locked by the run 20261123T125501Z-3fa9c2d1 by ada on build1, process 42, since \
             2026-11-23T12:55:01Z\n",
        )
        .check();
    assert!(!output.directory.path().join("made").exists());
    drop(lock);
}

#[test]
fn it_waits_and_says_for_whom() {
    let program = Program::new(&["run", "-r", "one", "--lock-timeout", "1"]).file("recipes/one.lua", RECIPE);
    let (program, lock) = held(program);
    program
        .status(5)
        .stderr_has("waiting for the run 20261123T125501Z-3fa9c2d1 by ada on build1, process 42")
        .stderr_has("error: the target is locked by")
        .check();
    drop(lock);
}

#[test]
fn a_plan_needs_no_lock() {
    let program = Program::new(&["plan", "-r", "one"]).file("recipes/one.lua", RECIPE);
    let (program, lock) = held(program);
    program
        .file(
            ".state/journal",
            "{\"owed\":{\"to\":\"execute[x]\",\"action\":\"run\",\"timing\":\"delayed\",\"from\":\"file[/x]\",\
             \"run\":\"20261123T125501Z-3fa9c2d1\"}}\n",
        )
        .status(2)
        .stdout_has("would create file")
        .stderr(
            "the run 20261123T125501Z-3fa9c2d1 by ada on build1, process 42, since 2026-11-23T12:55:01Z is in progress, so this plan shows what is left now\n",
        )
        .check();
    drop(lock);
}

#[test]
fn json_tells_of_the_waiting_and_of_the_end() {
    let program = Program::new(&["run", "-r", "one", "--lock-timeout", "1", "--format", "json"])
        .file("recipes/one.lua", RECIPE);
    let (program, lock) = held(program);
    let output = program.output();
    drop(lock);
    assert_eq!(output.status, 5, "{}", output.stderr);
    let lines: Vec<serde_json::Value> =
        output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [note, end] = lines.as_slice() else { panic!("{}", output.stdout) };
    assert_eq!((&note["event"], &note["schema"]), (&"note".into(), &2.into()));
    assert!(note["text"].as_str().unwrap().starts_with("waiting for the run 2026"), "{note}");
    assert_eq!((&end["event"], &end["target"]), (&"target_finished".into(), &"local".into()));
    assert_eq!((&end["outcome"], &end["exit"]), (&"locked".into(), &5.into()));
    assert_eq!(end["failure"]["kind"], "locked");
    // And the history has both.
    let shown = Program::new(&["show", "last"]).within(output.directory).output();
    assert!(shown.stdout.contains("\nwaiting for the run 2026"), "{}", shown.stdout);
    assert!(shown.stdout.contains("error: the target is locked by"), "{}", shown.stdout);
}

#[test]
fn a_plan_writes_nothing() {
    let output =
        Program::new(&["plan", "-r", "one"]).file("recipes/one.lua", RECIPE).status(2).stdout_has("").check();
    assert!(!output.directory.path().join(".state").exists());
}

#[test]
fn the_lock_is_given_back_and_that_of_a_dead_run_is_free() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    fs::create_dir(place.join("recipes")).unwrap();
    let go = place.join("go");
    let recipe = format!(
        "execute \"wait\" {{ command = \"echo begun; for i in $(seq 9000); do test -e {} && break; sleep 0.05; done\", timeout = 60 }}\n",
        go.display()
    );
    fs::write(place.join("recipes/slow.lua"), recipe).unwrap();
    let mut first = start(place, &["run", "-r", "slow", "--format", "json"]);
    begun(&mut first);
    let holder = fs::read_to_string(place.join(".state/lock")).unwrap();
    assert!(holder.contains(&format!("\"pid\":{}", first.id())), "{holder}");

    let mut second = start(place, &["run", "-r", "slow", "--lock-timeout", "0"]);
    assert_eq!(second.wait_in_time().unwrap().code(), Some(5));
    let mut words = String::new();
    Patient::new(second.stderr.take().unwrap()).read_to_string(&mut words).unwrap();
    assert!(words.contains(&format!("process {}", first.id())), "{words}");

    kill(Pid::from_raw(i32::try_from(first.id()).unwrap()), Signal::SIGKILL).unwrap();
    first.wait_in_time().unwrap();
    assert_eq!(fs::read_to_string(place.join(".state/lock")).unwrap(), holder, "it tells who was cut off");
    fs::write(go, "").unwrap();
    // Its command has outlived it, and is waited for.
    let mut third = start(place, &["run", "-r", "slow", "--lock-timeout", "60"]);
    assert_eq!(third.wait_in_time().unwrap().code(), Some(0));
    assert_eq!(fs::read_to_string(place.join(".state/lock")).unwrap(), "");
}

fn start(place: &Path, words: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(words)
        .current_dir(place)
        .env("CHEFRS_STATE_DIRECTORY", place.join(".state"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn begun(child: &mut Child) {
    let lines = BufReader::new(Patient::new(child.stdout.take().unwrap())).lines();
    assert!(
        lines.map(Result::unwrap).any(|line| line.contains("\"line\":\"begun\"")),
        "it ended before it began"
    );
}
