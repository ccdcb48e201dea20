//! `run`, `plan` and `facts` on several machines: directories that hold a system, this machine, and one that is not there.

use std::fs;
use std::process::Output;

use nix::sys::signal::Signal;
use serde_json::Value;

use super::program::Program;
use crate::patience::{Heard, processes_with, until};

mod first_look;
mod left;
mod own_lists;
mod scope;
mod secrets;
mod systems;

use systems::{NAMES, Systems};

const MOTD: &str = "file \"/mnt/site/motd\" { content = `{node.motd.text}\\n`, mode = \"0644\" }\n";

fn told(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// What follows the heading of the recap.
fn recap(stdout: &str) -> &str {
    stdout.split_once("\nrecap\n").unwrap_or_else(|| panic!("no recap in {stdout}")).1
}

#[test]
fn several_are_planned_converged_and_left_alone() {
    let Some(systems) = Systems::new() else { return };
    let (status, stdout, stderr) = systems.call(&["plan", "-t", "@web", "-r", "motd"]);
    assert_eq!((status, stderr.as_str()), (2, ""), "{stdout}");
    assert!(stdout.starts_with("planning 3 targets: motd\n"), "{stdout}");
    assert!(stdout.contains("\nplan: 3 targets: 3 would change in "), "{stdout}");
    assert_eq!(systems.read("web1", "site/motd"), None);

    let (status, stdout, stderr) = systems.call(&["run", "-t", "web1,web2", "-t", "web3", "-r", "motd"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains("\nweb1: 1 updated, 0 up to date, "), "{stdout}");
    let details =
        "\nweb1 and web2 (2 of 3 targets)\n  file[/mnt/site/motd] create: create file, 5 bytes, mode 0644\n";
    assert!(stdout.contains(details), "{stdout}");
    assert!(stdout.contains("\nweb3 (1 of 3 targets)\n"), "{stdout}");
    assert!(recap(&stdout).contains("\n3 targets: 3 converged in "), "{stdout}");
    let texts = NAMES.map(|name| systems.read(name, "site/motd").unwrap());
    assert_eq!(texts, ["same\n", "same\n", "other\n"]);

    let (status, stdout, _) = systems.call(&["run", "-t", "web*", "-r", "motd"]);
    assert_eq!(status, 0);
    assert!(!stdout.contains(" of 3 targets)"), "{stdout}");
    assert_eq!(stdout.matches(": 0 updated, 1 up to date, ").count(), 3, "{stdout}");
}

/// What fails only once it is tried: what can be known ahead holds all of them back.
const TRIED: &str =
    "file \"/mnt/site/motd\" { content = `{node.motd.text}\\n`, verify = \"! test -e /mnt/broken\" }\n";

#[test]
fn a_broken_one_harms_no_other_and_is_named_at_the_end() {
    let Some(systems) = Systems::new() else { return };
    systems.write("recipes/motd.lua", TRIED);
    systems.write("mnt/web2/broken", "");
    systems.write("nodes/gone.toml", "address = \"chroot:/nonexistent/root\"\n");
    let (status, stdout, _) = systems.call(&["run", "-t", "*", "-r", "motd"]);
    assert_eq!(status, 1, "{stdout}");
    assert_eq!(systems.read("web1", "site/motd").as_deref(), Some("same\n"));
    let rows: Vec<&str> = recap(&stdout).lines().take(4).map(|row| row.split("  ").nth(1).unwrap()).collect();
    assert_eq!(rows, ["gone", "web1", "web2", "web3"], "{stdout}");
    let sentence = "\n4 targets: 2 converged, 1 failed, and 1 unreachable in ";
    assert!(stdout.contains(sentence), "{stdout}");
    assert!(stdout.contains("\nhint: fix the cause, then `chefrs run --failed-from 20"), "{stdout}");
    assert!(stdout.contains("\n  error: file[/mnt/site/motd] failed to create: "), "{stdout}");
}

#[test]
fn once_enough_have_failed_the_rest_is_not_touched() {
    let Some(systems) = Systems::new() else { return };
    systems.write("recipes/motd.lua", TRIED);
    systems.write("mnt/web1/broken", "");
    let words = ["run", "-t", "@web", "-r", "motd", "--batch", "1%", "--max-failures", "1"];
    let (status, stdout, _) = systems.call(&words);
    assert_eq!(status, 1, "{stdout}");
    assert!(
        stdout.starts_with("converging 3 targets: motd (in 3 batches)\nbatch 1 of 3: web1\n"),
        "{stdout}"
    );
    assert!(stdout.contains("\n3 targets: 1 failed and 2 not started in "), "{stdout}");
    assert_eq!([systems.read("web2", "site/motd"), systems.read("web3", "site/motd")], [None, None]);
    // It was looked at, and no run was begun there.
    let (_, told, _) = systems.call(&["status", "-t", "web2"]);
    assert!(told.contains("nothing is owed\nno run has ended here yet\n"), "{told}");
}

#[test]
fn the_json_stream_names_each_host_and_ends_with_all_of_them() {
    let Some(systems) = Systems::new() else { return };
    systems.write("recipes/motd.lua", TRIED);
    systems.write("mnt/web2/broken", "");
    let (status, stdout, stderr) = systems.call(&["run", "-t", "@web", "-r", "motd", "--format", "json"]);
    assert_eq!((status, stderr.as_str()), (1, ""), "{stdout}");
    let events: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&events[0]["event"], &events[0]["schema"]), (&"fleet_started".into(), &2.into()));
    let changes: Vec<&str> = events
        .iter()
        .filter(|event| event["event"] == "action_finished" && event["outcome"]["outcome"] == "updated")
        .map(|event| event["target"].as_str().unwrap())
        .collect();
    assert!(changes.len() == 2 && changes.contains(&"web1") && changes.contains(&"web3"), "{stdout}");
    let last = events.last().unwrap();
    assert_eq!((&last["event"], &last["exit"]), (&"fleet_finished".into(), &1.into()));
    let hosts: Vec<String> = last["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|host| format!("{} {} {}", host["target"], host["outcome"], host["exit"]))
        .collect();
    assert_eq!(hosts, ["\"web1\" \"converged\" 0", "\"web2\" \"failed\" 1", "\"web3\" \"converged\" 0"]);
    assert!(last["targets"][1]["failure"]["message"].as_str().unwrap().contains("/mnt/broken"), "{last}");
    // A group that has shrunk to one host has the same form.
    let (_, stdout, _) = systems.call(&["plan", "-t", "web1*", "-r", "motd", "--format", "json"]);
    assert!(stdout.starts_with("{\"event\":\"fleet_started\",\"schema\":2,"), "{stdout}");
}

#[test]
fn facts_of_each_come_as_one_object() {
    let Some(systems) = Systems::new() else { return };
    let (status, stdout, stderr) = systems.call(&["facts", "-t", "@web", "os", "memory.total"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let mut lines: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.sort_by_key(|line| line["target"].to_string());
    let names: Vec<&Value> = lines.iter().map(|line| &line["target"]).collect();
    assert_eq!(names, NAMES);
    assert!(
        lines.iter().all(|line| line["facts"]["os"] == "linux" && !line["facts"]["memory.total"].is_null())
    );

    let (status, stdout, stderr) = systems.call(&["facts", "-t", "web1,chroot:/nonexistent/root"]);
    assert_eq!(status, 4, "{stdout}");
    assert!(
        stdout.starts_with("{\"target\":\"web1\",\"facts\":{") && stdout.lines().count() == 1,
        "{stdout}"
    );
    assert!(stderr.starts_with("error: chroot:/nonexistent/root: "), "{stderr}");
}

#[test]
fn an_interrupt_finishes_what_is_under_way_and_begins_no_other() {
    let Some(systems) = Systems::new() else { return };
    // The interrupt takes its way to each of them, and nothing tells when it is there: it has a minute for it.
    let slow = "file \"/mnt/first\" { content = \"x\", verify = \"touch /mnt/begun; for i in $(seq 9000); do [ -e /mnt/go ] && break; sleep 0.05; done\" }\n\
                for n = 1, 600 do execute(\"pause \" .. n) { command = \"sleep 0.1\" } end\n\
                file \"/mnt/second\" { content = \"x\" }\n";
    systems.write("recipes/slow.lua", slow);
    let run = Heard::new(systems.start(&["run", "-t", "@web", "-r", "slow", "--forks", "2"]));
    systems.both_have_begun();
    run.told_to_end(Signal::SIGINT, "interrupted: no more targets are started");
    systems.go();
    let (status, stdout, stderr) = told(run.end());
    assert_eq!(status, 130, "{stdout}{stderr}");
    for name in ["web1", "web2"] {
        assert!(systems.read(name, "first").is_some() && systems.read(name, "second").is_none(), "{stdout}");
    }
    assert!(stdout.contains("\n3 targets: 2 interrupted and 1 not started in "), "{stdout}");
    assert!(stdout.contains("\nhint: `chefrs run --failed-from 20"), "{stdout}");
}

#[test]
fn whoever_leaves_at_once_says_who_may_still_be_at_work() {
    let Some(systems) = Systems::new() else { return };
    // A package manager of their own would be waited for, too: this one just does not want to end.
    let place = systems.path("");
    let place = place.to_str().unwrap();
    let long = format!(
        "execute \"long\" {{ command = \"trap '' TERM; touch /mnt/begun; for i in $(seq 9000); do [ -e /mnt/go ] && break; sleep 0.05; done; : {place}\" }}\n"
    );
    systems.write("recipes/long.lua", &long);
    let run = Heard::new(systems.start(&["run", "-t", "web1,web2", "-r", "long", "--format", "json"]));
    systems.both_have_begun();
    // What it has been told of, it can tell of.
    run.says_times("\"run_started\"", 2);
    run.told_to_end(Signal::SIGINT, "\ninterrupted: no more targets are started");
    run.told_to_end(Signal::SIGINT, "\ninterrupted again: the current commands are stopped");
    run.signal(Signal::SIGINT);
    let (status, stdout, stderr) = told(run.end());
    assert_eq!(status, 130, "{stdout}{stderr}");
    let (_, last) = stderr.split_once("\nexited at once: the run ").unwrap_or_else(|| panic!("{stderr}"));
    for name in ["web1", "web2"] {
        assert!(last.contains(&format!(" on {name}")), "{stderr}");
    }
    assert!(last.contains(" end without being watched\nhint: `chefrs status -t TARGET` tells "), "{stderr}");
    // Nothing of this spec outlives it.
    systems.go();
    until("the end of what was left alone", || processes_with(place).is_empty());
}

#[test]
fn this_machine_converges_beside_one_that_is_not_there() {
    let output = Program::new(&["run", "-t", "local,ssh://127.0.0.1:1", "-r", "motd"])
        .file("recipes/motd.lua", "file \"[DIR]/motd\" { content = \"hello\\n\" }\n")
        .output();
    let all = format!("{}{}", output.stdout, output.stderr);
    assert_eq!(output.status, 4, "{all}");
    assert_eq!(fs::read_to_string(output.directory.path().join("motd")).unwrap(), "hello\n");
    assert!(output.stdout.starts_with("converging 2 targets: motd\n"), "{all}");
    assert!(
        output.stdout.contains("\nlocal (1 of 2 targets)\n  file[[DIR]/motd] create: create file"),
        "{all}"
    );
    assert!(output.stdout.contains("\n2 targets: 1 converged and 1 unreachable in "), "{all}");
    assert!(output.stdout.contains("`chefrs run --failed-from 20"), "{all}");
}

#[test]
fn a_mistake_in_what_was_typed_touches_nobody() {
    let motd = "file \"[DIR]/motd\" { content = \"hello\\n\" }\n";
    let refused = |words: &[&str], message: &str| {
        let words = [&["run", "-r", "motd", "-t", "local"], words].concat();
        let program = Program::new(&words).file("recipes/motd.lua", motd).file("groups/web.toml", "");
        let output = program.status(64).stderr_has(message).check();
        assert!(!output.directory.path().join("motd").exists());
    };
    refused(&["-t", "@wbe"], "error: there is no group `wbe`\nhint: did you mean `@web`?\n");
    refused(&["-t", "@web"], "error: the group `web` has no nodes\n");
    refused(&["-t", "web*"], "error: no node matches `web*`\n");
    refused(&["--target=-oProxyCommand=x"], "error: `-oProxyCommand=x` begins with `-`");
    refused(&["-t", "web1", "--node", "web1"], "error: `--node web1` can't be used with 2 targets\n");
    refused(&["-t", "web1", "--batch", "0%"], "`0%` is neither a number of targets nor a percentage of them");
    refused(&["-t", "web1", "--forks", "0"], "'--forks <N>'");
    refused(&["-t", "web1", "--ssh-config", "nowhere"], "error: there is no file `nowhere`\n");
}

#[test]
fn a_mistake_in_the_project_touches_nobody() {
    let motd = "file \"[DIR]/motd\" { content = \"hello\\n\" }\n";
    let refused = |words: &[&str], node: &str, message: &str| {
        let words = [&["run", "-r", "motd", "-t", "local,web1"], words].concat();
        let program = Program::new(&words).file("recipes/motd.lua", motd).file("nodes/web2.toml", node);
        let output = program.status(3).stderr(message).check();
        assert!(!output.directory.path().join("motd").exists());
    };
    refused(
        &["-r", "motf"],
        "",
        "error: the run list names `motf`, but there is no such recipe or cookbook\nhint: did you mean `motd`?\n",
    );
    refused(
        &[],
        "uesr = \"deploy\"\n",
        "error: `uesr` is not a known key\n  --> nodes/web2.toml:1\n1 | uesr = \"deploy\"\nhint: did you mean `user`?\n",
    );
}

/// Before somebody is asked for a password, everything is said that can be known to be wrong without the machines.
#[test]
fn nobody_is_bothered_for_a_password_in_vain() {
    let refused = |words: &[&str], status: i32, message: &str| {
        let words = [&["run", "--become", "-t", "web1,web2"], words].concat();
        let output = Program::new(&words)
            .file("chefrs.toml", "become_password = [\"touch\", \"asked\"]\n")
            .file("recipes/motd.lua", "file \"/motd\" { contnt = \"hello\" }\n")
            .file("recipes/far.lua", "file \"/far\" { content = node.hostname, onwer = node.hostname }\n")
            .file("recipes/broken.lua", "file \"/motd\" {\n")
            .file("recipes/nginx.lua", "include_recipe \"nginx\"\n")
            .file("nodes/web1.toml", "")
            .file("nodes/web2.toml", "attributes.nginx.prot = 81\n")
            .output();
        let all = format!("{words:?}\n{}{}", output.stdout, output.stderr);
        assert!(output.status == status && output.stderr.contains(message), "{all}");
        assert_eq!(
            output.directory.path().join("asked").exists(),
            message.contains("that `touch` prints"),
            "{all}"
        );
    };
    refused(&["-r", "motf"], 3, "the run list names `motf`");
    refused(&["-r", "motd"], 3, "file[/motd] has no property `contnt`\n  --> recipes/motd.lua:1\n");
    refused(&["-r", "broken"], 3, "  --> recipes/broken.lua:");
    refused(&["-r", "nginx"], 3, "has no attribute `nginx.prot`\n  --> nodes/web2.toml:1\n");
    refused(&["-r", "motd", "--set", "x"], 64, "`--set");
    refused(&["-r", "motd", "-j", "gone.json"], 64, "there is no file `gone.json`");
    refused(&["-r", "motd", "--node", "web1"], 64, "`--node web1` can't be used with 2 targets");
    // What the machine says of itself has to be asked for first.
    refused(&["-r", "far"], 3, "the first line that `touch` prints is empty");
}

#[test]
fn a_run_has_one_id_wherever_it_is_told_of() {
    let Some(systems) = Systems::new() else { return };
    let (status, stdout, stderr) = systems.call(&["run", "-t", "web1,web2", "-r", "motd"]);
    assert_eq!(status, 0, "{stdout}{stderr}");
    let (_, log, _) = systems.call(&["log"]);
    let id = log.split(' ').nth(1).unwrap();
    for name in ["web1", "web2"] {
        let (_, status, _) = systems.call(&["status", "-t", name]);
        assert!(
            status.contains(&format!("converged, 1 updated, 0 up to date, 0 failed ({id})")),
            "{id}: {status}"
        );
    }
}
