//! The facts of a machine with its answers to the probes of cookbooks. Runs and all commands that compile for a machine get
//! them here.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::confined::Compiler;
use crate::cookbook::Project;
use crate::cookbook::reach::ProbingCookbooks;
use crate::facts::probes::{Unanswered, ask};
use crate::model::error::{Diagnostic, Diagnostics, Failure};
use crate::model::probe::{ANSWERS, Probe};
use crate::target::Target;

/// Facts to compile with.
#[derive(Debug)]
pub struct ProbedFacts<'a> {
    pub facts: Cow<'a, Map<String, Value>>,
    /// Warnings about probes that were not asked.
    pub warnings: Vec<Diagnostic>,
}

/// Why there are none.
#[derive(Debug)]
pub enum Unprobed {
    /// The declarations don't compile.
    Declarations(Diagnostics),
    /// The machine hangs or lies.
    Answers(Diagnostics),
    /// The machine was lost.
    Lost(Failure),
}

/// Asks a target the probes of these cookbooks, and adds the answers to its facts. If there are none, nothing is asked.
/// With `no_commands`, probes that run a command of a cookbook are left out.
///
/// # Errors
/// The probes can't be read, the target was lost, or an answer is none.
pub fn probed_facts<'a>(
    facts: Cow<'a, Map<String, Value>>,
    target: &mut dyn Target,
    (project, cookbooks): (&Project, &ProbingCookbooks),
    no_commands: bool,
) -> Result<ProbedFacts<'a>, Unprobed> {
    let ProbingCookbooks { reached, others } = cookbooks;
    if reached.is_empty() && others.is_empty() {
        return Ok(ProbedFacts { facts, warnings: Vec::new() });
    }
    let (mut answers, mut warnings) = (Map::new(), Vec::new());
    if !reached.is_empty() {
        let probes = Compiler::default().probes(project, reached).map_err(Unprobed::Declarations)?;
        let left_out = |probe: &Probe| no_commands && probe.runs_command();
        let (unasked, asked): (Vec<Probe>, Vec<Probe>) = probes.into_iter().partition(left_out);
        warnings.extend(unasked.iter().map(not_asked));
        answers = ask(target, &asked).map_err(|unanswered| match unanswered {
            Unanswered::Lost(failure) => Unprobed::Lost(failure),
            Unanswered::Wrong(findings) => Unprobed::Answers(findings),
        })?;
    }
    // If the recipes reach one of these after all, the compile must not take it for one that found nothing.
    answers.extend(others.iter().map(|name| (name.clone(), Value::Null)));
    let mut facts = facts.into_owned();
    facts.insert(ANSWERS.to_owned(), Value::Object(answers));
    Ok(ProbedFacts { facts: Cow::Owned(facts), warnings })
}

fn not_asked(probe: &Probe) -> Diagnostic {
    let message =
        format!("the probe `{}` was not asked, because it runs a command: `--no-commands`", probe.path());
    Diagnostic::warning(message)
        .at(probe.location.clone())
        .note("its `example` counts, or that nothing was found")
}
