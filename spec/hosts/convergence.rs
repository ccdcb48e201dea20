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
    let call = |verb: &str, status: i32| {
        actions(&chefrs(host, &format!("{verb} --format json {words}")), status)
            .unwrap_or_else(|why| panic!("{why}"))
    };
    let planned = call("plan", 2);
    let done = call("run", 0);
    assert!(done.iter().all(|action| action.outcome == "updated"), "{done:?}");
    assert!(
        kept_word(&planned, &done),
        "the plan said something else than the run did\n{planned:?}\n{done:?}"
    );
    assert_eq!(call("run", 0), []);
    assert_eq!(call("plan", 0), []);
    done.into_iter().map(|action| action.name).collect()
}

/// Whether a run did what was planned. What could not be told may have happened or not; all else is as it was told.
pub fn kept_word(planned: &[Action], done: &[Action]) -> bool {
    let open = |action: &&Action| planned.iter().any(|it| it.outcome == "unknown" && it.name == action.name);
    let told = planned.iter().filter(|action| action.outcome == "updated");
    told.eq(done.iter().filter(|action| !open(action)))
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
pub struct Action {
    /// `type[name] action`.
    pub name: String,
    /// `updated` or `unknown`.
    pub outcome: String,
}

/// The actions that the events of a call tell of; `status` is what its exit code must be.
pub fn actions(output: &Output, status: i32) -> Result<Vec<Action>, String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let events: Result<Vec<Value>, _> = text.lines().map(serde_json::from_str::<Value>).collect();
    let events = match events {
        Ok(events) if output.status.code() == Some(status) => events,
        _ => {
            let stderr = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{}, not {status}\n{text}\n{stderr}", output.status));
        }
    };
    let finished = events.iter().filter(|event| event["event"] == "action_finished");
    let actions = finished.map(|event| {
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let name = format!("{} {}", word(&event["resource"]["id"]), word(&event["action"]));
        Action { name, outcome: word(&event["outcome"]["outcome"]) }
    });
    Ok(actions.filter(|action| ["updated", "unknown"].contains(&action.outcome.as_str())).collect())
}
