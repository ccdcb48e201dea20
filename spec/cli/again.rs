//! `--failed-from`: going on with what an earlier run left behind.

use std::fs;

use camino::Utf8Path;
use chefrs::history::{Begun, BegunTarget, History};
use chefrs::model::event::Mode;
use serde_json::Value;
use tempfile::TempDir;

use super::program::{Output, Program};

/// A node on which nobody listens.
const CLOSED: &str = "host = \"127.0.0.1\"\nport = 1\n";

/// A project with this machine, a node that can't be reached, and a run over both.
fn half_done() -> Output {
    Program::new(&["run", "-t", "local,web1", "-r", "motd"])
        .file("recipes/motd.lua", "file \"[DIR]/motd\" { content = \"hello\\n\" }\n")
        .file("recipes/other.lua", "file \"[DIR]/other\" { content = \"hello\\n\" }\n")
        .file("nodes/web1.toml", CLOSED)
        .status(4)
        .stdout_has("\n2 targets: 1 converged and 1 unreachable in ")
        .check()
}

/// Its id, as the hint of the run names it.
fn id(output: &Output) -> String {
    let hint = "\nhint: fix the cause, then `chefrs run --failed-from ";
    let (_, rest) =
        output.stdout.split_once(hint).unwrap_or_else(|| panic!("no {hint:?} in {}", output.stdout));
    rest.split_once('`').unwrap().0.to_owned()
}

fn again(words: &[&str], directory: TempDir) -> Program {
    Program::new(&[&["run"], words].concat()).within(directory)
}

#[test]
fn only_what_failed_is_run_again_with_the_same_run_list() {
    let output = half_done();
    let id = id(&output);
    fs::remove_file(output.directory.path().join("motd")).unwrap();
    let output = again(&["--failed-from", &id], output.directory)
        .status(4)
        .stderr_has("refuses the connection")
        .check();
    assert!(!output.directory.path().join("motd").exists(), "this machine had converged");
    // The node has moved: its file says where it is now.
    let output = again(&["--failed-from", &id[..id.len() - 2]], output.directory)
        .file("nodes/web1.toml", "address = \"local\"\n")
        .stdout_has("converging web1: motd (1 resource)\n")
        .check();
    assert!(output.directory.path().join("motd").exists());
    let output = again(&["--failed-from", "last"], output.directory)
        .stderr_has(" left nothing to do: web1 converged\n")
        .check();
    again(&["--failed-from", &id, "-r", "other"], output.directory)
        .stdout_has("converging web1: other (1 resource)\n")
        .check();
}

#[test]
fn the_run_is_shown_target_by_target() {
    let output = half_done();
    let show = Program::new(&["show", &id(&output)]).within(output.directory).output();
    assert_eq!(show.status, 0, "{}", show.stderr);
    let (first, second) =
        show.stdout.split_once("\n\nweb1: unreachable\nerror: ").unwrap_or_else(|| panic!("{}", show.stdout));
    assert!(first.contains("converging local: motd (1 resource)\n"), "{first}");
    assert!(second.starts_with("`ssh://127.0.0.1:1` refuses the connection\n"), "{second}");
}

#[test]
fn the_runs_of_one_target_tell_of_that_one() {
    let output = half_done();
    let log = Program::new(&["log"]).within(output.directory).output();
    assert!(log.stdout.ends_with(" motd on 2 targets: 1 converged and 1 unreachable\n"), "{}", log.stdout);
    let log = Program::new(&["log", "local"]).within(log.directory).output();
    let told = " motd on local (of 2 targets): converged, 1 updated, 0 up to date, 0 failed\n";
    assert!(log.stdout.ends_with(told), "{}", log.stdout);
    let log = Program::new(&["log", "web1"]).within(log.directory).output();
    assert!(log.stdout.ends_with(" motd on web1 (of 2 targets): unreachable\n"), "{}", log.stdout);
}

