//! How a run can end: one table, and everybody who tells of it says the same.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use chefrs::model::ending::{Ending, exit};
use chefrs::model::error::FailureKind;
use chefrs::model::event::Mode;
use chefrs::model::exit::Exit;

use crate::cli::program::Program;

/// The row of an ending in the documentation.
fn row(ending: Ending) -> String {
    let word = serde_json::to_value(ending).unwrap();
    let code = ending.exit().map_or_else(|| "none".to_owned(), |exit| (exit as u8).to_string());
    let [run, plan] = [Mode::Run, Mode::Plan].map(|mode| ending.words(mode));
    format!("| `{}` | {run} | {plan} | {code} | {} |\n", word.as_str().unwrap(), ending.meaning())
}

#[test]
fn the_documentation_has_a_row_for_each_and_no_other() {
    let chapter = std::fs::read_to_string(crate::goldens::spec("../src/docs/chapters/running.md")).unwrap();
    let (_, table) = chapter.split_once("| `outcome` | in words |").expect("the table has its heading");
    let (_, table) = table.split_once("| --- | --- | --- | --- | --- |\n").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let wanted: String = Ending::ALL.iter().copied().map(row).collect();
    assert_eq!(format!("{table}\n"), wanted);
}

#[test]
fn the_help_has_a_line_for_each_that_has_an_exit_code() {
    let help = Program::new(&["--help"]).output().stdout;
    for ending in Ending::ALL {
        let Some(exit) = ending.exit() else { continue };
        let line = help
            .lines()
            .find(|line| line.trim_start().starts_with(&format!("{}  {} ", exit as u8, ending.word())));
        assert!(line.is_some_and(|line| line.ends_with(ending.meaning())), "{ending:?}: {help}");
    }
    assert!(help.contains("the first of these that occurred: 130, 1, 3, 6, 4, 5, 2, 0."), "{help}");
}

#[test]
fn failed_refused_unreachable_lost_and_killed_are_different_things() {
    let told = |kind: FailureKind| (Ending::from(kind), Ending::from(kind).exit().unwrap());
    assert_eq!(told(FailureKind::Failed), (Ending::Failed, Exit::Failed));
    assert_eq!(told(FailureKind::TimedOut), (Ending::Failed, Exit::Failed));
    assert_eq!(told(FailureKind::Refused), (Ending::Refused, Exit::Refused));
    assert_eq!(told(FailureKind::Unreachable), (Ending::Unreachable, Exit::Unreachable));
    assert_eq!(told(FailureKind::Lost), (Ending::Lost, Exit::Unreachable));
    assert_eq!(told(FailureKind::Killed), (Ending::CutOff, Exit::Failed));
    assert_eq!(told(FailureKind::Locked), (Ending::Locked, Exit::Locked));
    assert_eq!(told(FailureKind::Interrupted), (Ending::Interrupted, Exit::Interrupted));
}

#[test]
fn each_weighs_by_itself_what_its_exit_code_says() {
    for ending in Ending::ALL {
        assert_eq!(exit([*ending], false), ending.exit().unwrap_or(Exit::Success), "{ending:?}");
    }
}

/// What a program reads of one target ends with how it ended, whatever that is: each ending that one target can come to,
/// and a way there.
#[test]
fn the_last_line_of_one_target_tells_each_of_them() {
    for ending in Ending::ALL {
        let Some(program) = comes_to(*ending) else { continue };
        let output = program.output();
        let code = i32::from(ending.exit().unwrap() as u8);
        assert_eq!(output.status, code, "{ending:?}: {}{}", output.stdout, output.stderr);
        let line = output.stdout.lines().last().unwrap_or_else(|| panic!("{ending:?}: {}", output.stderr));
        let end: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(end["event"], "target_finished", "{ending:?}: {end}");
        assert_eq!(end["outcome"], serde_json::to_value(ending).unwrap(), "{end}");
        assert_eq!(end["exit"], code, "{end}");
        assert!(!end["target"].as_str().unwrap().is_empty(), "{end}");
        let first: serde_json::Value = serde_json::from_str(output.stdout.lines().next().unwrap()).unwrap();
        assert_eq!(first["schema"], 2, "{ending:?}: {first}");
    }
}

/// A call that ends so; a new ending needs one, or a reason.
fn comes_to(ending: Ending) -> Option<Program> {
    let call = |words: &[&str]| {
        Program::new(&[words, &["-r", "one", "--format", "json"]].concat())
            .file("recipes/one.lua", "file \"[DIR]/made\" { content = \"x\" }\n")
    };
    let run = || call(&["run"]);
    Some(match ending {
        Ending::Converged => run(),
        Ending::NothingToDo => {
            call(&["plan"]).file("made", "x").file("recipes/one.lua", "file \"[DIR]/made\" {}\n")
        }
        Ending::Changes => call(&["plan"]),
        Ending::Failed => run().file("recipes/one.lua", "execute \"no\" { command = \"false\" }\n"),
        Ending::NotCompiled => run().file("recipes/one.lua", "file \"/x\" { onwer = \"x\" }\n"),
        Ending::Refused => by_ssh(call(&["run", "-t", "web1"]), "Host key verification failed."),
        Ending::Unreachable => {
            by_ssh(call(&["run", "-t", "web1"]), "ssh: connect to host web1 port 22: Connection refused")
        }
        Ending::Usage => call(&["run", "-t", "web1", "--node", "web2", "--set", "x"]),
        // Told of one at work: spec/cli/lock, spec/cli/interrupt, and spec/hosts/faults.
        Ending::Locked | Ending::Interrupted | Ending::Lost | Ending::CutOff => return None,
        // Of a command by hand, and of several.
        Ending::Succeeded | Ending::NotStarted => return None,
    })
}

