//! The cases by the script that the program exports: the machine shows the same, `--check` tells what comes, and a second
//! run does nothing.

use std::process::Output;

use super::case::{Case, Stage};
use super::column::Column;
use super::hold::{must, project, shown, text};

/// The script on the machine.
const SCRIPT: &str = "/root/exported.sh";

/// Runs the stages of a case with a shell, apart from those with one of these numbers, up to what does not hold.
pub fn hold(case: &Case, column: &dyn Column, shell: &str, left_out: &[usize]) -> Result<(), String> {
    must(column, &format!("mkdir -p '/srv/{}'", case.name))?;
    let last = (1..=case.stages.len()).rev().find(|number| !left_out.contains(number)).unwrap_or(0);
    for (number, stage) in (1..=last).zip(&case.stages) {
        if !stage.before.is_empty() {
            must(column, &stage.before)?;
        }
        if left_out.contains(&number) {
            continue;
        }
        column.project(project(case, stage).path());
        must(
            column,
            &format!(
                "cd /root/project && chefrs export --to sh -r spec >{SCRIPT} 2>/root/losses && {shell} -n {SCRIPT}"
            ),
        )?;
        converge(case, stage, column, shell)?;
        shown(stage, column).map_err(|why| format!("{why}\n{}", losses(column)))?;
    }
    Ok(())
}

fn converge(case: &Case, stage: &Stage, column: &dyn Column, shell: &str) -> Result<(), String> {
    let secrets = case
        .secrets
        .iter()
        .map(|(name, value)| ["CHEFRS_SECRET_", &name.to_uppercase(), "='", value, "' "].concat());
    let secrets: String = secrets.collect();
    let call = |word: &str| column.script(&format!("cd / && {secrets}{shell} {SCRIPT} {word}"));
    if !stage.fails.is_empty() {
        return ends(&call(""), 1).map(drop);
    }
    let has_work = |does: &[String]| if does.is_empty() { 0 } else { 2 };
    let told = ends(&call("--check"), has_work(&stage.does))?;
    let said = told + &ends(&call(""), 0)?;
    ends(&call("--check"), has_work(&stage.again))?;
    let again = ends(&call(""), 0)?;
    if stage.again.is_empty() && !again.contains("0 updated") {
        return Err(format!("a second run does\n{again}\nafter\n{said}"));
    }
    match stage.hides.iter().find(|hidden| said.contains(*hidden)) {
        None => Ok(()),
        Some(hidden) => Err(format!("`{hidden}` is said\n{said}")),
    }
}

/// What a call says, if it ends with this status.
fn ends(output: &Output, status: i32) -> Result<String, String> {
    let said = text(output);
    if output.status.code() == Some(status) {
        return Ok(said);
    }
    Err(format!("it ends with {}, not {status}\n{said}", output.status))
}

/// What the script does not carry.
fn losses(column: &dyn Column) -> String {
    text(&column.script("cat /root/losses"))
}
