//! A target where the agent can't run is worked on through its shell: the same recipe, the same connection, and it is
//! said.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use nix::sys::signal::Signal;

use super::server::Server;
use crate::patience::{CallInTime as _, EndInTime as _, Heard, is_running, undisturbed, until, wait_for};
use crate::skipped::is_root;

/// Programs of the spec's own stand before the system's.
const FAKES: &str = "PATH=$1/bin:$PATH; eval \"$SSH_ORIGINAL_COMMAND\"\n";

/// A recipe of most types that need no real system.
const MOST: &str = r#"
directory "[DIR]/site" { mode = "0750" }
file "[DIR]/site/motd" { content = "hello\n", mode = "0644", notifies = { "run", "execute[reload]" } }
file "[DIR]/site/again" { content = contents "[DIR]/site/motd" }
template "[DIR]/site/t" { source = "t.hbs", variables = { name = node.os } }
cookbook_file "[DIR]/site/picture" { source = "picture.bin", verify = "test -s {path}" }
link "[DIR]/site/link" { to = "motd" }
execute "build" { command = "echo built > [DIR]/site/built; echo told", creates = "[DIR]/site/built" }
execute "guarded" { command = "false", only_if = "test -e [DIR]/nowhere" }
execute "reload" { action = "nothing", command = { "touch", "[DIR]/site/reloaded" } }
file "[DIR]/site/gone" { action = "delete" }
"#;

/// The events of a call, without what may differ: numbers of the run, time, and the way.
pub(super) fn events(text: &str) -> Vec<serde_json::Value> {
    text.lines()
        .map(|line| {
            let mut event: serde_json::Value = serde_json::from_str(line).unwrap();
            let fields = event.as_object_mut().unwrap();
            for name in ["run", "milliseconds", "via"] {
                fields.remove(name);
            }
            event
        })
        .filter(|event| event["event"] != "traffic")
        .collect()
}

