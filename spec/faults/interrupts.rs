//! A run that is told to end: the second signal ends the command at hand, whole.

use std::fs;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::patience::{Heard, is_running, until, wait_for};

const FIRST: &str = "interrupted: the current resource is finished, then the run ends";

/// A run of a recipe, `[DIR]` in which reads as the project's directory.
fn start(recipe: &str) -> (TempDir, Heard) {
    start_as(recipe, "--default-signal=HUP")
}

/// The same, with what env(1) is to do about a closed terminal, however the specs themselves were started.
fn start_as(recipe: &str, hangup: &str) -> (TempDir, Heard) {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("recipes")).unwrap();
    let recipe = recipe.replace("[DIR]", directory.path().to_str().unwrap());
    fs::write(directory.path().join("recipes/site.lua"), recipe).unwrap();
    let run = Command::new("env")
        .args([hangup, env!("CARGO_BIN_EXE_chefrs"), "run", "-r", "site"])
        .current_dir(directory.path())
        .env("CHEFRS_STATE_DIRECTORY", directory.path().join(".state"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    (directory, Heard::new(run))
}

#[test]
fn the_second_signal_ends_the_command_with_its_children() {
    let (directory, run) = start(
        "file \"[DIR]/first\" { content = \"x\" }\n\
         execute \"long\" { command = \"sleep 600 & echo $! > [DIR]/child.new; mv [DIR]/child.new [DIR]/child; sleep 600\" }\n\
         file \"[DIR]/second\" { content = \"x\" }\n\
         file \"[DIR]/third\" { content = \"x\" }\n",
    );
    let place = directory.path();
    wait_for(&place.join("child"));
    run.told_to_end(Signal::SIGINT, FIRST);
    let child = fs::read_to_string(place.join("child")).unwrap();
    assert!(is_running(&child), "the first signal lets the resource at hand finish");
    run.signal(Signal::SIGTERM);
    let output = run.end();
    let words = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(130), "{words}");
    // A process that was killed ends when its turn comes.
    until("the end of the child", || !is_running(&child));
    assert!(place.join("first").exists() && !place.join("second").exists(), "{words}");
    assert!(words.contains("error: execute[long] failed to run: `"), "{words}");
    assert!(words.contains(" was stopped: the run was ended\n"), "{words}");
    assert!(words.contains("1 updated, 0 up to date, 2 not run, 1 failed in "), "{words}");
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "\ninterrupted: the current resource is finished, then the run ends; interrupt again to stop its command\n\
         \ninterrupted again: the current command is stopped\n"
    );
}

#[test]
fn a_draft_does_not_outlive_the_run() {
    let (directory, run) =
        start("file \"[DIR]/conf\" { content = \"x\", verify = \"touch [DIR]/begun; sleep 600\" }\n");
    wait_for(&directory.path().join("begun"));
    run.told_to_end(Signal::SIGTERM, FIRST);
    run.signal(Signal::SIGTERM);
    assert_eq!(run.end().status.code(), Some(130));
    let mut left: Vec<_> =
        fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, [".state", "begun", "recipes"]);
}

#[test]
fn a_pause_between_attempts_is_cut_short() {
    let (directory, run) =
        start("execute \"try\" { command = \"touch [DIR]/begun; false\", retries = 5, retry_delay = 600 }\n");
    wait_for(&directory.path().join("begun"));
    run.says("attempt failed: ");
    run.signal(Signal::SIGINT);
    let output = run.end();
    let words = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(130), "{words}");
    assert!(words.contains("0 updated, 0 up to date, 1 failed in "), "{words}");
}

#[test]
fn what_is_owed_after_the_second_signal_is_told_and_not_started() {
    let (directory, run) = start(
        "local late = execute \"late\" { command = \"touch [DIR]/late\", action = \"nothing\" }\n\
         local soon = execute \"soon\" { command = \"touch [DIR]/soon\", action = \"nothing\" }\n\
         file \"[DIR]/conf\" { content = \"x\", notifies = { \"run\", late } }\n\
         execute \"long\" { command = \"trap 'exit 0' TERM; touch [DIR]/begun; for i in $(seq 9000); do sleep 0.05; done\",\n\
           notifies = { \"run\", soon, \"immediately\" } }\n",
    );
    let place = directory.path();
    wait_for(&place.join("begun"));
    run.told_to_end(Signal::SIGINT, FIRST);
    run.signal(Signal::SIGINT);
    let output = run.end();
    let words = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(130), "{words}");
    for (name, from) in
        [("late", format!("file[{}/conf]", place.display())), ("soon", "execute[long]".into())]
    {
        let warning = format!(
            "warning: execute[{name}] is still owed run: the run was ended before it\nnote: {from} asked for it\n\
             hint: the next run delivers it\n"
        );
        assert!(words.contains(&warning), "{words}");
        assert!(!place.join(name).exists(), "{words}");
    }
    assert!(words.contains(" 0 failed in "), "{words}");
}

#[test]
fn a_closed_terminal_counts_as_a_signal_unless_the_run_was_meant_to_outlive_it() {
    let recipe = "execute \"long\" { command = \"touch [DIR]/begun; for i in $(seq 9000); do [ -e [DIR]/go ] && break; sleep 0.05; done\" }\n\
                  file \"[DIR]/second\" { content = \"x\" }\n";
    for (hangup, status, second) in [("--default-signal=HUP", 130, false), ("--ignore-signal=HUP", 0, true)] {
        let (directory, run) = start_as(recipe, hangup);
        wait_for(&directory.path().join("begun"));
        run.signal(Signal::SIGHUP);
        if status == 130 {
            run.complains(FIRST);
        }
        fs::write(directory.path().join("go"), "").unwrap();
        let output = run.end();
        let words = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(status), "{words}");
        assert_eq!(directory.path().join("second").exists(), second, "{words}");
    }
}
