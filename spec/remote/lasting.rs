//! A run outlives its connection: broken in the middle, it goes on, and all of it is heard, once.

use std::fs;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::server::Server;
use crate::patience::{EndInTime as _, Heard, until, wait_for};

/// Four resources; the second takes as long as the file `go` is not there.
const RECIPE: &str = "file \"[DIR]/first\" { content = \"x\" }\n\
    execute \"slow\" { cwd = \"[DIR]\", input = \"x\", command = \"echo $PPID > parent; touch begun; for i in $(seq 9000); do [ -e go ] && break; sleep 0.05; done; touch done\" }\n\
    execute \"talk\" { command = \"seq 300\" }\n\
    file \"[DIR]/last\" { content = \"x\" }\n";

/// Starts a run, and waits until its second resource is at work, and has been told of.
fn begun(server: &Server, words: &[&str]) -> Heard {
    server.recipe("slow", RECIPE);
    let words = [&["-r", "slow"], words].concat();
    let run = Heard::new(server.command("run", "target", &words).spawn().unwrap());
    wait_for(&server.path("begun"));
    run.says("execute[slow]");
    run
}

fn go(server: &Server) {
    fs::write(server.path("go"), "").unwrap();
}

/// What the events of a run are about, in order; what depends on the clock or the wire is left out.
fn story(stdout: &str) -> Vec<String> {
    let events = stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    // What the wire cost, and what is said of the connection, differs.
    let told =
        events.filter(|event| event["event"] != "traffic" && event["event"] != "note").map(|mut event| {
            for name in ["milliseconds", "run"] {
                event.as_object_mut().unwrap().remove(name);
            }
            event.to_string()
        });
    told.collect()
}

#[test]
fn a_connection_that_breaks_twice_costs_no_event() {
    let (Some(whole), Some(broken)) = (Server::start(None), Server::start(None)) else { return };
    go(&whole);
    whole.recipe("slow", RECIPE);
    let (status, wanted, stderr) = whole.call("run", &["-r", "slow", "--format", "json"]);
    assert_eq!(status, 0, "{stderr}");

    let run = begun(&broken, &["--format", "json"]);
    let first = broken.connection().unwrap();
    kill(first, Signal::SIGKILL).unwrap();
    let mut second = None;
    until("another connection", || {
        second = broken.connection().filter(|pid| *pid != first);
        second.is_some()
    });
    kill(second.unwrap(), Signal::SIGKILL).unwrap();
    go(&broken);
    let (status, stdout, stderr) = broken.told(run.end());
    assert_eq!(status, 0, "{stdout}{stderr}");
    let (told, wanted) = (story(&stdout), story(&wanted));
    let different = told.iter().zip(&wanted).find(|(told, wanted)| told != wanted);
    assert_eq!((different, told.len()), (None, wanted.len()));
    assert!(
        stdout.contains("the connection to `ssh://target` was lost; the run continues there; reconnecting for up to 60 seconds\""),
        "{stdout}"
    );
    assert!(stdout.contains("`ssh://target` is connected again\""), "{stdout}");
}

#[test]
fn who_does_not_want_to_wait_is_told_what_is_known() {
    let Some(server) = Server::start(None) else { return };
    let run = begun(&server, &["--reconnect", "0"]);
    kill(server.connection().unwrap(), Signal::SIGKILL).unwrap();
    let (status, stdout, stderr) = server.told(run.end());
    assert_eq!(status, 4, "{stdout}{stderr}");
    assert!(stderr.starts_with("error: the connection to `ssh://target` was lost\n"), "{stderr}");
    assert!(stderr.contains("reported until then; "), "{stderr}");
    assert!(stderr.contains("hint: the run continues there: `chefrs status -t target`"), "{stderr}");
    assert!(!server.path("last").exists());
    let run = stderr.split("chefrs attach -t target ").nth(1).unwrap().split('`').next().unwrap();
    let attached = server.command("attach", "target", &[run]).spawn().unwrap();
    go(&server);
    // All of it, while it happens and once it is over.
    let told = server.told(attached.output_in_time().unwrap());
    assert_eq!((told.0, told.2.as_str()), (0, ""), "{}", told.1);
    assert!(told.1.starts_with("converging target: slow (4 resources)\n"), "{}", told.1);
    assert!(told.1.contains("4 updated, 0 up to date, 0 failed"), "{}", told.1);
    assert!(server.path("last").exists());
    let again = server.call("attach", &[run]);
    assert_eq!(again, told);
    let (status, _, stderr) = server.call("attach", &["20260101T000000Z-00000000"]);
    assert_eq!(status, 1);
    assert!(stderr.contains("the run `20260101T000000Z-00000000` is not known there\n"), "{stderr}");
}

