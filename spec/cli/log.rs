//! `chefrs log` and `chefrs show`, and that a run goes on whatever becomes of its record.

use std::fs;
use std::io::Read as _;
use std::process::{Command, Stdio};

use chefrs::history::{History, NAME};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::program::{Output, Program};
use crate::patience::{EndInTime as _, until};

const RECIPE: &str = "file \"[DIR]/made\" { content = \"x\\n\" }\n\
                      execute \"say\" { command = \"echo hello\", not_if = exists \"[DIR]/made\" }\n";

#[test]
fn before_the_first_run() {
    let output = Program::new(&["log"]).stdout("no run is recorded yet\n").check();
    assert!(!output.directory.path().join(".state").exists());
    Program::new(&["show", "last"])
        .status(64)
        .stderr(
            "error: no run is recorded yet\nhint: `chefrs run` records every run; plans are not recorded\n",
        )
        .check();
}

#[test]
fn what_was_reported_is_shown_again() {
    let run = ran(Program::new(&["run", "-r", "one"]).file("recipes/one.lua", RECIPE));
    let reported = run.stdout.clone();
    let id = id(&run);
    let log = Program::new(&["log"]).within(run.directory).output();
    assert_eq!(log.status, 0, "{}", log.stderr);
    let (when, line) = log.stdout.split_once(' ').unwrap();
    assert!(when.ends_with('Z') && when.len() == 20, "{}", log.stdout);
    assert_eq!(line, format!("{id} one on local: converged, 1 updated, 0 up to date, 0 failed\n"));

    let show = Program::new(&["show", &id]).within(log.directory).output();
    let (heading, rest) = show.stdout.split_once('\n').unwrap();
    assert!(heading.starts_with(&format!("run {id}, started {when} by ")), "{heading}");
    assert!(heading.ends_with(" in [DIR]"), "{heading}");
    assert_eq!(rest, reported);

    let show = Program::new(&["show", "last", "-v"]).within(show.directory).output();
    assert!(show.stdout.contains("skipped: "), "{}", show.stdout);
    let json = Program::new(&["show", "last", "--format", "json"]).within(show.directory).output();
    assert!(json.stdout.starts_with("{\"event\":\"run_started\",\"schema\":2,"), "{}", json.stdout);
    assert!(json.stdout.contains(&format!("\"run\":\"{id}\"")), "{}", json.stdout);
    let log = Program::new(&["log", "--format", "json", "local"]).within(json.directory).output();
    assert!(log.stdout.starts_with(&format!("{{\"schema\":1,\"run\":\"{id}\",")), "{}", log.stdout);
    assert_eq!(log.stdout.lines().count(), 1);
    Program::new(&["log", "locla"])
        .within(log.directory)
        .status(64)
        .stderr("error: no run on `locla` is recorded\nhint: did you mean `local`?\n")
        .check();
}

#[test]
fn a_plan_is_not_recorded() {
    let run = ran(Program::new(&["run", "-r", "one"]).file("recipes/one.lua", RECIPE));
    let plan = Program::new(&["plan", "-r", "one"]).within(run.directory).output();
    let log = Program::new(&["log", "-n", "5"]).within(plan.directory).output();
    assert_eq!(log.stdout.lines().count(), 1, "{}", log.stdout);
}

#[test]
fn why_a_run_never_began_is_kept() {
    let run = Program::new(&["run", "-r", "wrong"]).file("recipes/wrong.lua", "fiel \"/x\"\n").output();
    assert_eq!(run.status, 3);
    let reported = run.stderr.clone();
    let log =
        Program::new(&["log"]).within(run.directory).stdout_has(" wrong on local: not compiled\n").check();
    let show = Program::new(&["show", "last"]).within(log.directory).output();
    assert_eq!(show.stdout.split_once('\n').unwrap().1, reported);
    Program::new(&["show", "last", "--target", "web1"])
        .within(show.directory)
        .status(64)
        .stderr_has("had no target `web1`\nhint: it had `local`\n")
        .check();
}

