//! A run through a shell that restarts its machine: it waits for another start of it, and goes on there.

use super::{Host, Project, boot};
use crate::hosts::lasting::RESTARTS;

/// In front of the real one; counts who asks for a restart, and does this instead.
fn systemctl(host: &Host, restarts: &str) {
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = reboot ] || exec /usr/bin/systemctl \"$@\"\necho asked >>/srv/asked\n{restarts}\n"
    );
    host.write("/usr/local/sbin/systemctl", script.as_bytes());
    host.must("chmod 755 /usr/local/sbin/systemctl");
}

fn boot_id(host: &Host) -> String {
    host.must("cat /proc/sys/kernel/random/boot_id")
}

#[test]
fn a_run_goes_on_after_the_restarts_that_it_asked_for() {
    let Some([host]) = boot() else { return };
    let project = Project::new(RESTARTS);
    let call = |verb: &str| project.call(&host, host.name(), &[verb, "-r", "most", "--engine", "shell"]);
    // It still answers for a while, which is not to be taken for being back.
    systemctl(&host, "exec systemd-run --quiet --on-active=3 /usr/bin/systemctl reboot");
    let first = boot_id(&host);
    let (code, stdout, stderr) = call("plan");
    assert_eq!(code, 2, "{stdout}{stderr}");
    assert!(stdout.contains("would restart the machine, then go on: a new kernel"), "{stdout}");

    let (code, stdout, stderr) = call("run");
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("the machine restarts now for reboot[kernel]: a new kernel\n"), "{stdout}");
    assert!(stdout.contains("the machine restarts now for reboot[rest]: rest\n"), "{stdout}");
    assert_eq!(stderr.matches(" is back\n").count(), 2, "{stderr}");
    assert_eq!(host.must("cat /srv/asked"), "asked\nasked\n");
    // Paid once, in the time between the two.
    assert_eq!(host.must("cat /srv/paid"), "paid\n");
    let between = host.must("cat /srv/boots");
    assert!(between != first && between != boot_id(&host), "{between}");
    let told = host.must("chefrs status");
    assert!(told.starts_with("no run is under way\nnothing is owed\n"), "{told}");
    let runs: Vec<&str> =
        told.lines().filter_map(|line| line.rsplit_once(" (")).map(|(_, run)| run).collect();
    assert!(runs.len() == 3 && runs.iter().all(|run| *run == runs[0]), "one run in three parts: {told}");

    let (code, stdout, stderr) = call("run");
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains("0 updated, 2 up to date"), "{stdout}");
}

#[test]
fn a_machine_that_is_not_back_owes_what_it_owed() {
    let Some([host]) = boot() else { return };
    let project = Project::new(RESTARTS);
    let run = |words: &[&str]| {
        let words = [&["run", "-r", "most", "--engine", "shell"], words].concat();
        project.call(&host, host.name(), &words)
    };
    let address = format!("`ssh://{}`", host.name());
    let status = || host.must("chefrs status");

    // One that goes down in its own way, and stays there.
    systemctl(&host, "exec systemd-run --quiet /usr/bin/systemctl poweroff");
    let (code, stdout, stderr) = run(&["--reboot-timeout", "2"]);
    assert_eq!(code, 4, "{stdout}{stderr}");
    assert!(stderr.contains(&format!("{address} is not back 2 seconds after its restart")), "{stderr}");
    assert!(stderr.contains("hint: once it is back, run again to go on"), "{stderr}");
    // However far it has come by then.
    host.kill();
    host.start();
    let owed = "execute[paid] run, delayed, by file[/srv/first]";
    assert!(status().contains(owed) && status().starts_with("no run is under way\n"), "{}", status());

    // One that does not go down at all, once what was owed is paid.
    systemctl(&host, ":");
    let (code, stdout, stderr) = run(&["--reboot-timeout", "2"]);
    assert_eq!(code, 4, "{stdout}{stderr}");
    assert!(stdout.contains("owed by an earlier run: execute[paid] run, by file[/srv/first]"), "{stdout}");
    assert!(stdout.contains("the machine restarts now for reboot[rest]: rest\n"), "{stdout}");
    assert!(stderr.contains("it answers, and has not gone down yet"), "{stderr}");
    assert_eq!(host.must("cat /srv/paid"), "paid\n");

    // One that can't says why.
    systemctl(&host, "echo no power >&2; exit 1");
    let (code, stdout, stderr) = run(&[]);
    assert_eq!(code, 1, "{stdout}{stderr}");
    assert!(stdout.contains("owed by an earlier run: reboot[rest] request_reboot"), "{stdout}");
    assert!(stderr.contains("no power") && !stderr.contains("is back"), "{stderr}");

    systemctl(&host, "exec /usr/bin/systemctl reboot");
    let before = boot_id(&host);
    let (code, stdout, stderr) = run(&[]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert_ne!(boot_id(&host), before);
    assert!(status().starts_with("no run is under way\nnothing is owed\n"), "{}", status());
    let (code, stdout, stderr) = run(&[]);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains("0 updated, 2 up to date"), "{stdout}");
}