#[test]
fn interrupts_reach_a_run_over_another_connection() {
    let Some(server) = Server::start(None) else { return };
    let run = begun(&server, &[]);
    kill(server.connection().unwrap(), Signal::SIGKILL).unwrap();
    run.told_to_end(Signal::SIGINT, "interrupted: ");
    run.signal(Signal::SIGINT);
    let (status, stdout, stderr) = server.told(run.end());
    assert_eq!(status, 130, "{stdout}{stderr}");
    assert!(stdout.contains("execute[slow] failed to run") && stdout.contains("was stopped"), "{stdout}");
    assert!(stderr.contains("interrupted again: the current command is stopped there"), "{stderr}");
    assert!(!server.path("done").exists() && !server.path("last").exists());
}

#[test]
fn the_third_signal_leaves_and_says_what_goes_on() {
    let Some(server) = Server::start(None) else { return };
    // It takes no notice of being asked to end, so there is time for a third signal.
    server.recipe(
        "deaf",
        "execute \"deaf\" { command = \"trap '' TERM; touch [DIR]/begun; for i in $(seq 9000); do [ -e [DIR]/go ] && break; sleep 0.05; done\" }\n",
    );
    let run = Heard::new(server.command("run", "target", &["-r", "deaf"]).spawn().unwrap());
    wait_for(&server.path("begun"));
    run.says("execute[deaf] run");
    run.told_to_end(Signal::SIGINT, "interrupted: ");
    run.told_to_end(Signal::SIGINT, "interrupted again: ");
    run.signal(Signal::SIGINT);
    let (status, stdout, stderr) = server.told(run.end());
    assert_eq!(status, 130, "{stdout}{stderr}");
    let last = stderr.split("exited at once: the run ").nth(1).unwrap_or_else(|| panic!("{stderr}"));
    assert!(last.contains(" on target ends without being watched\n"), "{stderr}");
    assert!(last.ends_with("hint: `chefrs status -t target` tells whether it has ended\n"), "{stderr}");
    // It comes to its end there, by itself or because it was asked to.
    go(&server);
    until("the end of the run", || server.call("status", &[]).1.starts_with("target: no run is under way\n"));
}

#[test]
fn a_run_that_is_killed_is_not_waited_for() {
    let Some(server) = Server::start(None) else { return };
    server.recipe(
        "cut",
        "file \"[DIR]/first\" { content = \"x\" }\nexecute \"cut\" { command = \"sleep 1; kill -9 $PPID\" }\n",
    );
    let (status, stdout, stderr) = server.call("run", &["-r", "cut"]);
    assert_eq!(status, 1, "{stdout}{stderr}");
    assert!(stderr.starts_with("error: the run on `ssh://target` was killed\n"), "{stderr}");
    assert!(stderr.contains("1 change reported until then; execute[cut] run was in progress"), "{stderr}");
    assert!(stderr.contains("hint: run again: "), "{stderr}");
}

#[test]
fn a_plan_ends_with_its_connection() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("guard", "execute \"x\" { only_if = \"touch [DIR]/begun; sleep 60\" }\n");
    let plan = server.command("plan", "target", &["-r", "guard"]).spawn().unwrap();
    wait_for(&server.path("begun"));
    kill(server.connection().unwrap(), Signal::SIGKILL).unwrap();
    let (status, stdout, stderr) = server.told(plan.output_in_time().unwrap());
    assert_eq!(status, 4, "{stdout}{stderr}");
    assert!(stderr.starts_with("error: the connection to `ssh://target` was lost\n"), "{stderr}");
    assert!(!stderr.contains("goes on"), "{stderr}");
}

