//! What every recipe owes its machine: the plan told what the run did, and a second run has nothing to do.

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

use super::Host;
use crate::patience::{CallInTime as _, LONG};
use crate::truth;

/// The program on the host, in `/root`.
pub fn chefrs(host: &Host, words: &str) -> Output {
    host.script(&format!("cd /root && NO_COLOR=1 exec chefrs {words}"))
}

/// Puts a recipe on the host, as `spec`.
pub fn recipe(host: &Host, text: &str) {
    host.write("/root/recipes/spec.lua", text.as_bytes());
}

/// What a plan of a recipe says to people.
pub fn planned(host: &Host, text: &str) -> String {
    recipe(host, text);
    String::from_utf8(chefrs(host, "plan -r spec").stdout).unwrap()
}

/// Converges a recipe, and holds the program to its word. What was updated, as `type[name] action`.
pub fn converge(host: &Host, text: &str) -> Vec<String> {
    recipe(host, text);
    converge_list(host, "-r spec")
}

/// The same for a run list and other words of the command line.
pub fn converge_list(host: &Host, words: &str) -> Vec<String> {
    let call = |verb: &str, status: i32| {
        let output = chefrs(host, &format!("{verb} --format json {words}"));
        events(&output, status).unwrap_or_else(|why| panic!("{why}"))
    };
    let planned = call("plan", 2);
    let ran = call("run", 0);
    let done = actions(&ran);
    assert!(done.iter().all(|action| action.outcome == "updated"), "{done:?}");
    assert_eq!(truth::lies(&planned, &ran), Vec::<String>::new());
    assert_eq!(actions(&call("run", 0)), []);
    assert_eq!(actions(&call("plan", 0)), []);
    done.into_iter().map(|action| action.name).collect()
}

/// Runs a recipe that must fail, and gives what it said to people.
pub fn fail(host: &Host, text: &str) -> String {
    recipe(host, text);
    fail_list(host, "-r spec")
}

/// The words of a command line for a run list, with attributes.
pub fn with_attributes(host: &Host, run_list: &str, attributes: &Value) -> String {
    host.write("/root/attributes.json", attributes.to_string().as_bytes());
    format!("-r {run_list} -j attributes.json")
}

/// The same as [`fail`] for a run list and other words of the command line.
pub fn fail_list(host: &Host, words: &str) -> String {
    let output = chefrs(host, &format!("run {words}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// Converges a recipe from here, through the shell of the host.
pub fn through_a_shell(host: &Host, recipe: &str) -> String {
    let project = tempfile::tempdir().unwrap();
    fs::create_dir(project.path().join("recipes")).unwrap();
    fs::write(project.path().join("recipes/spec.lua"), recipe).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
    command.env("CHEFRS_STATE_DIRECTORY", project.path().join("control")).current_dir(project.path());
    command.args(["run", "-r", "spec", "--engine", "shell", "-t", host.name(), "--ssh-config"]);
    let output = command.arg(host.ssh_config()).output_within(LONG).unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// An action that changed something, or of which that can't be told.
#[derive(Debug, PartialEq)]
pub struct Action {
    /// `type[name] action`.
    pub name: String,
    /// `updated` or `unknown`.
    pub outcome: String,
}

/// The events of a call; `status` is what its exit code must be.
pub fn events(output: &Output, status: i32) -> Result<Vec<Value>, String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let events: Result<Vec<Value>, _> = text.lines().map(serde_json::from_str::<Value>).collect();
    match events {
        Ok(events) if output.status.code() == Some(status) => Ok(events),
        _ => {
            let stderr = String::from_utf8_lossy(&output.stderr);
            Err(format!("{}, not {status}\n{text}\n{stderr}", output.status))
        }
    }
}

/// The actions that events tell of, as far as they changed something, or may.
pub fn actions(events: &[Value]) -> Vec<Action> {
    let finished = events.iter().filter(|event| event["event"] == "action_finished");
    let actions = finished.map(|event| {
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let name = format!("{} {}", word(&event["resource"]["id"]), word(&event["action"]));
        Action { name, outcome: word(&event["outcome"]["outcome"]) }
    });
    actions.filter(|action| ["updated", "unknown"].contains(&action.outcome.as_str())).collect()
}
