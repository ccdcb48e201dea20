//! Five machines get a Django site from one command. One is cut off in the middle and healed, one loses its power; the
//! next run pays what that one owed.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::{Host, boot};
use crate::executable::executable;
use crate::patience::EndInTime as _;

/// Longer than it takes to notice that a host is gone, shorter than it is waited for.
const OUTAGE: Duration = Duration::from_secs(12);

#[test]
fn five_sites_in_one_command() {
    let Some(hosts) = boot::<5>() else { return };
    let place = tempfile::tempdir().unwrap();
    project(place.path(), &hosts);
    let [_, cut, _, killed, _] = &hosts;

    let mut run = start(place.path(), &hosts[0], &["run", "--format", "json", "--reconnect", "90"]);
    let mut events = BufReader::new(run.stdout.take().unwrap())
        .lines()
        .map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let (mut was_cut, mut was_killed) = (false, false);
    let finished = thread::scope(|scope| {
        events.find(|event| {
            let is_of = |host: &Host| event["target"] == host.name();
            if !was_cut && is_of(cut) && event["event"] == "change" {
                was_cut = true;
                cut.cut();
                scope.spawn(|| {
                    thread::sleep(OUTAGE);
                    cut.heal();
                });
            }
            if !was_killed && is_of(killed) && event["event"] == "notified" && event["timing"] == "delayed" {
                was_killed = true;
                killed.kill();
            }
            event["event"] == "fleet_finished"
        })
    });
    assert!(was_cut && was_killed);
    let status = run.wait_in_time().unwrap();
    let outcomes = finished.unwrap();
    for host in &hosts {
        let outcome =
            outcomes["targets"].as_array().unwrap().iter().find(|it| it["target"] == host.name()).unwrap();
        let wanted = if host.name() == killed.name() { "lost" } else { "converged" };
        assert_eq!(outcome["outcome"], wanted, "{outcome:#}");
    }
    assert_eq!(status.code(), Some(4));

    killed.start();
    let (status, said) = end(start(place.path(), &hosts[0], &["run"]));
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("owed by an earlier run: "), "{said}");
    let recap = said.split_once("\nrecap\n").unwrap().1;
    for host in &hosts {
        let row = recap.lines().find(|row| row.split_whitespace().next() == Some(host.name())).unwrap();
        assert_eq!(row.split_whitespace().nth(1), Some("converged"), "{said}");
        let page = host.fetch("/").unwrap_or_else(|why| panic!("{}: {why}\n{said}", host.name()));
        assert!(page.contains("Guest book"), "{page}");
    }
    assert!(recap.contains("\n5 targets: 5 converged in "), "{said}");
    let (status, said) = end(start(place.path(), &hosts[0], &["plan"]));
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("\nplan: 5 targets: 5 up to date in "), "{said}");
}

/// An inventory of the hosts, and an `ssh` that notices a silent network within seconds: the options of a run are
/// fixed, and of several the first counts.
fn project(place: &Path, hosts: &[Host]) {
    let write = |path: &str, text: &str| {
        let path = place.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("groups/site.toml", "[attributes.django_app]\nwheels = \"/srv/repo/wheels\"\n");
    for host in hosts {
        write(&format!("nodes/{}.toml", host.name()), "groups = [\"site\"]\n");
    }
    let alive = "-o ServerAliveInterval=1 -o ServerAliveCountMax=6 -o ConnectTimeout=10";
    fs::create_dir_all(place.join("bin")).unwrap();
    executable(place.join("bin/ssh"), &format!("#!/bin/sh\nexec /usr/bin/ssh {alive} \"$@\"\n"));
}

fn start(place: &Path, any: &Host, words: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(words)
        .args(["-t", "@site", "-r", "django_app", "--ssh-config"])
        .arg(any.ssh_config())
        .current_dir(place)
        .env_clear()
        .env("HOME", place)
        .env("PATH", format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", place.join("bin").display()))
        .env("LANG", "C.UTF-8")
        .env("CHEFRS_STATE_DIRECTORY", place.join("state"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// Exit code and report.
fn end(run: Child) -> (i32, String) {
    let output = run.output_in_time().unwrap();
    (output.status.code().unwrap_or(-1), String::from_utf8(output.stdout).unwrap())
}
