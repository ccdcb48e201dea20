//! Runs that ask: `--confirm` once for the plan, `--step` at each change.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::patience::CallInTime as _;
use crate::typed::typed;

const TWO: &str = "file \"[DIR]/one\" { content = \"1\\n\", notifies = { \"run\", \"execute[told]\" } }\n\
                   file \"[DIR]/two\" { content = \"2\\n\" }\n\
                   execute \"told\" { command = \"touch [DIR]/told\", action = \"nothing\" }\n";

fn project(recipe: &str) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("recipes")).unwrap();
    let recipe = recipe.replace("[DIR]", place.path().to_str().unwrap());
    fs::write(place.path().join("recipes/two.lua"), recipe).unwrap();
    place
}

fn run(place: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
    command
        .args(["run", "-r", "two"])
        .args(words)
        .current_dir(place)
        .env_clear()
        .env("HOME", place)
        .env("PATH", "/usr/bin:/bin")
        .env("NO_COLOR", "1")
        .env("TERM", "dumb")
        .env("CHEFRS_STATE_DIRECTORY", place.join(".state"))
        .stdin(Stdio::null());
    command
}

fn made(place: &Path) -> Vec<&'static str> {
    ["one", "two", "told"].into_iter().filter(|name| place.join(name).exists()).collect()
}

#[test]
fn yes_runs_what_the_plan_has_shown() {
    let place = project(TWO);
    let talk = [("apply this to local? [y/N] ", "y\n")];
    let Some((status, shown)) = typed(&run(place.path(), &["--confirm"]), &talk) else { return };
    assert_eq!((status, made(place.path())), (0, vec!["one", "two", "told"]), "{shown}");
    let (plan, run) = shown.split_once("apply this to").unwrap();
    assert!(plan.contains("plan: 3 would change, 0 up to date, 0 would fail"), "{shown}");
    assert!(run.contains("converging local: two") && run.contains("3 updated"), "{shown}");
}

#[test]
fn anything_but_yes_changes_nothing() {
    for answer in ["n\n", "\n", "yess\n"] {
        let place = project(TWO);
        let report = place.path().join("report.json");
        let words = ["--confirm", "--report", &format!("json={}", report.display())];
        let talk = [("[y/N] ", answer)];
        let Some((status, shown)) = typed(&run(place.path(), &words), &talk) else { return };
        assert_eq!((status, made(place.path())), (2, Vec::new()), "{shown}");
        assert!(shown.ends_with("not applied: nothing was changed\n"), "{shown}");
        let report = fs::read_to_string(report).unwrap();
        assert!(
            report.contains("\"mode\":\"plan\"") && report.contains("\"outcome\":\"changes\""),
            "{report}"
        );
    }
}

#[test]
fn what_is_left_of_several_keeps_its_own_attributes() {
    let place = project("file \"[DIR]/one\" { content = node.app.word }\n");
    let place = place.path();
    fs::create_dir(place.join("nodes")).unwrap();
    for (name, address) in [("here", "local"), ("away", "chroot:/nonexistent/root")] {
        let text = format!("address = \"{address}\"\n[attributes.app]\nword = \"{name}\"\n");
        fs::write(place.join(format!("nodes/{name}.toml")), text).unwrap();
    }
    let talk = [("apply this to here? [y/N] ", "y\n")];
    let Some((status, shown)) = typed(&run(place, &["--confirm", "-t", "here,away"]), &talk) else { return };
    assert_eq!(status, 4, "{shown}");
    assert_eq!(fs::read_to_string(place.join("one")).unwrap(), "here", "{shown}");
}

#[test]
fn an_interrupt_at_the_question_ends_it() {
    let place = project(TWO);
    let talk = [("[y/N] ", "\x03")];
    let Some((status, shown)) = typed(&run(place.path(), &["--confirm"]), &talk) else { return };
    assert_eq!((status, made(place.path())), (130, Vec::new()), "{shown}");
}

#[test]
fn nothing_is_asked_where_nothing_would_change() {
    let place = project("file \"[DIR]/one\" { action = \"delete\" }\n");
    let Some((status, shown)) = typed(&run(place.path(), &["--confirm"]), &[]) else { return };
    assert_eq!(status, 0, "{shown}");
    assert!(shown.ends_with("nothing to apply\n") && !shown.contains("[y/N]"), "{shown}");
}