#[test]
fn a_killed_run_tells_what_it_was_at() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    fs::create_dir(place.join("recipes")).unwrap();
    let wait = "for i in $(seq 9000); do test -e go && break; sleep 0.05; done";
    let recipe = format!("execute \"wait\" {{ cwd = \"{}\", command = \"{wait}\" }}\n", place.display());
    fs::write(place.join("recipes/slow.lua"), recipe).unwrap();
    let mut run = Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(["run", "-r", "slow"])
        .current_dir(place)
        .env("CHEFRS_STATE_DIRECTORY", place.join(".state"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let shown = |directory: TempDir, wanted: &str| {
        let show = |directory| Program::new(&["show", "last"]).within(directory).output();
        let mut last = Some(show(directory));
        until(wanted, || {
            last = last.take().map(|last| show(last.directory));
            last.as_ref().is_some_and(|last| last.stdout.contains(wanted))
        });
        last.unwrap()
    };
    let show = shown(directory, &format!("execute[wait] run: {wait}\n"));
    assert!(show.stdout.ends_with("local: the run is still under way\n"), "{}", show.stdout);
    kill(Pid::from_raw(i32::try_from(run.id()).unwrap()), Signal::SIGKILL).unwrap();
    run.wait_in_time().unwrap();
    fs::write(show.directory.path().join("go"), "").unwrap();
    let show = shown(show.directory, "local: the run was cut off; a new run shows what is left to do\n");
    assert!(show.stdout.contains(&format!("execute[wait] run: {wait}\n")), "{}", show.stdout);
    Program::new(&["log"]).within(show.directory).stdout_has(" slow on local: cut off\n").check();
}

#[test]
fn a_damaged_file_costs_a_line_and_no_run() {
    let run = Program::new(&["run", "-r", "one"])
        .file("recipes/one.lua", RECIPE)
        .file(&format!(".state/{NAME}"), &"not a history. ".repeat(500))
        .private(".state")
        .stdout_has("1 updated")
        .stderr(
            "warning: `chefrs log` will not show all of this run: can't open `[DIR]/.state/history.sqlite`: \
             the file is damaged; move it away, and the next run starts a new one: \
             mv [DIR]/.state/history.sqlite [DIR]/.state/history.sqlite.broken\n",
        )
        .check();
    Program::new(&["log"])
        .within(run.directory)
        .status(1)
        .stderr_has(
            "error: can't open `[DIR]/.state/history.sqlite`: the file is damaged\nhint: move it away",
        )
        .check();
}

#[test]
fn who_holds_the_file_is_not_waited_for_long() {
    let run = ran(Program::new(&["run", "-r", "one"]).file("recipes/one.lua", RECIPE));
    let held = rusqlite::Connection::open(run.directory.path().join(".state").join(NAME)).unwrap();
    held.execute_batch("BEGIN IMMEDIATE").unwrap();
    // It is held for ever, so the run comes to its end only because it does not wait that long.
    Program::new(&["run", "-r", "one"])
        .within(run.directory)
        .stdout_has("1 up to date")
        .stderr_has(
            "can't write `[DIR]/.state/history.sqlite`: another program holds it; a run holds it only for",
        )
        .check();
    drop(held);
}

#[test]
fn a_secret_never_reaches_the_files() {
    let recipe = "local key = secret \"key\"\n\
                  file \"[DIR]/made\" { content = key }\n\
                  execute \"echo $KEY\" { environment = { KEY = key } }\n\
                  execute \"cat [DIR]/made; echo $KEY >&2; exit 1\" { environment = { KEY = key } }\n";
    let run = Program::new(&["run", "-r", "one", "-v"])
        .file("recipes/one.lua", recipe)
        .env("CHEFRS_SECRET_KEY", "open sesame")
        .output();
    assert_eq!((run.status, run.stderr.as_str()), (1, ""), "{}", run.stdout);
    let state = run.directory.path().join(".state");
    assert_eq!(fs::read_to_string(run.directory.path().join("made")).unwrap(), "open sesame");
    let history = History::look(camino::Utf8Path::from_path(&state).unwrap()).unwrap().unwrap();
    let target = history.run("last").unwrap().targets.remove(0);
    let mut events = Vec::new();
    history.replay(&target, &mut |event| events.push(event)).unwrap();
    let events = format!("{events:?}");
    assert!(events.contains("********"), "{events}");
    assert!(!events.contains("open sesame"), "{events}");
    for entry in fs::read_dir(state).unwrap() {
        let (path, mut bytes) = (entry.unwrap().path(), Vec::new());
        fs::File::open(&path).unwrap().read_to_end(&mut bytes).unwrap();
        assert!(!bytes.windows(11).any(|bytes| bytes == b"open sesame"), "{}", path.display());
    }
}

fn ran(program: Program) -> Output {
    let run = program.output();
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    run
}

/// Id of the last run, from the target's own history.
fn id(run: &Output) -> String {
    let text = fs::read_to_string(run.directory.path().join(".state/history")).unwrap();
    let line: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    line["run"].as_str().unwrap().to_owned()
}

#[test]
fn a_run_over_several_machines_is_one() {
    // Nothing listens at these; what matters is that each is told of by its name.
    let node = |port: u16| format!("host = \"127.0.0.1\"\nport = {port}\n");
    let run = Program::new(&["run", "-t", "one,two", "-r", "one"])
        .file("recipes/one.lua", RECIPE)
        .file("nodes/one.toml", &node(1))
        .file("nodes/two.toml", &node(2))
        .output();
    assert_eq!(run.status, 4, "{}{}", run.stdout, run.stderr);
    let log = Program::new(&["log"]).within(run.directory).output();
    assert!(log.stdout.ends_with(" one on 2 targets: 2 unreachable\n"), "{}{}", log.stdout, log.stderr);
    assert_eq!(log.stdout.lines().count(), 1, "{}", log.stdout);
    let show = Program::new(&["show", "last", "-t", "two"]).within(log.directory).output();
    assert!(show.stdout.contains("error: "), "{}", show.stdout);
    assert!(show.stdout.contains("127.0.0.1:2"), "{}", show.stdout);
}
