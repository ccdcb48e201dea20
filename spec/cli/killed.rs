//! Rule 8, the hard way: a run is killed at each of its events, and the next one owes nothing and pays nothing twice.

use std::fs::{self, File};
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, pipe2};

use crate::patience::{CallInTime as _, EndInTime as _, until, wait_for};

/// Ten resources; what is notified writes its name down, so that each payment shows.
pub(crate) const RECIPE: &str = r#"
local place = "[DIR]/made"
directory(place)
file(place .. "/a") {
  content = "a",
  notifies = { { "run", "execute[now]", "immediately" }, { "run", "execute[later]", "delayed" } },
}
file(place .. "/b") { content = "b", notifies = { "run", "execute[later]", "delayed" } }
directory(place .. "/d") { notifies = { "run", "execute[chain]", "immediately" } }
file(place .. "/d/c") { content = "c" }
execute "now" { action = "nothing", command = "echo now >> [DIR]/log" }
execute "later" { action = "nothing", command = "echo later >> [DIR]/log" }
execute "chain" {
  action = "nothing",
  command = "echo chain >> [DIR]/log",
  notifies = { "run", "execute[tail]", "delayed" },
}
execute "tail" { action = "nothing", command = "echo tail >> [DIR]/log" }
execute "once" {
  command = "echo once >> [DIR]/log; touch [DIR]/once",
  not_if = exists "[DIR]/once",
  notifies = { "run", "execute[now]", "delayed" },
}
"#;

/// What stands in the log once everything is paid, sorted.
pub(crate) const PAID: [&str; 6] = ["chain", "later", "now", "now", "once", "tail"];

/// What was made, and what stands in it.
pub(crate) const MADE: [(&str, &str); 3] = [("made/a", "a"), ("made/b", "b"), ("made/d/c", "c")];

#[test]
fn a_run_killed_at_any_event_is_finished_by_the_next_and_pays_once() {
    let mut events = 0;
    while killed_after(events) {
        events += 1;
    }
    assert!(events > 30, "a run of ten resources has more than {events} events");
}

/// Whether there was a run left to kill when so many events had been read and the next could not be written.
fn killed_after(events: usize) -> bool {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    fs::create_dir(place.join("recipes")).unwrap();
    fs::write(place.join("recipes/ten.lua"), RECIPE.replace("[DIR]", place.to_str().unwrap())).unwrap();

    let (mut reader, writer) = narrow_pipe();
    let mut run = start(place, "run", writer.into());
    for _ in 0..events {
        assert!(reader.read(&mut [0; 4096]).unwrap() > 0, "it ended ahead of event {events}");
    }
    wait_until_it_can_not_write(&mut run);
    let ended = run.try_wait().unwrap().is_some();
    if !ended {
        kill(Pid::from_raw(i32::try_from(run.id()).unwrap()), Signal::SIGKILL).unwrap();
    }
    run.wait_in_time().unwrap();

    let output = finish(place, "run");
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "after {events} events: {words}");
    let log = fs::read_to_string(place.join("log")).unwrap();
    let mut paid: Vec<&str> = log.lines().collect();
    paid.sort_unstable();
    assert_eq!(paid, PAID, "after {events} events: {words}");
    for (path, text) in MADE.into_iter().chain([(".state/journal", "")]) {
        assert_eq!(
            fs::read_to_string(place.join(path)).unwrap(),
            text,
            "{path} after {events} events: {words}"
        );
    }
    let output = finish(place, "plan");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    !ended
}

