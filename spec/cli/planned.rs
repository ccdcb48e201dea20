//! A run of the program, held against a plan of it that is made right before: every word of the plan comes true.

use serde_json::Value;

use crate::truth;

/// Options of `run` that `plan` does not have, each with a value.
const OF_RUN: [&str; 3] = ["--lock-timeout", "--reconnect", "--reboot-timeout"];

/// What was said of a run before it.
pub(super) struct Planned {
    plan: Vec<Value>,
    /// The record that was the last before it.
    before: Option<String>,
}

impl Planned {
    /// The plan of a call that runs something on this machine; nothing where it does not, or does not come to a plan.
    pub(super) fn of(words: &[String], call: impl Fn(&[String]) -> String) -> Option<Self> {
        let plan = events(&call(&plan_of(words)?));
        plan.iter().any(|event| event["event"] == "run_started").then(|| Self { plan, before: last(&call) })
    }

    /// What of it did not come true in the run that has been recorded since.
    pub(super) fn lies(&self, call: impl Fn(&[String]) -> String) -> Option<Vec<String>> {
        let ran = last(&call).filter(|ran| Some(ran) != self.before.as_ref())?;
        Some(truth::lies(&self.plan, &events(&ran)))
    }
}

/// The last run that is on record, as a program reads it.
fn last(call: &impl Fn(&[String]) -> String) -> Option<String> {
    let words = ["show", "last", "--format", "json"].map(str::to_owned);
    Some(call(&words)).filter(|ran| ran.contains("\"run_started\""))
}

fn plan_of(words: &[String]) -> Option<Vec<String>> {
    let (verb, rest) = words.split_first()?;
    let away = ["-t", "--target", "--failed-from", "--help", "-h"];
    if verb != "run" || rest.iter().any(|word| away.contains(&word.as_str())) {
        return None;
    }
    let mut plan = vec!["plan".to_owned()];
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        if OF_RUN.contains(&word.as_str()) || word == "--format" {
            rest.next();
        } else {
            plan.push(word.clone());
        }
    }
    plan.extend(["--format".to_owned(), "json".to_owned()]);
    Some(plan)
}

fn events(stdout: &str) -> Vec<Value> {
    stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}