/// An agent that is stopped, a run that is stopped, and a command that takes its time: only the last is waited for.
#[test]
fn who_is_stopped_is_not_waited_for_and_who_works_is() {
    let servers = [(); 3].map(|()| Server::start(None));
    let [Some(agent), Some(stopped), Some(patient)] = servers else { return };
    let runs = [&agent, &stopped, &patient].map(|server| begun(server, &[]));
    let pid = |server: &Server, is_run: bool| {
        let of_run = server.agents(&["agent", "--run"]);
        let mut found = server.agents(&["agent"]).into_iter().filter(|pid| of_run.contains(pid) == is_run);
        found.next().unwrap()
    };
    let (relay, run) = (pid(&agent, false), pid(&stopped, true));
    kill(relay, Signal::SIGSTOP).unwrap();
    kill(run, Signal::SIGSTOP).unwrap();
    let since = std::time::Instant::now();
    let [first, second, third] = runs;

    let (status, stdout, stderr) = stopped.told(second.end());
    assert_eq!(status, 4, "{stdout}{stderr}");
    assert!(
        stderr.contains(&format!(
            "the run on `ssh://target` is stopped: a signal has stopped its process, {run}\n"
        )),
        "{stderr}"
    );
    assert!(stderr.contains(&format!("hint: `kill -CONT {run}` there continues it")), "{stderr}");
    let name = stderr.split("chefrs attach -t target ").nth(1).unwrap().split('`').next().unwrap();
    go(&stopped);
    kill(run, Signal::SIGCONT).unwrap();
    let (status, stdout, stderr) = stopped.call("attach", &[name]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains("4 updated, 0 up to date, 0 failed"), "{stdout}");

    first.complains("`ssh://target` is connected again");
    go(&agent);
    let (status, stdout, stderr) = agent.told(first.end());
    // Nobody listens to it any more.
    kill(relay, Signal::SIGKILL).unwrap();
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert!(stdout.contains("4 updated, 0 up to date, 0 failed"), "{stdout}");
    let wanted = "the agent on `ssh://target` has been silent for 18 seconds, and its connection is given up; \
                  reconnecting for up to 60 seconds";
    assert!(stderr.contains(wanted), "{stderr}");

    // Longer than anybody may be silent.
    std::thread::sleep(std::time::Duration::from_secs(24).saturating_sub(since.elapsed()));
    go(&patient);
    let (status, stdout, stderr) = patient.told(third.end());
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
}

/// A shell that is stopped, and one of its own that waits for a command: neither is waited for. One that works is.
#[test]
fn a_stopped_shell_is_not_waited_for_and_one_that_works_is() {
    let servers = [(); 3].map(|()| Server::start(None));
    let [Some(stopped), Some(below), Some(patient)] = servers else { return };
    let runs = [&stopped, &below, &patient].map(|server| begun(server, &["--engine", "shell"]));
    let shell = |server: &Server| {
        let (_, stdout, stderr) = server.call("status", &["--format", "json"]);
        let status: Value = serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stdout}{stderr}"));
        i32::try_from(status["lock"]["holder"]["pid"].as_i64().unwrap()).unwrap()
    };
    let pid = shell(&stopped);
    let parent = fs::read_to_string(below.path("parent")).unwrap().trim().parse().unwrap();
    assert_ne!(parent, shell(&below), "a shell of its own waits for the command");
    kill(Pid::from_raw(pid), Signal::SIGSTOP).unwrap();
    kill(Pid::from_raw(parent), Signal::SIGSTOP).unwrap();
    let since = std::time::Instant::now();
    let [first, second, third] = runs;

    for (server, run, hint) in [
        (&stopped, first, format!("`kill -CONT {pid}` continues it")),
        (&below, second, "is its shell stopped there (`ps` shows the state T)?".to_owned()),
    ] {
        let (status, stdout, stderr) = server.told(run.end());
        assert_eq!(status, 4, "{stdout}{stderr}");
        let wanted = "the connection to `target` broke off: nothing was heard for 18 seconds\n";
        assert!(stderr.contains(wanted) && stderr.contains(&hint), "{stdout}{stderr}");
    }
    // What was cut off ends as soon as it may: nobody listens to it.
    go(&stopped);
    go(&below);
    kill(Pid::from_raw(parent), Signal::SIGCONT).unwrap();
    kill(Pid::from_raw(pid), Signal::SIGCONT).unwrap();
    for server in [&stopped, &below] {
        until("the end of the shell", || {
            server.call("status", &[]).1.starts_with("target: no run is under way")
        });
        let (status, stdout, stderr) = server.call("run", &["-r", "slow", "--engine", "shell"]);
        assert_eq!(status, 0, "{stdout}{stderr}");
    }

    // Longer than anybody may be silent.
    std::thread::sleep(Duration::from_secs(24).saturating_sub(since.elapsed()));
    go(&patient);
    let (status, stdout, stderr) = patient.told(third.end());
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
}

