//! A case: a recipe, the machine that it meets, and the plan.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use chefrs::model::change::Change;
use chefrs::model::error::Diagnostic;
use chefrs::model::known::{Known, Stop};
use chefrs::provider::Planner;

use super::declaration::{Declaration, Recipe};
use super::grammar::BLOCK;
use super::machine::Machine;
use super::plan::{self, Outcome, Refusal};
use crate::goldens;

/// One case, read.
#[derive(Debug)]
pub struct Case {
    pub path: PathBuf,
    /// All that stands before the plan.
    given: String,
    /// What its recipe declares.
    pub declared: Result<Declaration, Vec<Diagnostic>>,
    pub machine: Machine,
}

/// Every case, read once.
pub fn all() -> &'static [Case] {
    static ALL: LazyLock<Vec<Case>> =
        LazyLock::new(|| goldens::files("resources", "case").iter().map(|path| Case::read(path)).collect());
    &ALL
}

impl Case {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("the case can be read");
        let given = text.split_once("\n--- plan\n").map_or(text.trim_end(), |(given, _)| given);
        let (mut recipe, mut machine) = (Recipe::default(), Machine::default());
        // The number of the line that a part begins on.
        let mut number = 1;
        for (index, part) in given.split("\n--- ").enumerate() {
            let wrong = |line: usize, why: String| panic!("{}:{}: {why}", path.display(), number + line);
            let (head, body) = part.split_once('\n').unwrap_or((part, ""));
            let body = if body.is_empty() { String::new() } else { format!("{body}\n") };
            let (word, more) = head.split_once(' ').unwrap_or((head, ""));
            if index == 0 {
                recipe.text = format!("{part}\n");
            } else if head == "machine" {
                for (line, text) in logical_lines(&body) {
                    machine.learn(&text).unwrap_or_else(|why| wrong(line + 1, why));
                }
            } else {
                recipe.part(word, more, &body).unwrap_or_else(|why| wrong(0, why));
            }
            number += part.matches('\n').count() + 1;
        }
        let declared = recipe.compile(&machine);
        Self { path: path.to_owned(), given: given.trim_end().to_owned(), declared, machine }
    }

    /// What its recipe comes to on its machine, and what had to be known for that.
    pub fn outcome(&self) -> (Outcome, Known) {
        let mut known = Known::default();
        let outcome = match &self.declared {
            Ok(declared) => declared.plan(&self.machine, &mut known).map_err(Refusal::Plan),
            Err(found) => Err(Refusal::Compile(found.clone())),
        };
        (outcome, known)
    }

    /// Properties of which nothing is told of a new thing. They say how it is made, not what it is, or another one can stand in
    /// their place. The case names them in its first line: `-- not told: backup, verify`.
    pub fn not_told(&self) -> Vec<&str> {
        let first = self.given.lines().next().unwrap_or_default();
        first.strip_prefix("-- not told: ").map_or_else(Vec::new, |names| names.split(", ").collect())
    }

    /// The whole case, with the plan as it is.
    pub fn say(&self) -> String {
        let (outcome, known) = self.outcome();
        format!("{}\n--- plan\n{}", self.given, plan::say(&outcome, &known))
    }
}

/// Lines with their blocks, and how many lines stand before each.
fn logical_lines(body: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in body.lines().enumerate() {
        match lines.last_mut() {
            Some((_, last)) if line.starts_with(BLOCK) => {
                last.push('\n');
                last.push_str(line);
            }
            _ => lines.push((number, line.to_owned())),
        }
    }
    lines
}

impl Declaration {
    /// What plans it.
    ///
    /// # Errors
    /// Properties that don't fit.
    pub fn planner(&self) -> Result<Box<dyn Planner>, Stop> {
        let entry = chefrs::resources::find(&self.r#type).expect("the compile knows the type");
        let mut planner = (entry.load)(&self.properties)?;
        if self.is_secret {
            planner.keep_secret();
        }
        planner.check(&self.action)?;
        Ok(planner)
    }

    /// What it comes to. Whatever the machine is asked is laid down in `known`.
    ///
    /// # Errors
    /// It can't be planned, or asks what the machine can't tell.
    pub fn plan(&self, machine: &Machine, known: &mut Known) -> Result<Vec<Change>, Stop> {
        let planner = self.planner()?;
        loop {
            let stop = match planner.plan(&self.action, known) {
                Err(Stop::Wanted(queries)) => queries,
                other => return other,
            };
            let asked = stop.iter().filter(|query| !known.has(query));
            let told: Vec<_> =
                asked.filter_map(|query| Some((query.clone(), machine.answer(query)?))).collect();
            if told.is_empty() {
                return Err(Stop::Wanted(stop));
            }
            for (query, answer) in told {
                known.insert(query, answer);
            }
        }
    }
}