#[test]
fn a_mistake_before_the_first_of_several_is_the_last_line_of_the_stream() {
    let words = ["run", "-t", "local,web1", "-r", "modt", "--format", "json"];
    let output = Program::new(&words)
        .file("recipes/motd.lua", "file \"[DIR]/motd\" { content = \"hello\\n\" }\n")
        .file("nodes/web1.toml", CLOSED)
        .output();
    assert!(output.status == 3 && output.stderr.contains("did you mean `motd`?"), "{}", output.stderr);
    let [only] = stream(&output.stdout).try_into().unwrap_or_else(|_| panic!("{}", output.stdout));
    assert_eq!((&only["event"], &only["exit"]), (&"fleet_finished".into(), &3.into()), "{only}");
    assert!(only["findings"][0]["message"].as_str().unwrap().contains("names `modt`"), "{only}");
    assert_eq!(only["targets"], Value::Array(Vec::new()), "{only}");
    assert!(output.stdout.contains("\"schema\":2"), "{only}");
}

/// What a program reads of a run that is over is what it read when it ran.
#[test]
fn the_stream_of_several_targets_is_told_again() {
    let words = ["run", "-t", "local,ssh://127.0.0.1:1", "-r", "motd,broken", "--format", "json"];
    let live = Program::new(&words)
        .file("recipes/motd.lua", "file \"[DIR]/motd\" { content = \"hello\\n\" }\n")
        .file("recipes/broken.lua", "file \"/nonexistent/motd\" { content = \"hello\\n\" }\n")
        .status(1)
        .output();
    let words = ["show", "last", "--format", "json"];
    let again = Program::new(&words).within(live.directory).output();
    assert_eq!((again.status, again.stderr.as_str()), (0, ""));
    let (again_told, told) = (stream(&again.stdout), stream(&live.stdout));
    assert_eq!(again_told.len(), told.len(), "{}", again.stdout);
    for (again, live) in again_told.iter().zip(&told) {
        assert_eq!(again, live);
    }
    let words = ["show", "last", "--format", "json", "-t", "local"];
    let one = Program::new(&words).within(again.directory).output();
    assert!(stream(&one.stdout).iter().all(|line| line["target"] == "local"), "{}", one.stdout);
    assert!(one.stdout.lines().last().unwrap().contains("\"target_finished\""), "{}", one.stdout);
}

/// The lines of a stream, target by target: what came when, and how long it took, is another each time.
fn stream(text: &str) -> Vec<Value> {
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.retain(|line| !line["event"].as_str().unwrap().starts_with("batch_"));
    let place = |line: &Value| match line["event"].as_str().unwrap() {
        "fleet_started" => (0, String::new()),
        "fleet_finished" => (2, String::new()),
        _ => (1, line["target"].as_str().unwrap_or_default().to_owned()),
    };
    lines.sort_by_key(place);
    lines.iter_mut().for_each(timeless);
    lines
}

fn timeless(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.remove("milliseconds");
            map.values_mut().for_each(timeless);
        }
        Value::Array(list) => list.iter_mut().for_each(timeless),
        _ => {}
    }
}

#[test]
fn it_can_be_planned_first_and_its_stream_has_the_form_of_many() {
    let output = half_done();
    let words = ["plan", "--failed-from", "last", "--format", "json"];
    let output = Program::new(&words).within(output.directory).status(4).output();
    let first: Value = serde_json::from_str(output.stdout.lines().next().unwrap()).unwrap();
    assert_eq!((&first["event"], &first["targets"][0]), (&"fleet_started".into(), &"web1".into()));
    assert_eq!((&first["run_list"][0], first.get("run")), (&"motd".into(), None));
    let words = ["run", "--failed-from", "last", "--format", "json"];
    let output = Program::new(&words).within(output.directory).output();
    let first: Value = serde_json::from_str(output.stdout.lines().next().unwrap()).unwrap();
    let run = first["run"].as_str().unwrap_or_else(|| panic!("no id in {first}"));
    Program::new(&["show", run]).within(output.directory).stdout_has(run).check();
}

