//! A signal ends a run after the resource at hand.

use std::fs;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::patience::{EndInTime as _, Heard, wait_for};

/// A file that is verified for as long as nobody says that it goes on.
const SLOW: &str = "file \"[DIR]/first\" { content = \"x\", \
                    verify = \"touch [DIR]/begun; for i in $(seq 9000); do test -e [DIR]/go && break; sleep 0.05; done\" }\n";

fn call(directory: &TempDir, words: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(words)
        .current_dir(directory.path())
        .env("CHEFRS_STATE_DIRECTORY", directory.path().join(".state"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Status and standard output of a run that is interrupted while its first resource is under way.
fn interrupted(directory: &TempDir, more: &str) -> (Option<i32>, String) {
    let path = |name: &str| directory.path().join(name);
    let recipe = format!("{SLOW}{more}").replace("[DIR]", directory.path().to_str().unwrap());
    fs::create_dir(path("recipes")).unwrap();
    fs::write(path("recipes/slow.lua"), recipe).unwrap();
    let run = Heard::new(call(directory, &["run", "-r", "slow"]));
    wait_for(&path("begun"));
    // Who says so has taken notice.
    run.told_to_end(Signal::SIGTERM, "interrupted: the current resource is finished");
    fs::write(path("go"), "").unwrap();
    let output = run.end();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_first_signal_lets_the_resource_at_hand_finish() {
    let directory = tempfile::tempdir().unwrap();
    let (status, words) = interrupted(&directory, "file \"[DIR]/second\" { content = \"x\" }\n");
    assert_eq!(status, Some(130), "{words}");
    assert!(directory.path().join("first").exists(), "{words}");
    assert!(!directory.path().join("second").exists(), "{words}");
    assert!(
        words.contains(
            "\nhint: changes so far are kept; run again to go on; finished work is skipped\n\
             1 updated, 0 up to date, 1 not run, 0 failed in "
        ),
        "{words}"
    );
}

/// A signal that comes when nothing else is left to do has interrupted nothing: so say exit code, report and history.
#[test]
fn a_run_that_was_at_its_last_resource_is_finished() {
    let directory = tempfile::tempdir().unwrap();
    let (status, words) = interrupted(&directory, "file \"[DIR]/never\" { action = \"nothing\" }\n");
    assert_eq!(status, Some(0), "{words}");
    assert!(words.contains("\n\n1 updated, 0 up to date, 1 skipped, 0 failed in "), "{words}");
    for words in [&["log"][..], &["status"]] {
        let told = String::from_utf8(call(&directory, words).output_in_time().unwrap().stdout).unwrap();
        assert!(told.contains(": converged, 1 updated, 0 up to date, "), "{told}");
    }
}

/// It has nothing to finish, and what it asks may take long.
#[test]
fn the_first_signal_ends_a_plan_and_the_command_that_it_asks() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let guard = "touch [DIR]/begun; for i in $(seq 9000); do test -e [DIR]/go && break; sleep 0.05; done";
    let recipe = format!(
        "execute \"work\" {{ command = \"true\", only_if = \"{guard}\" }}\n\
         file \"[DIR]/second\" {{ content = \"x\" }}\n"
    );
    fs::create_dir(path("recipes")).unwrap();
    fs::write(path("recipes/slow.lua"), recipe.replace("[DIR]", directory.path().to_str().unwrap())).unwrap();
    let plan = Heard::new(call(&directory, &["plan", "-r", "slow"]));
    wait_for(&path("begun"));
    plan.told_to_end(Signal::SIGINT, "interrupted: the plan stops, and has changed nothing");
    let output = plan.end();
    let words = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(130), "{words}");
    assert!(words.contains("\nexecute[work] run: not run: the run was interrupted\n"), "{words}");
    assert!(words.contains("\nnot run, because the run was interrupted: file["), "{words}");
    assert!(words.contains("2 not run, 0 would fail"), "{words}");
}
