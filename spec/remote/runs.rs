//! What a person sees of a remote run is what a local one shows; what it costs is counted.

use std::fs;
use std::io::{BufRead as _, BufReader};

use nix::sys::signal::Signal;

use super::server::Server;
use crate::patience::{CallInTime as _, EndInTime as _, Heard, Patient, wait_for};

const RECIPE: &str = "file \"[DIR]/motd\" { content = \"hello\\n\", mode = \"0644\" }\n";

/// Each of them brings the agent, and none takes it from another.
#[test]
fn many_that_come_first_at_once_all_succeed() {
    let Some(server) = Server::start(None) else { return };
    let calls: Vec<_> = (0..8).map(|_| server.command("plan", "target", &["-r", "motd"])).collect();
    server.recipe("motd", RECIPE);
    let calls: Vec<_> = calls
        .into_iter()
        .enumerate()
        .map(|(index, mut call)| {
            // Of one control machine they would share one connection.
            call.env("CHEFRS_STATE_DIRECTORY", server.path(&format!("control{index}"))).spawn().unwrap()
        })
        .collect();
    for call in calls {
        let (status, stdout, stderr) = server.told(call.output_in_time().unwrap());
        assert_eq!(status, 2, "{stdout}{stderr}");
    }
}

#[test]
fn plan_run_and_run_again() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("motd", RECIPE);

    let (status, stdout, stderr) = server.call("plan", &["-r", "motd"]);
    assert_eq!((status, stderr.as_str()), (2, ""), "{stdout}");
    assert!(stdout.starts_with("planning target: motd (1 resource)\n"), "{stdout}");
    assert!(stdout.contains("file[[DIR]/motd] create: would create file, 6 bytes, mode 0644\n"), "{stdout}");
    assert!(!server.path("motd").exists());

    let (status, stdout, stderr) = server.call("run", &["-r", "motd"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains("1 updated, 0 up to date, 0 failed"), "{stdout}");
    assert_eq!(fs::read_to_string(server.path("motd")).unwrap(), "hello\n");

    let (status, stdout, _) = server.call("run", &["-r", "motd"]);
    assert_eq!(status, 0);
    assert!(stdout.contains("0 updated, 1 up to date, 0 failed"), "{stdout}");
}

#[test]
fn a_node_of_the_inventory_brings_its_attributes() {
    let Some(server) = Server::start(None) else { return };
    fs::create_dir(server.path("nodes")).unwrap();
    fs::write(server.path("nodes/web1.toml"), "host = \"target\"\n[attributes.motd]\ntext = \"of web1\"\n")
        .unwrap();
    server.recipe("motd", "file \"[DIR]/motd\" { content = node.motd.text }\n");
    let (status, stdout, stderr) =
        server.told(server.command("run", "web1", &["-r", "motd"]).output_in_time().unwrap());
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.starts_with("converging web1: motd (1 resource)\n"), "{stdout}");
    assert_eq!(fs::read_to_string(server.path("motd")).unwrap(), "of web1");
}

#[test]
fn facts_are_the_targets_own() {
    let Some(server) = Server::start(None) else { return };
    let (status, stdout, stderr) = server.call("facts", &["current_user", "os"]);
    assert_eq!((status, stderr.as_str()), (0, ""));
    assert!(stdout.ends_with("\nlinux\n"), "{stdout}");
}

#[test]
fn a_failure_there_is_told_as_one_here() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("broken", "execute \"fails\" { command = \"echo because >&2; exit 3\" }\n");
    let (status, stdout, _) = server.call("run", &["-r", "broken"]);
    assert_eq!(status, 1, "{stdout}");
    assert!(stdout.contains("execute[fails] failed to run"), "{stdout}");
    assert!(stdout.contains("because") && stdout.contains("recipes/broken.lua:1"), "{stdout}");
}

#[test]
fn a_mistake_in_a_recipe_changes_nothing_there() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("wrong", "file \"[DIR]/motd\" { contnt = \"x\" }\n");
    let (status, _, stderr) = server.call("run", &["-r", "wrong"]);
    assert_eq!(status, 3, "{stderr}");
    assert!(stderr.contains("did you mean `content`?"), "{stderr}");
}