#[test]
fn a_plan_that_fails_ends_it() {
    let place = project("file \"[DIR]/none/one\" { content = \"1\" }\n");
    let Some((status, shown)) = typed(&run(place.path(), &["--confirm"]), &[]) else { return };
    assert_eq!(status, 1, "{shown}");
    assert!(!shown.contains("[y/N]"), "{shown}");
}

#[test]
fn without_a_terminal_nothing_is_begun() {
    for (option, words) in [
        ("--confirm", "error: `--confirm` asks on the terminal, and there is no terminal\n"),
        ("--step", "error: `--step` asks on the terminal, and there is no terminal\n"),
    ] {
        let place = project(TWO);
        let call = run(place.path(), &[option]);
        let mut command = Command::new("setsid");
        command.arg("--wait").arg(call.get_program()).args(call.get_args()).current_dir(place.path());
        let output = command.stdin(Stdio::null()).output_in_time().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(64), "{told}");
        assert_eq!(told, format!("{words}hint: use `chefrs plan`, then `chefrs run`\n"));
        assert_eq!(made(place.path()), Vec::<&str>::new());
    }
}

#[test]
fn a_program_is_not_asked() {
    let place = project(TWO);
    for option in ["--confirm", "--step"] {
        let output = run(place.path(), &[option, "--format", "json"]).output_in_time().unwrap();
        assert_eq!(output.status.code(), Some(64), "{option}");
    }
}

#[test]
fn each_change_is_asked_for() {
    let place = project(TWO);
    let talk = [
        ("/one] create: create file, 2 bytes\n", ""),
        ("apply? [y/n/a/q] ", "what\n"),
        ("y: apply it;", ""),
        ("apply? [y/n/a/q] ", "y\n"),
        ("/two] create: create file, 2 bytes", ""),
        ("apply? [y/n/a/q] ", "n\n"),
        ("touch ", ""),
        ("apply? [y/n/a/q] ", "y\n"),
    ];
    let talk = talk.map(|(shown, typed)| (shown.trim_end_matches('\n'), typed));
    let Some((status, shown)) = typed(&run(place.path(), &["--step"]), &talk) else { return };
    // What was declined is left to do.
    assert_eq!((status, made(place.path())), (130, vec!["one", "told"]), "{shown}");
    assert!(shown.contains("2 updated, 0 up to date, 1 not run, 0 failed"), "{shown}");
    assert_eq!(shown.matches("/one] create: create file").count(), 1, "{shown}");
}

#[test]
fn all_asks_no_more() {
    let place = project(TWO);
    let talk = [("apply? [y/n/a/q] ", "a\n")];
    let Some((status, shown)) = typed(&run(place.path(), &["--step"]), &talk) else { return };
    assert_eq!((status, made(place.path())), (0, vec!["one", "two", "told"]), "{shown}");
}

#[test]
fn quit_changes_nothing_more_and_keeps_what_is_owed() {
    for end in ["q\n", "\x03", "\x04"] {
        let place = project(TWO);
        let talk = [("apply? [y/n/a/q] ", "y\n"), ("apply? [y/n/a/q] ", end)];
        let Some((status, shown)) = typed(&run(place.path(), &["--step"]), &talk) else { return };
        assert_eq!((status, made(place.path())), (130, vec!["one"]), "{shown}");
        let output = run(place.path(), &[]).output_in_time().unwrap();
        assert_eq!((output.status.code(), made(place.path())), (Some(0), vec!["one", "two", "told"]));
    }
}

#[test]
fn steps_are_for_one_target() {
    let place = project(TWO);
    let call = run(place.path(), &["--step", "-t", "web1,web2"]);
    let Some((status, shown)) = typed(&call, &[]) else { return };
    assert_eq!(status, 64);
    assert_eq!(
        shown,
        "error: `--step` works on one target, and `-t` names 2 targets\n\
         hint: name one of them, or use `--confirm`, which asks once for all\n"
    );
}
