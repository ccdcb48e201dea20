//! Holds the program to a case: the plan tells what the run does, the machine shows it, a second run does nothing.

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use super::case::{Case, Source, Stage};
use super::column::Column;
use crate::hosts::convergence::{actions, events};
use crate::patience::CallInTime as _;
use crate::truth;

/// Runs the stages of a case in a column, up to what does not hold.
pub fn hold(case: &Case, column: &dyn Column) -> Result<(), String> {
    must(column, &format!("mkdir -p '/srv/{}'", case.name))?;
    for stage in &case.stages {
        if !stage.before.is_empty() {
            must(column, &stage.before)?;
        }
        column.project(project(case, stage).path());
        if let Some((_, words)) = case.not.iter().find(|(not, _)| not == column.name()) {
            return refused(&call(case, column, "run"), words);
        }
        converge(case, stage, column)?;
        shown(stage, column)?;
    }
    Ok(())
}

/// The case's project, with the stage's recipe in it.
pub(super) fn project(case: &Case, stage: &Stage) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    put("recipes/spec.lua", stage.recipe.as_bytes());
    for (path, source) in &case.files {
        match source {
            Source::Text(text) => put(path, text.as_bytes()),
            Source::Script(script) => {
                let output = Command::new("sh")
                    .args(["-euc", script])
                    .current_dir(folder.path())
                    .output_in_time()
                    .unwrap();
                assert!(output.status.success(), "{}: {path}: {}", case.name, text(&output));
                put(path, &output.stdout);
            }
        }
    }
    folder
}

fn call(case: &Case, column: &dyn Column, verb: &str) -> Output {
    column.chefrs(verb, &["--format", "json", "-r", "spec"], &case.secrets)
}

fn converge(case: &Case, stage: &Stage, column: &dyn Column) -> Result<(), String> {
    let fails = !stage.fails.is_empty();
    let mut heard = String::new();
    let plan = call(case, column, "plan");
    heard += &text(&plan);
    if !(stage.says.is_empty() && stage.hides.is_empty()) {
        heard += &text(&column.chefrs("plan", &["-v", "-r", "spec"], &case.secrets));
    }
    let run = call(case, column, "run");
    heard += &text(&run);
    let ran = events(&run, i32::from(fails))?;
    let done = names(&ran);
    if done != stage.does {
        let done = done.join("\n");
        return Err(format!("the run does not do what it should, but\n{done}\n{}", brief(&text(&run))));
    }
    contains(&text(&run), &stage.fails)?;
    contains(&heard, &stage.says)?;
    if !fails {
        let something = |does: &[_]| if does.is_empty() { 0 } else { 2 };
        kept(&events(&plan, something(&stage.does))?, &ran)?;
        let again = events(&call(case, column, "run"), 0)?;
        if names(&again) != stage.again {
            return Err(format!("a second run does\n{}", names(&again).join("\n")));
        }
        kept(&events(&call(case, column, "plan"), something(&stage.again))?, &again)?;
    }
    match stage.hides.iter().find(|hidden| heard.contains(*hidden)) {
        None => Ok(()),
        Some(hidden) => Err(format!("`{hidden}` is said\n{}", brief(&heard))),
    }
}

/// What events say was changed, in order.
fn names(events: &[Value]) -> Vec<String> {
    actions(events).into_iter().map(|action| action.name).collect()
}

fn kept(planned: &[Value], ran: &[Value]) -> Result<(), String> {
    let lies = truth::lies(planned, ran);
    if lies.is_empty() { Ok(()) } else { Err(format!("the plan did not come true\n{}", lies.join("\n"))) }
}

/// A run that must fail in given words.
fn refused(output: &Output, words: &str) -> Result<(), String> {
    if output.status.success() {
        return Err(format!("it should not be possible here\n{}", brief(&text(output))));
    }
    contains(&text(output), &words.lines().map(str::to_owned).collect::<Vec<_>>())
}

fn contains(said: &str, lines: &[String]) -> Result<(), String> {
    match lines.iter().find(|line| !said.contains(*line)) {
        None => Ok(()),
        Some(line) => Err(format!("`{line}` is not said\n{}", brief(said))),
    }
}

/// What the machine shows at a prompt.
pub(super) fn shown(stage: &Stage, column: &dyn Column) -> Result<(), String> {
    if stage.shows.is_empty() {
        return Ok(());
    }
    let commands = stage.shows.lines().filter_map(|line| line.strip_prefix("$ "));
    let prompts = commands.map(|command| format!("cat <<'PROMPT'\n$ {command}\nPROMPT\n{command}\n"));
    let seen = text(&column.script(&format!("exec 2>&1\n{}", prompts.collect::<String>())));
    if seen == stage.shows {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(stage.shows.as_str(), &seen);
    Err(format!("the machine shows something else\n{}", diff.unified_diff().header("expected", "actual")))
}

pub(super) fn must(column: &dyn Column, script: &str) -> Result<(), String> {
    let output = column.script(&format!("set -e\n{script}"));
    if output.status.success() { Ok(()) } else { Err(format!("{script}\n{}", text(&output))) }
}

/// What of a report tells why.
fn brief(report: &str) -> String {
    let told = |line: &str| {
        let Ok(event) = serde_json::from_str::<Value>(line) else { return Some(line.to_owned()) };
        let words = match event["event"].as_str()? {
            "change" => &event["summary"],
            "output" => &event["line"],
            "action_finished" => &event["outcome"],
            "warning" => &event["diagnostic"],
            _ => return None,
        };
        Some(format!("{}: {words}", event["resource"]["id"]))
    };
    report.lines().filter_map(told).collect::<Vec<_>>().join("\n")
}

/// Both streams.
pub(super) fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