fn start(place: &Path, verb: &str, stdout: Stdio) -> Child {
    Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args([verb, "-r", "ten", "--format", "json"])
        .current_dir(place)
        .env("CHEFRS_STATE_DIRECTORY", place.join(".state"))
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

fn finish(place: &Path, verb: &str) -> Output {
    start(place, verb, Stdio::piped()).output_in_time().unwrap()
}

/// A pipe that holds one write and no more: each event waits until the one before it was read.
pub(crate) fn narrow_pipe() -> (File, OwnedFd) {
    let (reader, writer) = pipe2(OFlag::O_DIRECT | OFlag::O_CLOEXEC).unwrap();
    fcntl(&writer, FcntlArg::F_SETPIPE_SZ(4096)).unwrap();
    (reader.into(), writer)
}

/// All that the run does ahead of its next event is done then, or it has ended.
pub(crate) fn wait_until_it_can_not_write(run: &mut Child) {
    until(
        "the end of the run, or that it waits for its reader, of which /proc/PID/wchan has to tell",
        || {
            let at = fs::read_to_string(format!("/proc/{}/wchan", run.id())).unwrap_or_default();
            at.contains("pipe_write") || run.try_wait().unwrap().is_some()
        },
    );
}

/// A run that is killed leaves its command running: nobody begins the same beside it, and it is named.
#[test]
fn a_command_that_outlives_its_run_holds_the_lock() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::create_dir(path("recipes")).unwrap();
    let script = "echo x >>[DIR]/began; for i in $(seq 9000); do [ -e [DIR]/go ] && break; sleep 0.05; done; echo x >>[DIR]/ended";
    let recipe = format!("execute \"long\" {{ command = \"{script}\", creates = \"[DIR]/ended\" }}\n");
    fs::write(path("recipes/main.lua"), recipe.replace("[DIR]", directory.path().to_str().unwrap())).unwrap();
    let call = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
        command.args(words).current_dir(directory.path()).env("CHEFRS_STATE_DIRECTORY", path(".state"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let mut run = call(&["run", "-r", "main"]).spawn().unwrap();
    wait_for(&path("began"));
    let marks = || -> Vec<fs::DirEntry> {
        let all = fs::read_dir(path(".state")).unwrap().flatten();
        all.filter(|entry| entry.file_name().to_string_lossy().starts_with("lock.")).collect()
    };
    // The run marks the command once that has started.
    until("the command is marked", || !marks().is_empty());
    run.kill().unwrap();
    run.wait_in_time().unwrap();

    let words = |output: std::process::Output| {
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let (code, told) = words(call(&["run", "-r", "main", "--lock-timeout", "1"]).output_in_time().unwrap());
    assert_eq!(code, Some(5), "{told}");
    assert!(told.contains("that run was killed, and a command of it still runs: `echo x >>"), "{told}");
    let (_, told) = words(call(&["status"]).output_in_time().unwrap());
    assert!(told.contains("still runs, though the run was killed: `echo x >>"), "{told}");
    assert_eq!(fs::read_to_string(path("began")).unwrap(), "x\n");

    fs::write(path("go"), "").unwrap();
    // Once it has ended, the lock is free; what it made is there.
    wait_for(&path("ended"));
    let mut last = (None, String::new());
    until("the next run", || {
        last = words(call(&["run", "-r", "main"]).output_in_time().unwrap());
        last.0 == Some(0)
    });
    assert_eq!(fs::read_to_string(path("began")).unwrap(), "x\n", "{}", last.1);
    assert!(marks().is_empty(), "{:?}", marks());
}

/// A run is killed while a command looks at its draft: `status` tells of it, and the next run takes it away.
#[test]
fn the_draft_of_a_killed_run_is_told_and_taken_away() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::create_dir(path("recipes")).unwrap();
    fs::create_dir(path("made")).unwrap();
    let recipe = "file \"[DIR]/made/a\" { content = \"a\", verify = \"[ -e [DIR]/go ] || kill -9 $PPID\" }\n";
    fs::write(path("recipes/main.lua"), recipe.replace("[DIR]", directory.path().to_str().unwrap())).unwrap();
    let call = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
        command.args(words).current_dir(directory.path()).env("CHEFRS_STATE_DIRECTORY", path(".state"));
        let output = command.stdin(Stdio::null()).output_in_time().unwrap();
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let made = || {
        let entries = fs::read_dir(path("made")).unwrap().flatten();
        entries.map(|entry| entry.file_name().into_string().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(call(&["run", "-r", "main"]).0, None);
    let [draft] = made().try_into().unwrap();
    let (_, told) = call(&["status"]);
    let place = path("made");
    let wanted = "1 draft left by a run that was killed, which the next run removes:\n  ";
    assert!(told.contains(&format!("{wanted}{}/{draft}\n", place.display())), "{told}");
    fs::write(path("go"), "").unwrap();
    let (code, told) = call(&["run", "-r", "main"]);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(made(), ["a"]);
    assert_eq!(fs::read_to_string(path(".state/drafts")).unwrap(), "");
    assert!(!call(&["status"]).1.contains("draft"));
}
