//! A run whose control side was killed: it goes on where it is, and whoever sees its end there makes the record here whole.

use nix::sys::signal::Signal;

use super::systems::Systems;
use crate::patience::{Heard, until};

/// Waits on the target until it is let go.
const SLOW: &str = "execute \"slow\" { command = \"touch /mnt/begun; for i in $(seq 9000); do [ -e /mnt/go ] && break; sleep 0.05; done\" }\n";

/// A run that was left by its control side, and has come to its end since: its id.
fn left(systems: &Systems) -> String {
    systems.write("recipes/slow.lua", SLOW);
    let run = Heard::new(systems.start(&["run", "-t", "web1", "-r", "slow", "--format", "json"]));
    until("web1 at work", || systems.read("web1", "begun").is_some());
    run.says("\"run_started\"");
    run.signal(Signal::SIGKILL);
    run.end();
    let (_, log, _) = systems.call(&["log"]);
    assert!(log.contains("cut off"), "{log}");
    let id = log.split(' ').nth(1).unwrap().to_owned();
    systems.go();
    id
}

#[test]
fn attach_makes_the_record_whole() {
    let Some(systems) = Systems::new() else { return };
    let id = left(&systems);
    let (status, told, stderr) = systems.call(&["attach", "-t", "web1", &id]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{told}");
    let (_, log, _) = systems.call(&["log"]);
    assert!(log.ends_with(" slow on web1: converged, 1 updated, 0 up to date, 0 failed\n"), "{log}");
}

#[test]
fn status_makes_the_record_whole() {
    let Some(systems) = Systems::new() else { return };
    let id = left(&systems);
    // Only a run that has ended stands in brackets.
    let ended = format!("({id})");
    until("the end of the run", || systems.call(&["status", "-t", "web1"]).1.contains(&ended));
    let (_, log, _) = systems.call(&["log"]);
    assert!(log.ends_with(" slow on web1: converged, 1 updated, 0 up to date, 0 failed\n"), "{log}");
}

/// Whoever does not see the end does not know of one.
#[test]
fn who_finds_nothing_there_settles_nothing() {
    let Some(systems) = Systems::new() else { return };
    let id = left(&systems);
    let (status, _, stderr) = systems.call(&["attach", "-t", "web2", &id]);
    assert_eq!(status, 1, "{stderr}");
    let (_, log, _) = systems.call(&["log"]);
    assert!(log.contains("cut off"), "{log}");
}
