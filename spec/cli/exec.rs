//! `chefrs exec`: a command by hand, on this machine and on ones that are not there.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::program::Program;
use crate::executable::executable;
use crate::patience::{EndInTime as _, Patient, give, until};

/// Says that it was called, and nothing more, for as long as its caller lives.
const SILENT_SSH: &str = "#!/bin/sh\nfor word; do case $word in web*) : > \"$CALLED/$word\";; esac; done\nwhile kill -0 $PPID; do sleep 0.2; done 2> /dev/null\n";

fn call(words: &[&str]) -> (i32, String, String) {
    let output = Program::new(words).output();
    (output.status, output.stdout, output.stderr)
}

#[test]
fn one_machine_passes_its_output_on() {
    let (code, out, err) = call(&["exec", "--", "printf", "%s\\n", "a b", "$HOME"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "a b\n$HOME\n", ""), "no shell has seen the words");
}

#[test]
fn a_command_that_fails_says_how() {
    let (code, out, err) = call(&["exec", "--", "sh", "-c", "echo one; echo two >&2; exit 3"]);
    let mut lines: Vec<&str> = out.lines().collect();
    lines.sort_unstable();
    assert_eq!((code, lines, err.as_str()), (1, vec!["one", "two"], "error: local: exit status 3\n"));
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let (code, _, err) = call(&["exec", "--", "chefrs-has-no-such-program"]);
    assert_eq!(code, 1);
    assert!(err.contains("there is no program `chefrs-has-no-such-program`"), "{err}");
}

#[test]
fn what_takes_too_long_is_stopped() {
    let (code, _, err) = call(&["exec", "--timeout", "1", "--", "sleep", "60"]);
    assert_eq!(code, 1);
    assert_eq!(err, "error: local: stopped after 1 second\nhint: raise `--timeout` if it needs longer\n");
}

#[test]
fn whoever_leaves_is_told_where_the_command_may_still_run() {
    for (targets, words) in [
        (
            "web2,web1,local",
            "exited at once: the command was told to end, and may still run on web1 and web2\n\
             hint: `chefrs exec -t TARGET -- ps aux` shows what still runs on one\n",
        ),
        (
            "web1",
            "exited at once: the command was told to end, and may still run on web1\n\
             hint: `chefrs exec -t web1 -- ps aux` shows what still runs there\n",
        ),
    ] {
        let place = tempfile::tempdir().unwrap();
        let ssh = place.path().join("ssh");
        executable(&ssh, SILENT_SSH);
        let path = format!("{}:/usr/bin:/bin", place.path().display());
        let mut exec = Command::new(env!("CARGO_BIN_EXE_chefrs"))
            .args(["exec", "--connect-timeout", "600", "-t", targets, "--", "sleep", "600"])
            .current_dir(place.path())
            .env("PATH", path)
            .env("CALLED", place.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        for name in targets.split(',').filter(|name| *name != "local") {
            until("a call of ssh", || place.path().join(name).exists());
        }
        let pid = Pid::from_raw(i32::try_from(exec.id()).unwrap());
        let interrupt = || kill(pid, Signal::SIGINT).unwrap();
        let mut told = BufReader::new(Patient::new(exec.stderr.take().unwrap()));
        interrupt();
        let mut first = [String::new(), String::new()];
        for line in &mut first {
            told.read_line(line).unwrap();
        }
        assert_eq!(
            first.concat(),
            "\ninterrupted: the command is stopped on all targets; interrupt again to exit at once\n"
        );
        interrupt();
        let mut last = String::new();
        told.read_to_string(&mut last).unwrap();
        assert_eq!((exec.wait_in_time().unwrap().code(), last), (Some(130), format!("\n{words}")));
    }
}

#[test]
fn control_characters_stay_data() {
    let (_, out, _) = call(&["exec", "--", "printf", "\\033[2Jx\\n"]);
    assert!(!out.contains('\x1b') && out.contains('x'), "{out:?}");
}

#[test]
fn all_are_tried_and_told_of() {
    // No name server is asked: the name has a label that is too long for one.
    let gone = format!("{}.invalid", "x".repeat(64));
    let (code, out, err) = call(&["exec", "-t", &format!("local,{gone}"), "--", "echo", "here"]);
    assert_eq!(code, 4, "{out}{err}");
    assert!(out.contains("local (") && out.contains("\n  here\n"), "{out}");
    assert!(out.ends_with(&format!("2 targets: 1 succeeded and 1 unreachable\nfailed: {gone}\n")), "{out}");
}

#[test]
fn a_failure_weighs_more_than_a_machine_that_is_away() {
    let gone = format!("{}.invalid", "x".repeat(64));
    let (code, out, _) =
        call(&["exec", "-t", "local", "-t", &gone, "--format", "json", "--", "sh", "-c", "exit 7"]);
    assert_eq!(code, 1);
    let mut told: Vec<(String, String, Value)> = out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .inspect(|line| assert_eq!(line["schema"], 2))
        .map(|line| {
            let word = |key: &str| line[key].as_str().unwrap().to_owned();
            (word("target"), word("outcome"), line["failure"]["command"]["status"].clone())
        })
        .collect();
    told.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(told[0], ("local".into(), "failed".into(), "exit status 7".into()));
    assert_eq!(told[1], (gone, "unreachable".into(), Value::Null));
}

#[test]
fn a_command_is_needed() {
    let (code, _, err) = call(&["exec"]);
    assert_eq!(code, 64);
    assert!(err.contains("COMMAND"), "{err}");
    let (code, _, err) = call(&["exec", "uptime"]);
    assert_eq!(code, 64);
    assert!(err.contains("--"), "{err}");
}

#[test]
fn a_machine_without_a_shell_is_told_of_as_a_machine() {
    let (code, _, err) = call(&["exec", "-t", "chroot:/nonexistent/root", "--", "true"]);
    assert_eq!(code, 4);
    let told =
        "error: chroot:/nonexistent/root: `chroot:/nonexistent/root` ran no shell for us: exit status ";
    assert!(err.starts_with(told), "{err}");
}

#[test]
fn standard_input_is_passed_on_if_asked_for() {
    let call = |words: &[&str], input: &[u8]| {
        let mut exec = Command::new(env!("CARGO_BIN_EXE_chefrs"))
            .arg("exec")
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        give(&mut exec, input);
        let output = exec.output_in_time().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    assert_eq!(call(&["-i", "--", "cat"], b"one\ntwo\n"), (0, "one\ntwo\n".into(), String::new()));
    assert_eq!(call(&["--", "cat"], b"one\n"), (0, String::new(), String::new()));
    let hint = "hint: copy a file with `chefrs put`, and let the command read that\n";
    let told = format!("error: standard input is not UTF-8 text\n{hint}");
    assert_eq!(call(&["-i", "--", "cat"], b"\xff"), (64, String::new(), told));
    let (status, _, err) = call(&["-i", "--", "cat"], &vec![b'x'; (2 << 20) + 1]);
    assert_eq!((status, err), (64, format!("error: standard input has more than 2 MiB\n{hint}")));
    let (status, _, err) = call(&["--tty", "--", "cat"], b"");
    assert!(status == 64 && err.starts_with("error: `--tty` is for commands on other machines\n"), "{err}");
}