fn prepare(server: &Server) {
    server.recipe("most", MOST);
    fs::create_dir_all(server.path("files")).unwrap();
    fs::create_dir_all(server.path("templates")).unwrap();
    fs::write(server.path("templates/t.hbs"), "on {{name}}\n").unwrap();
    let bytes: Vec<u8> = (0..300_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
    fs::write(server.path("files/picture.bin"), bytes).unwrap();
}

#[test]
fn the_same_events_as_with_the_agent() {
    let Some(server) = Server::start(None) else { return };
    prepare(&server);
    let mut told = Vec::new();
    for engine in ["agent", "shell"] {
        let call = |verb: &str| {
            let words = ["-r", "most", "--format", "json", "--engine", engine];
            let (status, stdout, stderr) = server.call(verb, &words);
            assert_eq!(stderr, "", "{engine} {verb}");
            (status, events(&stdout))
        };
        told.push([call("plan"), call("run"), call("plan"), call("run")]);
        assert!(server.path("site/reloaded").exists(), "{engine}");
        // Made by a command, whose mask is the same whoever started it.
        let mode = fs::metadata(server.path("site/built")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o644, "{engine}");
        fs::remove_dir_all(server.path("site")).unwrap();
    }
    let [agent, shell] = told.as_slice() else { panic!() };
    for (agent, shell) in agent.iter().zip(shell) {
        assert_eq!(agent, shell);
    }
    assert_eq!(shell.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [2, 0, 0, 0]);
}

#[test]
fn a_machine_of_another_kind_is_worked_on_through_its_shell() {
    let Some(server) = Server::start(Some(FAKES)) else { return };
    server
        .program("uname", "#!/bin/sh\n[ \"$1\" = -sm ] && exec echo Linux armv7l\nexec /bin/uname \"$@\"\n");
    server.recipe("motd", "file \"[DIR]/motd\" { content = \"hello\\n\" }\n");
    let (status, stdout, stderr) = server.call("plan", &["-r", "motd"]);
    assert_eq!((status, stderr.as_str()), (2, ""), "{stdout}");
    let heading = "target: motd (1 resource, through a shell: the agent does not run on armv7l)\n";
    assert!(stdout.starts_with(&format!("planning {heading}")), "{stdout}");
    let (status, stdout, stderr) = server.call("run", &["-r", "motd", "--format", "json"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let first: serde_json::Value = serde_json::from_str(stdout.lines().next().unwrap()).unwrap();
    assert_eq!(first["via"], "a shell: the agent does not run on armv7l");
    let traffic = stdout.lines().find(|line| line.contains("\"event\":\"traffic\"")).unwrap();
    let traffic: serde_json::Value = serde_json::from_str(traffic).unwrap();
    assert!(traffic["sent"].as_u64().unwrap() < 60_000, "no agent was sent: {traffic}");
    assert_eq!(fs::read_to_string(server.path("motd")).unwrap(), "hello\n");

    let (status, _, stderr) = server.call("run", &["-r", "motd", "--engine", "agent"]);
    assert_eq!(status, 1);
    assert!(
        stderr.contains("it is a machine of another kind: Linux armv7l, and this program is for "),
        "{stderr}"
    );
}

#[test]
fn facts_come_through_a_shell_too() {
    let Some(server) = Server::start(None) else { return };
    let facts = |engine: &str| {
        let (status, stdout, stderr) = server.call("facts", &["--engine", engine]);
        assert_eq!((status, stderr.as_str()), (0, ""));
        let mut facts: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        for varying in ["uptime", "now", "memory"] {
            facts.as_object_mut().unwrap().remove(varying);
        }
        facts
    };
    assert_eq!(undisturbed(|| facts("shell"), || facts("agent")), None);
}

#[test]
fn a_failure_is_told_as_by_the_agent() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("broken", "execute \"fails\" { command = \"echo because >&2; exit 3\" }\n");
    let call = |engine: &str| server.call("run", &["-r", "broken", "--engine", engine]);
    let (status, stdout, _) = call("shell");
    assert_eq!(status, 1, "{stdout}");
    let (_, agent, _) = call("agent");
    // Neither the heading nor how long it took.
    let body = |text: &str| text[text.find('\n').unwrap()..text.rfind(" in ").unwrap()].to_owned();
    assert_eq!(body(&stdout), body(&agent));
}

#[test]
fn a_node_may_ask_for_it() {
    let Some(server) = Server::start(None) else { return };
    fs::create_dir(server.path("nodes")).unwrap();
    fs::write(server.path("nodes/web1.toml"), "host = \"target\"\nengine = \"shell\"\n").unwrap();
    server.recipe("motd", "file \"[DIR]/motd\" { content = \"hello\\n\" }\n");
    let (status, stdout, stderr) =
        server.told(server.command("run", "web1", &["-r", "motd"]).output_in_time().unwrap());
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(
        stdout.starts_with("converging web1: motd (1 resource, through a shell, as asked for)\n"),
        "{stdout}"
    );
}

#[test]
fn where_nothing_may_be_executed_a_shell_works() {
    if !is_root() {
        return;
    }
    // Every directory that the agent could be kept in is mounted noexec, in a mount namespace of the session's own.
    let force = "exec unshare --mount -- /bin/sh -c 'for d in /var/lib/chefrs /tmp /root; do \
                 mount -t tmpfs -o noexec,mode=0700 tmpfs $d; done; eval \"$1\"' sh \"$SSH_ORIGINAL_COMMAND\"\n";
    let Some(server) = Server::start(Some(force)) else { return };
    server.recipe("motd", "execute \"noexec\" { command = \"grep -c 'tmp tmpfs.*noexec' /proc/mounts\" }\n");
    let (status, stdout, stderr) = server.call("run", &["-r", "motd", "--verbose"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let heading = "(1 resource, through a shell: no directory there can hold and run the agent)\n";
    assert!(stdout.contains(heading), "{stdout}");
    let (status, _, stderr) = server.call("run", &["-r", "motd", "--engine", "agent"]);
    assert_eq!(status, 1);
    assert!(stderr.contains("no directory there can hold and run the agent"), "{stderr}");
    let tried = "not be mounted noexec: /var/lib/chefrs/agent /root/.cache/chefrs /tmp/chefrs-0";
    assert!(stderr.contains(tried), "{stderr}");
}

#[test]
fn two_runs_through_shells_wait_for_each_other() {
    let Some(server) = Server::start(None) else { return };
    server.recipe(
        "slow",
        "execute \"slow\" { command = \"touch [DIR]/begun; until test -e [DIR]/end; do sleep 0.1; done\" }\n",
    );
    server.recipe("quick", "execute \"quick\" { command = \"true\" }\n");
    let first = server.command("run", "target", &["-r", "slow", "--engine", "shell"]).spawn().unwrap();
    wait_for(&server.path("begun"));
    for engine in ["agent", "shell"] {
        let words = ["-r", "quick", "--engine", engine, "--lock-timeout", "0"];
        let (status, _, stderr) = server.call("run", &words);
        assert_eq!(status, 5, "{engine}: {stderr}");
        assert!(stderr.contains("the target is locked by the run "), "{engine}: {stderr}");
    }
    fs::write(server.path("end"), "").unwrap();
    let (status, stdout, _) = server.told(first.output_in_time().unwrap());
    assert_eq!(status, 0, "{stdout}");
    let (status, stdout, stderr) = server.call("run", &["-r", "quick", "--lock-timeout", "0"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
}

#[test]
fn the_second_interrupt_ends_the_command_there() {
    let Some(server) = Server::start(None) else { return };
    server.recipe(
        "slow",
        "execute \"slow\" { command = \"touch [DIR]/begun; exec sleep 3600\" }\nexecute \"true\"\n",
    );
    let run = server.command("run", "target", &["-r", "slow", "--engine", "shell"]).spawn().unwrap();
    let run = Heard::new(run);
    wait_for(&server.path("begun"));
    run.told_to_end(Signal::SIGINT, "interrupted: ");
    run.signal(Signal::SIGINT);
    let (status, stdout, stderr) = server.told(run.end());
    assert_eq!(status, 130, "{stdout}{stderr}");
    assert!(stdout.contains("was stopped: the run was ended"), "{stdout}");
    // The lock is free, and whoever comes next works there.
    let (status, stdout, _) = server.call("status", &["--engine", "shell"]);
    assert_eq!(status, 0);
    assert!(stdout.starts_with("target: no run is under way\n"), "{stdout}");
}

#[test]
fn an_interrupt_ends_a_command_by_hand_with_either_engine() {
    let Some(server) = Server::start(None) else { return };
    for engine in ["agent", "shell"] {
        let pid = server.path(&format!("{engine}.pid"));
        let script = format!("echo $$ > {0}.new; mv {0}.new {0}; exec sleep 3600", pid.display());
        let mut call = server.command("exec", "target", &["--engine", engine, "--", "sh", "-c", &script]);
        let call = Heard::new(call.spawn().unwrap());
        wait_for(&pid);
        call.signal(Signal::SIGINT);
        let (status, _, stderr) = server.told(call.end());
        assert_eq!(status, 130, "{engine}: {stderr}");
        let sleep = fs::read_to_string(&pid).unwrap();
        until("the end of the command", || !is_running(&sleep));
    }
}