#[test]
fn secrets_arrive_and_are_masked() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("secret", "file \"[DIR]/key\" { content = secret \"db\", mode = \"0600\" }\n");
    let mut command = server.command("run", "target", &["-r", "secret", "--format", "json"]);
    command.env("CHEFRS_SECRET_DB", "open sesame").env("CHEFRS_SECRET_OTHER", "never asked for");
    let (status, stdout, stderr) = server.told(command.output_in_time().unwrap());
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert_eq!(fs::read_to_string(server.path("key")).unwrap(), "open sesame");
    assert!(!stdout.contains("sesame"), "{stdout}");
}

#[test]
fn bytes_are_sent_once() {
    let Some(server) = Server::start(None) else { return };
    fs::create_dir_all(server.path("files")).unwrap();
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
    fs::write(server.path("files/picture.bin"), &bytes).unwrap();
    server.recipe("picture", "cookbook_file \"[DIR]/there.bin\" { source = \"picture.bin\" }\n");
    for _ in 0..2 {
        let (status, stdout, stderr) = server.call("run", &["-r", "picture"]);
        assert_eq!(status, 0, "{stdout}{stderr}");
        assert_eq!(fs::read(server.path("there.bin")).unwrap(), bytes);
    }
}

#[test]
fn a_second_run_uploads_nothing_and_takes_one_turn() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("motd", RECIPE);
    let traffic = || {
        let (status, stdout, stderr) = server.call("run", &["-r", "motd", "--format", "json"]);
        assert_eq!(status, 0, "{stdout}{stderr}");
        let events: Vec<serde_json::Value> =
            stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let told = events.iter().find(|event| event["event"] == "traffic").unwrap();
        ["sent", "received", "turns"].map(|name| told[name].as_u64().unwrap())
    };
    let program = fs::metadata(env!("CARGO_BIN_EXE_chefrs")).unwrap().len();
    let [sent, received, turns] = traffic();
    // Compressed, as every machine that a spec runs on has gzip.
    assert!(sent > program / 10 && sent < program * 6 / 10, "{sent} bytes sent, the program has {program}");
    assert!(received < 100_000, "{received} bytes received");
    // The program is asked for, and facts come for it; then events for a collection.
    assert_eq!(turns, 2);
    let [sent, _, turns] = traffic();
    assert!(sent < 4_000, "{sent} bytes sent");
    assert_eq!(turns, 1);
}

/// A file that is verified for as long as nobody says that it goes on, and then for what a word needs to get there.
const SLOW: &str = "file \"[DIR]/first\" { content = \"x\", \
                    verify = \"touch [DIR]/begun; for i in $(seq 9000); do test -e [DIR]/go && break; sleep 0.05; done; sleep 2\" }\n";

/// The recipe `slow`, interrupted while its first resource is under way.
fn interrupted_by(server: &Server, words: &[&str]) -> (i32, String, String) {
    let run = server.command("run", "target", &[&["-r", "slow"], words].concat()).spawn().unwrap();
    let run = Heard::new(run);
    wait_for(&server.path("begun"));
    // Who says so has taken notice.
    run.told_to_end(Signal::SIGINT, "interrupted: ");
    fs::write(server.path("go"), "").unwrap();
    server.told(run.end())
}

#[test]
fn the_first_signal_lets_the_resource_at_hand_finish() {
    let Some(server) = Server::start(None) else { return };
    // It takes its way to be heard there, and nothing tells when it is: there is a minute for it.
    let pauses = "for n = 1, 600 do execute(\"pause \" .. n) { command = \"sleep 0.1\" } end\n";
    server.recipe("slow", &format!("{SLOW}{pauses}file \"[DIR]/second\" {{ content = \"x\" }}\n"));
    let (status, stdout, stderr) = interrupted_by(&server, &[]);
    assert_eq!(status, 130, "{stdout}{stderr}");
    assert!(server.path("first").exists() && !server.path("second").exists());
    assert!(stdout.contains(" not run, 0 failed"), "{stdout}");
}