#[test]
fn a_node_that_is_gone_is_no_address_and_stops_everything() {
    let directory = Program::new(&["run", "-t", "web1,web2", "-r", "motd"])
        .file("recipes/motd.lua", "execute \"false\"\n")
        .file("nodes/web1.toml", "address = \"local\"\n")
        .file("nodes/web2.toml", CLOSED)
        .status(1)
        .stdout_has("2 targets: 1 failed and 1 unreachable in ")
        .check()
        .directory;
    fs::remove_file(directory.path().join("nodes/web2.toml")).unwrap();
    again(&["--failed-from", "last"], directory)
        .file("recipes/motd.lua", "file \"[DIR]/motd\" { content = \"hello\\n\" }\n")
        .status(64)
        .stderr_has("error: there is no node `web2`\n")
        .stderr_has("hint: name the targets that are left with `-t`\n")
        .check();
}

#[test]
fn a_host_that_was_never_in_the_inventory_is_gone_to_again() {
    let output = Program::new(&["run", "-t", "local,ssh://127.0.0.1:1", "-r", "motd"])
        .file("recipes/motd.lua", "file \"[DIR]/motd\" { content = \"hello\\n\" }\n")
        .status(4)
        .stdout_has("unreachable")
        .check();
    again(&["--failed-from", "last"], output.directory)
        .status(4)
        .stderr_has("error: `ssh://127.0.0.1:1` refuses the connection\n")
        .check();
}

#[test]
fn words_that_make_no_sense_with_it_touch_nobody() {
    let output = half_done();
    let id = id(&output);
    let mut directory = output.directory;
    fs::remove_file(directory.path().join("motd")).unwrap();
    let refused: [(&[&str], &str); 3] = [
        (
            &["--failed-from", "last", "-t", "local"],
            "error: the argument '--failed-from <RUN>' cannot be used",
        ),
        (&["--failed-from", "2025"], "error: no run `2025` is recorded\n"),
        (&["--failed-from", "last", "-r", "othr"], "hint: did you mean `other`?\n"),
    ];
    for (words, message) in refused {
        let exit = if words.contains(&"othr") { 3 } else { 64 };
        let program = again(words, directory).file("nodes/web1.toml", "address = \"local\"\n");
        directory = program.status(exit).stderr_has(message).check().directory;
    }
    let words = ["--failed-from", &id, "--project", "elsewhere"];
    let elsewhere = again(&words, directory).file("elsewhere/nodes/web1.toml", "address = \"local\"\n");
    let message = format!(
        "error: the run {id} was of the project `[DIR]`, and this is `[DIR]/elsewhere`\nhint: `--project [DIR]`"
    );
    let directory = elsewhere.status(64).stderr_has(&message).check().directory;
    assert!(!directory.path().join("motd").exists());
    Program::new(&["run", "--failed-from", "last"])
        .status(64)
        .stderr_has("error: no run is recorded yet\n")
        .check();
}

#[test]
fn a_run_under_way_is_not_run_a_second_time() {
    let program = Program::new(&["run", "--failed-from", "last"])
        .file(".state/keep", "")
        .private(".state")
        .file("recipes/motd.lua", "");
    let state = program.path(".state");
    let begun = Begun {
        run: "20261123T125501Z-3fa9c2d1",
        begun: "2026-11-23T12:55:01Z",
        mode: Mode::Run,
        user: "ada",
        project: Utf8Path::new("/srv/site"),
        run_list: &["motd".to_owned()],
        lock: None,
        targets: &[BegunTarget { name: "local", is_node: false }],
    };
    let recording = History::open(Utf8Path::from_path(&state).unwrap()).unwrap().begin(&begun).unwrap();
    program.status(64).stderr_has("error: the run 20261123T125501Z-3fa9c2d1 is still under way\n").check();
    drop(recording);
}
