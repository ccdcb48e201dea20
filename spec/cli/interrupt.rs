//! A signal ends a run after the resource at hand.

use std::process::{Command, Stdio};

use nix::sys::signal::Signal;

use crate::patience::{Heard, wait_for};

#[test]
fn the_first_signal_lets_the_resource_at_hand_finish() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().to_str().unwrap();
    std::fs::create_dir(directory.path().join("recipes")).unwrap();
    let recipe = format!(
        "file \"{place}/first\" {{ content = \"x\", verify = \"touch {place}/begun; until [ -e {place}/go ]; do sleep 0.05; done\" }}\n\
         file \"{place}/second\" {{ content = \"x\" }}\n"
    );
    std::fs::write(directory.path().join("recipes/slow.lua"), recipe).unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(["run", "-r", "slow"])
        .current_dir(directory.path())
        .env("CHEFRS_STATE_DIRECTORY", directory.path().join(".state"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let run = Heard::new(run);
    // The handler stands before the first resource is touched, so a look at its trace is enough.
    wait_for(&directory.path().join("begun"));
    run.told_to_end(Signal::SIGTERM, "interrupted: the resource at hand is finished");
    std::fs::write(directory.path().join("go"), "").unwrap();
    let output = run.end();
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(130), "{words}");
    assert!(directory.path().join("first").exists(), "{words}");
    assert!(!directory.path().join("second").exists(), "{words}");
    assert!(words.contains("1 updated, 0 up to date, 1 not run, 0 failed"), "{words}");
}
