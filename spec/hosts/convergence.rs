//! What every recipe owes its machine: the plan told what the run did, and a second run has nothing to do.

use std::process::Output;

use serde_json::Value;

use super::Host;

/// The program on the host, in `/root`.
pub fn chefrs(host: &Host, words: &str) -> Output {
    host.script(&format!("cd /root && NO_COLOR=1 exec chefrs {words}"))
}

/// Puts a recipe on the host, as `spec`.
pub fn recipe(host: &Host, text: &str) {
    host.write("/root/recipes/spec.lua", text.as_bytes());
}

/// Converges a recipe, and holds the program to its word. What was updated, as `type[name] action`.
pub fn converge(host: &Host, text: &str) -> Vec<String> {
    recipe(host, text);
    converge_list(host, "-r spec")
}

/// The same for a run list and other words of the command line.
pub fn converge_list(host: &Host, words: &str) -> Vec<String> {
    let planned = actions(&chefrs(host, &format!("plan --format json {words}")), 2);
    let done = actions(&chefrs(host, &format!("run --format json {words}")), 0);
    assert!(done.iter().all(|action| action.outcome == "updated"), "{done:?}");
    // What could not be told may have happened or not; all else is as it was told.
    let open = |action: &&Action| planned.iter().any(|it| it.outcome == "unknown" && it.name == action.name);
    let told: Vec<&Action> = planned.iter().filter(|action| action.outcome == "updated").collect();
    let kept: Vec<&Action> = done.iter().filter(|action| !open(action)).collect();
    assert_eq!(told, kept, "the plan said something else than the run did");
    assert_eq!(actions(&chefrs(host, &format!("run --format json {words}")), 0), []);
    assert_eq!(actions(&chefrs(host, &format!("plan --format json {words}")), 0), []);
    done.into_iter().map(|action| action.name).collect()
}

/// Runs a recipe that must fail, and gives what it said to people.
pub fn fail(host: &Host, text: &str) -> String {
    recipe(host, text);
    let output = chefrs(host, "run -r spec");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// An action that changed something, or of which that can't be told.
#[derive(Debug, PartialEq)]
struct Action {
    /// `type[name] action`.
    name: String,
    /// `updated` or `unknown`.
    outcome: String,
}

/// The actions that an output tells of; `status` is what the exit code must be.
fn actions(output: &Output, status: i32) -> Vec<Action> {
    let text = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let last = text.lines().last().unwrap_or_default();
    assert_eq!(output.status.code(), Some(status), "{last}\n{stderr}");
    let events = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let finished = events.filter(|event| event["event"] == "action_finished");
    let actions = finished.map(|event| {
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let name = format!("{} {}", word(&event["resource"]["id"]), word(&event["action"]));
        Action { name, outcome: word(&event["outcome"]["outcome"]) }
    });
    actions.filter(|action| ["updated", "unknown"].contains(&action.outcome.as_str())).collect()
}