/// A call where `ssh` says no more than this.
fn by_ssh(program: Program, words: &str) -> Program {
    let program = program.file("bin/ssh", &format!("#!/bin/sh\necho '{words}' >&2\nexit 255\n"));
    let ssh = program.path("bin/ssh");
    fs::set_permissions(&ssh, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", ssh.parent().unwrap().display());
    program.env("PATH", &path)
}

/// The only line of the stream of a call that ends ahead of its run, which tells why as standard error does; and all that
/// was printed.
fn only_line(words: &[&str], two: &str, code: i32, message: &str) -> (serde_json::Value, String) {
    let words = [words, &["--format", "json"]].concat();
    let output = Program::new(&words)
        .file("chefrs.toml", "become_password = [\"false\"]\n")
        .file("groups/web.toml", "")
        .file("nodes/web1.toml", "groups = [\"web\"]\n")
        .file("nodes/web2.toml", "groups = [\"web\"]\n")
        .file("recipes/one.lua", "file \"/x\" { onwer = \"x\" }\n")
        .file("recipes/two.lua", two)
        .output();
    let all = format!("{words:?}: {}{}", output.stdout, output.stderr);
    assert_eq!(output.status, code, "{all}");
    assert!(output.stderr.contains(message), "{all}");
    let [line] = output.stdout.lines().collect::<Vec<_>>()[..] else { panic!("{all}") };
    let end: serde_json::Value = serde_json::from_str(line).unwrap();
    assert!(end["findings"][0]["message"].as_str().unwrap().contains(message), "{all}");
    (end, all)
}

/// What comes ahead of the run ends the stream as the run itself does.
#[test]
fn so_does_it_where_the_run_was_not_begun() {
    let end = |words: &[&str], code: i32, message: &str| {
        let (end, all) = only_line(words, "file \"/x\" { content = node.hostname }\n", code, message);
        assert_eq!((&end["event"], &end["schema"]), (&"target_finished".into(), &2.into()), "{all}");
        assert_eq!((&end["target"], &end["exit"]), (&"web1".into(), &code.into()), "{all}");
    };
    // Compiled ahead of the question for a password.
    end(&["run", "-t", "web1", "--become", "-r", "one"], 3, "has no property `onwer`");
    end(&["plan", "-t", "web1", "--become", "-r", "one"], 3, "has no property `onwer`");
    end(&["run", "-t", "web1", "--become", "-r", "two"], 3, "`false` failed");
    end(&["run", "-t", "web1", "-r", "two", "--ssh-config", "gone"], 64, "there is no file `gone`");
    end(&["attach", "-t", "web1", "X", "--ssh-config", "gone"], 64, "there is no file `gone`");
}

/// So does that of several, with what kept them from being begun.
#[test]
fn the_last_line_of_several_tells_what_kept_them_from_being_begun() {
    let end = |words: &[&str], code: i32, message: &str| {
        let (end, all) = only_line(words, "file \"/x\" { content = \"x\" }\n", code, message);
        assert_eq!((&end["event"], &end["schema"]), (&"fleet_finished".into(), &2.into()), "{all}");
        assert_eq!(end["exit"], code, "{all}");
        assert_eq!(end["targets"], serde_json::json!([]), "{all}");
    };
    for verb in ["run", "plan"] {
        end(&[verb, "-t", "@web", "-r", "none"], 3, "there is no such recipe");
        end(&[verb, "-t", "@web", "-r", "two", "--set", "x"], 64, "`--set x` has no `=`");
        end(&[verb, "-t", "web1,web2", "-r", "two", "--node", "web1"], 64, "can't be used with 2 targets");
        end(&[verb, "-t", "@web", "-r", "two", "--become"], 3, "`false` failed");
        end(&[verb, "-t", "@web", "-r", "one", "--become"], 3, "has no property `onwer`");
        end(&[verb, "-t", "@none", "-r", "two"], 64, "there is no group `none`");
        end(&[verb, "-t", "@web"], 64, "no run list");
        end(&[verb, "-t", "@web", "-r", "two", "--project", "gone"], 64, "there is no directory `gone`");
        end(&[verb, "--failed-from", "none", "-r", "two"], 64, "no run is recorded yet");
    }
    end(&["attach", "-t", "web1,web2", "X"], 64, "a run is on one target");
}