#[test]
fn a_run_that_was_at_its_last_resource_is_finished() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("slow", SLOW);
    for engine in ["agent", "shell"] {
        let (status, stdout, stderr) = interrupted_by(&server, &["--engine", engine]);
        assert_eq!(status, 0, "{stdout}{stderr}");
        assert!(stdout.contains("1 updated, 0 up to date, 0 failed"), "{stdout}");
        for name in ["first", "begun", "go"] {
            fs::remove_file(server.path(name)).unwrap();
        }
    }
    let (_, stdout, _) = server.call("status", &[]);
    assert_eq!(stdout.matches(": converged, 1 updated").count(), 2, "{stdout}");
}

#[test]
fn one_run_at_a_time_and_the_other_is_named() {
    let Some(server) = Server::start(None) else { return };
    server.recipe(
        "slow",
        "file \"[DIR]/first\" {\n  content = \"x\",\n  \
         verify = \"touch [DIR]/begun; for i in $(seq 9000); do test -e [DIR]/go && break; sleep 0.05; done\",\n}\n",
    );
    server.recipe("motd", RECIPE);
    let first = server.command("run", "target", &["-r", "slow"]).spawn().unwrap();
    wait_for(&server.path("begun"));
    let (status, _, stderr) = server.call("run", &["-r", "motd", "--lock-timeout", "0"]);
    assert_eq!(status, 5, "{stderr}");
    assert!(stderr.starts_with("error: `ssh://target`: the target is locked by the run "), "{stderr}");
    let mut second = server.command("run", "target", &["-r", "motd"]).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(Patient::new(second.stderr.take().unwrap())).read_line(&mut said).unwrap();
    fs::write(server.path("go"), "").unwrap();
    assert!(said.starts_with("waiting for the run "), "{said}");
    let (status, stdout, _) = server.told(second.output_in_time().unwrap());
    assert_eq!(status, 0, "{stdout}");
    assert_eq!(first.output_in_time().unwrap().status.code(), Some(0));
}

#[test]
fn the_second_signal_ends_the_command_at_hand() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("long", "execute \"touch [DIR]/begun; sleep 300; touch [DIR]/over\"\n");
    let run = Heard::new(server.command("run", "target", &["-r", "long"]).spawn().unwrap());
    wait_for(&server.path("begun"));
    run.told_to_end(Signal::SIGINT, "interrupted: ");
    run.signal(Signal::SIGINT);
    let (status, stdout, stderr) = server.told(run.end());
    assert_eq!(status, 130, "{stdout}{stderr}");
    assert!(stdout.contains("1 failed") && !server.path("over").exists(), "{stdout}{stderr}");
}

#[test]
fn a_run_whose_control_side_is_killed_goes_on() {
    let Some(server) = Server::start(None) else { return };
    server.recipe(
        "slow",
        "file \"[DIR]/first\" { content = \"x\", verify = \"touch [DIR]/begun; for i in $(seq 9000); do [ -e [DIR]/go ] && break; sleep 0.05; done\" }\n\
         file \"[DIR]/second\" { content = \"x\" }\n",
    );
    let mut run = server.command("run", "target", &["-r", "slow"]).spawn().unwrap();
    wait_for(&server.path("begun"));
    run.kill().unwrap();
    run.wait_in_time().unwrap();
    fs::write(server.path("go"), "").unwrap();
    wait_for(&server.path("second"));
}

#[test]
fn what_a_login_shell_prints_does_no_harm() {
    let noise = "printf 'Welcome!\\n\\033[31mno newline'; echo tracing >&2; eval \"$SSH_ORIGINAL_COMMAND\"\n";
    let Some(server) = Server::start(Some(noise)) else { return };
    server.recipe("motd", RECIPE);
    let (status, stdout, stderr) = server.call("run", &["-r", "motd"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(!stdout.contains("Welcome"), "{stdout}");
}
