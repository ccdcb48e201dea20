//! `[handlers]` of chefrs.toml: programs that get the events when a run or plan has ended.

use std::fs;

use super::program::Program;
use crate::patience::{is_running, until};

const RECIPES: [(&str, &str); 2] = [
    ("good", "file \"[DIR]/made\" { content = secret \"word\" }\n"),
    ("bad", "execute \"no\" { command = \"exit 3\" }\n"),
];

/// Three handlers that note that they ran, each on another end.
const THREE: &str = "[handlers.always]\ncommand = [\"sh\", \"-c\", \"cat > always\"]\n\
    [handlers.change]\ncommand = [\"sh\", \"-c\", \"cat > change\"]\non = \"change\"\n\
    [handlers.failure]\ncommand = [\"sh\", \"-c\", \"env > failure\"]\non = \"failure\"\n";

fn call(words: &[&str], settings: &str) -> Program {
    let program = Program::new(words).env("CHEFRS_SECRET_WORD", "open sesame street");
    let program = program.env("SSH_AUTH_SOCK", "/nonexistent").file("chefrs.toml", settings);
    RECIPES.iter().fold(program, |program, (name, text)| program.file(&format!("recipes/{name}.lua"), text))
}

#[test]
fn each_is_started_at_its_ends() {
    for (words, status, started) in [
        (["plan", "-r", "good"], 2, vec!["always", "change"]),
        (["run", "-r", "good"], 0, vec!["always", "change"]),
        // Before each run of a spec comes its plan, which would change something.
        (["run", "-r", "bad"], 1, vec!["always", "change", "failure"]),
        (["plan", "-r", "none"], 3, vec!["always", "failure"]),
    ] {
        let output = call(&words, THREE).output();
        assert_eq!(output.status, status, "{words:?}: {}", output.stderr);
        let is_there = |name: &&str| output.directory.path().join(name).exists();
        let found: Vec<&str> = ["always", "change", "failure"].into_iter().filter(is_there).collect();
        assert_eq!(found, started, "{words:?}");
        if let ("bad", Ok(events)) = (words[2], fs::read_to_string(output.directory.path().join("change"))) {
            assert!(events.contains("\"mode\":\"plan\""), "the run has changed nothing: {events}");
        }
        let events = fs::read_to_string(output.directory.path().join("always")).unwrap();
        let lines: Vec<serde_json::Value> =
            events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.last().unwrap()["event"], "target_finished", "{events}");
        assert!(!events.contains("open sesame"), "{events}");
        if let Ok(environment) = fs::read_to_string(output.directory.path().join("failure")) {
            assert!(environment.contains("PATH="), "{environment}");
            assert!(
                !environment.contains("SSH_AUTH_SOCK") && !environment.contains("CHEFRS"),
                "{environment}"
            );
        }
    }
}

#[test]
fn one_that_fails_is_a_warning() {
    let settings = "[handlers.a]\ncommand = [\"sh\", \"-c\", \"echo no route >&2; exit 2\"]\n\
        [handlers.b]\ncommand = [\"sh\", \"-c\", \"sleep 600 & echo $! >started; wait\"]\ntimeout = 1\n\
        [handlers.c]\ncommand = [\"touch\", \"c\"]\n";
    let output = call(&["run", "-r", "good"], settings)
        .stdout_has("1 updated")
        .stderr_has("warning: `sh` failed: exit status 2\n  --> chefrs.toml:2\n")
        .stderr_has("note: no route\n")
        .stderr_has("warning: `sh` did not end within 1 second\n")
        .stderr_has("hint: `timeout` gives it longer\n")
        .check();
    assert!(output.directory.path().join("c").exists(), "the next one is started all the same");
    let started = fs::read_to_string(output.directory.path().join("started")).unwrap();
    until("what it has started ends with it", || !is_running(started.trim()));
}

#[test]
fn what_is_written_wrong_is_said_at_its_line() {
    for (settings, told) in [
        ("handlers = 1\n", "error: `handlers` must be a table\n  --> chefrs.toml:1\n"),
        ("[handlers]\nslack = [\"x\"]\n", "error: `handlers.slack` must be a table\n  --> chefrs.toml:2\n"),
        ("[handlers.a]\non = \"change\"\n", "error: `handlers.a.command` is missing\n"),
        (
            "[handlers.a]\ncommand = [\"x\"]\non = \"error\"\n",
            "error: `handlers.a.on` is `always`, `change` or `failure`, not `error`\n  --> chefrs.toml:3\n",
        ),
        (
            "[handlers.a]\ncommand = [\"x\"]\ntimeout = 0\n",
            "`handlers.a.timeout` must be a whole number, at least 1",
        ),
        ("[handlers.a]\ncommand = [\"x\"]\nonly = 1\n", "`handlers.a.only` is not a known key"),
    ] {
        let output = call(&["plan", "-r", "good"], settings).output();
        assert_eq!(output.status, 3, "{settings}: {}", output.stderr);
        assert!(output.stderr.contains(told), "{told:?} is not in {}", output.stderr);
    }
}