/// The connection breaks while a file of a cookbook is sent: it is not begun anew.
#[test]
fn a_file_that_was_cut_off_goes_on_where_it_was() {
    let force = "[ -e \"$1/limit\" ] || exec /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"\n\
                 n=$(cat \"$1/limit\"); rm \"$1/limit\"\n\
                 { stdbuf -o0 head -c \"$n\"; kill -s KILL \"$PPID\"; } | /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"\n";
    let Some(server) = Server::start(Some(force)) else { return };
    fs::create_dir_all(server.path("files")).unwrap();
    let bytes: Vec<u8> = (0..8_000_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
    fs::write(server.path("files/picture.bin"), &bytes).unwrap();
    server.recipe("picture", "cookbook_file \"[DIR]/there.bin\" { source = \"picture.bin\" }\n");
    // The agent is there before it counts.
    let (status, stdout, stderr) = server.call("plan", &["-r", "picture"]);
    assert_eq!(status, 2, "{stdout}{stderr}");
    fs::write(server.path("limit"), "6000000").unwrap();
    let (status, stdout, stderr) = server.call("run", &["-r", "picture", "--format", "json"]);
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert_eq!(fs::read(server.path("there.bin")).unwrap(), bytes);
    assert!(stdout.contains("the connection to `ssh://target` was lost while files were sent"), "{stdout}");
    let last_sent = |stdout: &str| {
        let events = stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        events.filter_map(|event| event["sent"].as_u64()).next_back().unwrap()
    };
    let sent = last_sent(&stdout);
    // What was under way when it broke may be lost.
    assert!((2_000_000..3_000_000).contains(&sent), "{sent} bytes were sent over the last connection");

    // It is not kept a second time, and need not be sent again for that.
    let list =
        "for d in /var/lib/chefrs/agent ~/.cache/chefrs; do find \"$d/blobs\" -size +100k; done 2>/dev/null";
    until("the end of the process that has run", || {
        let (_, stdout, _) = server.call("exec", &["--", "/bin/sh", "-c", list]);
        !stdout.contains("/blobs/")
    });
    let (status, stdout, stderr) = server.call("run", &["-r", "picture", "--format", "json"]);
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert!(last_sent(&stdout) < 10_000, "{stdout}");
    // Another file has the same bytes.
    let more = "cookbook_file \"[DIR]/there.bin\" { source = \"picture.bin\" }\n\
                cookbook_file \"[DIR]/more.bin\" { source = \"picture.bin\" }\n";
    server.recipe("picture", more);
    let (status, stdout, stderr) = server.call("run", &["-r", "picture", "--format", "json"]);
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert!(last_sent(&stdout) < 10_000, "{stdout}");
    assert_eq!(fs::read(server.path("more.bin")).unwrap(), bytes);
    // What is no more as it was is sent again.
    for name in ["there.bin", "more.bin"] {
        fs::write(server.path(name), &bytes[1..]).unwrap();
    }
    let (status, stdout, stderr) = server.call("run", &["-r", "picture", "--format", "json"]);
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert!(last_sent(&stdout) > 8_000_000, "{stdout}");
    assert_eq!(fs::read(server.path("there.bin")).unwrap(), bytes);
}
