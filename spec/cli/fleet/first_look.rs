//! What can be known of any target is said before one is touched: on each over the connection that its run goes on with,
//! by the agent, by a shell, and on this machine itself.

use std::fs;
use std::net::TcpListener;

use super::systems::Systems;
use super::{recap, told};
use crate::patience::{Heard, until};

const WHY: &str = "no target was changed, because ";

/// What a target's own part of the report says of it, without times.
fn details<'a>(stdout: &'a str, heading: &str) -> Vec<&'a str> {
    let mut lines = stdout.lines().skip_while(|line| !line.starts_with(heading));
    lines.next().unwrap_or_else(|| panic!("no {heading:?} in {stdout}"));
    lines.take_while(|line| line.starts_with("  ")).map(|line| &line[2..]).collect()
}

/// Nothing was written on a system, and nothing is remembered there.
fn is_untouched(systems: &Systems, name: &str) {
    assert_eq!(systems.read(name, "site/motd"), None, "{name}");
    let (status, stdout, _) = systems.call(&["status", "-t", name]);
    assert_eq!(status, 0);
    assert!(stdout.contains("no run is under way\nnothing is owed\nno run has ended"), "{name}: {stdout}");
}

#[test]
fn what_is_refused_on_one_is_begun_on_none() {
    let Some(systems) = Systems::new() else { return };
    systems.break_it("web2");
    // What it tells alone.
    let (status, alone, stderr) = systems.call(&["run", "-t", "web2", "-r", "motd"]);
    assert_eq!((status, stderr.as_str()), (1, ""), "{alone}");
    let alone: Vec<&str> = alone.lines().skip(1).take_while(|line| !line.is_empty()).collect();
    assert!(alone[0].starts_with("error: file[/mnt/site/motd] failed to create: `/mnt/site` is a file"));
    for engine in ["agent", "shell"] {
        let (status, stdout, stderr) = systems.call(&["run", "-t", "@web", "-r", "motd", "--engine", engine]);
        assert_eq!(status, 1, "{stdout}{stderr}");
        assert_eq!(stderr, format!("{WHY}web2 can't be converged: fix that, or run the others without it\n"));
        assert!(stdout.contains("\n3 targets: 1 failed and 2 not started in "), "{stdout}");
        assert_eq!(details(&stdout, "web2 (1 of 3 targets)"), alone, "{stdout}");
        is_untouched(&systems, "web1");
        is_untouched(&systems, "web3");
    }
    fs::remove_file(systems.path("mnt/web2/site")).unwrap();
    fs::create_dir(systems.path("mnt/web2/site")).unwrap();
    // Their turn has not come yet, and it is theirs to be gone on with.
    let (status, stdout, stderr) = systems.call(&["run", "--failed-from", "last"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains("\n3 targets: 3 converged in "), "{stdout}");
}

#[test]
fn all_that_refuse_are_named() {
    let Some(systems) = Systems::new() else { return };
    systems.break_it("web1");
    systems.break_it("web3");
    let (status, stdout, stderr) = systems.call(&["run", "-t", "@web", "-r", "motd"]);
    assert_eq!(status, 1, "{stdout}{stderr}");
    assert!(stderr.starts_with(&format!("{WHY}web1 and web3 can't be converged: ")), "{stderr}");
    assert!(stdout.contains("\nweb1 and web3 (2 of 3 targets)\n"), "{stdout}");
    is_untouched(&systems, "web2");
}

/// Those of later batches, and those for which there is no room at once, are looked at ahead of the first.
#[test]
fn the_look_goes_to_all_batches() {
    let Some(systems) = Systems::new() else { return };
    systems.break_it("web3");
    for narrow in [["--batch", "1"], ["--forks", "1"]] {
        let words = [&["run", "-t", "web1,web2,web3", "-r", "motd"], narrow.as_slice()].concat();
        let (status, stdout, stderr) = systems.call(&words);
        assert_eq!(status, 1, "{stdout}{stderr}");
        assert!(stderr.starts_with("looking at 3 targets before one is touched\n"), "{stderr}");
        assert!(
            stderr.ends_with(&format!(
                "{WHY}web3 can't be converged: fix that, or run the others without it\n"
            ))
        );
        assert!(stdout.contains("\n3 targets: 1 failed and 2 not started in "), "{stdout}");
        assert!(stdout.contains("error: file[/mnt/site/motd] failed to create: `/mnt/site` is a file"));
        is_untouched(&systems, "web1");
        is_untouched(&systems, "web2");
    }
    let words = ["run", "-t", "web1,web2", "-r", "motd", "--batch", "1"];
    let (status, stdout, _) = systems.call(&words);
    assert_eq!(status, 0, "{stdout}");
    assert!(stdout.contains("\nweb1: 1 updated") && stdout.contains("\nweb2: 1 updated"), "{stdout}");
}

#[test]
fn recipes_that_do_not_compile_for_one_are_begun_on_none() {
    let Some(systems) = Systems::new() else { return };
    let node = fs::read_to_string(systems.path("nodes/web3.toml")).unwrap();
    systems.write("nodes/web3.toml", &node.replace("text =", "txt ="));
    let (status, stdout, stderr) = systems.call(&["run", "-t", "@web", "-r", "motd"]);
    assert_eq!(status, 3, "{stdout}{stderr}");
    assert!(stderr.starts_with(&format!("{WHY}web3 can't be converged: ")), "{stderr}");
    assert!(stdout.contains("\n3 targets: 1 not compiled and 2 not started in "), "{stdout}");
    is_untouched(&systems, "web1");
}

#[test]
fn who_is_not_there_holds_nobody_back() {
    let Some(systems) = Systems::new() else { return };
    systems.write("nodes/gone.toml", "address = \"chroot:/nonexistent/root\"\n");
    let (status, stdout, _) = systems.call(&["run", "-t", "gone,web1", "-r", "motd"]);
    assert_eq!(status, 4, "{stdout}");
    assert!(recap(&stdout).contains("\n2 targets: 1 converged and 1 unreachable in "), "{stdout}");
    // Where one failure is enough, it has come before the first was begun.
    let words = ["run", "-t", "web2,gone,web3", "-r", "motd", "--max-failures", "1", "--format", "json"];
    let (status, stdout, _) = systems.call(&words);
    assert_eq!(status, 4, "{stdout}");
    assert!(systems.read("web2", "site/motd").is_none() || stdout.contains("\"outcome\":\"converged\""));
}

/// One that takes the connection and says nothing is waited for a moment, and then no more.
#[test]
fn who_says_nothing_does_not_keep_the_others_waiting() {
    let Some(systems) = Systems::new() else { return };
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = mute.local_addr().unwrap();
    let targets = format!("web1,ssh://{address}");
    let words = ["run", "-t", &targets, "-r", "motd", "--connect-timeout", "600"];
    let run = Heard::new(systems.start(&words));
    run.complains(&format!("{address} keeps the others waiting for too long: they start without it\n"));
    until("web1 converged", || systems.read("web1", "site/motd").is_some());
    // It is not there any more: whoever waits for it has it at once.
    drop(mute);
    let (status, stdout, stderr) = told(run.end());
    assert_eq!(status, 4, "{stdout}{stderr}");
    assert!(stdout.contains("\n2 targets: 1 converged and 1 unreachable in "), "{stdout}");
}

#[test]
fn this_machine_waits_for_the_others_too() {
    let Some(systems) = Systems::new() else { return };
    let here = systems.path("here");
    let recipe = format!(
        "file(if node:get(\"motd.text\") then \"/mnt/site/motd\" else \"{}\") {{ content = \"x\" }}\n",
        here.display()
    );
    systems.write("recipes/motd.lua", &recipe);
    systems.break_it("web1");
    let (status, stdout, stderr) = systems.call(&["run", "-t", "local,web1", "-r", "motd"]);
    assert_eq!(status, 1, "{stdout}{stderr}");
    assert!(stdout.contains("\n2 targets: 1 failed and 1 not started in "), "{stdout}");
    assert!(!here.exists(), "{stdout}");
    // And the other way round.
    fs::create_dir(&here).unwrap();
    let (status, stdout, stderr) = systems.call(&["run", "-t", "local,web2", "-r", "motd"]);
    assert_eq!(status, 1, "{stdout}{stderr}");
    assert!(stderr.starts_with(&format!("{WHY}local can't be converged: ")), "{stderr}");
    is_untouched(&systems, "web2");
    fs::remove_dir(&here).unwrap();
    let (status, stdout, stderr) = systems.call(&["run", "-t", "local,web2", "-r", "motd"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(here.exists() && systems.read("web2", "site/motd").is_some(), "{stdout}");
}

/// A secret that one of them lacks is known of before anything is.
#[test]
fn a_secret_that_one_needs_is_missed_before_anything_is_changed() {
    let Some(systems) = Systems::new() else { return };
    let recipe = "file \"/mnt/site/motd\" { content = \"hello\\n\" }\n\
                  if node.motd.text == \"other\" then\n\
                  file \"/mnt/site/key\" { content = secret \"key\" }\n\
                  end\n";
    systems.write("recipes/motd.lua", recipe);
    let (status, stdout, stderr) = systems.call(&["run", "-t", "@web", "-r", "motd"]);
    assert_eq!(status, 1, "{stdout}{stderr}");
    assert!((stdout.clone() + &stderr).contains("the secret `key` is not known"), "{stdout}{stderr}");
    assert!(stderr.starts_with(&format!("{WHY}web3 can't be converged: ")), "{stderr}");
    for name in ["web1", "web2", "web3"] {
        is_untouched(&systems, name);
    }
}
