//! The trusted side, which has the project: it sends the work, answers requests for files, and receives the result.

use std::borrow::Cow;
use std::io::{self, Read, Write};

use super::message::{Ahead, CompileKind, CompileOrder, FromCompile};
use super::process::Process;
use super::{check, frame};
use crate::compile::{Compiled, Input, Limits};
use crate::cookbook::Project;
use crate::model::blob::Blobs;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::provider::Upcoming;
use crate::resources;

/// Number of declarations in a batch. Smaller batches cost more than they save.
pub const AT_ONCE: usize = 80;

/// Runs a compile in a process.
pub(super) fn converse(
    process: &mut Process,
    limits: Limits,
    kind: CompileKind,
    input: &Input<'_>,
    look: &mut dyn FnMut(Vec<Upcoming>),
) -> Result<Compiled, Diagnostics> {
    process.begin();
    let mut conversation = Talk { project: input.project, read: None };
    match conversation.through((&mut process.input, &mut process.output), limits, kind, input, look) {
        Ok(made) => {
            process.end();
            made.map_err(Diagnostics)
        }
        Err(broken) => Err(conversation.cause(&broken, process).into()),
    }
}

/// Reads the messages of a compile from a stream, and writes the answers. For the fuzzer.
///
/// # Errors
/// A message can't be parsed, or the stream ends too early.
pub fn hear(
    (to, from): (&mut dyn Write, &mut dyn Read),
    limits: Limits,
    input: &Input<'_>,
) -> io::Result<Result<Compiled, Diagnostics>> {
    let mut conversation = Talk { project: input.project, read: None };
    let made = conversation.through((to, from), limits, CompileKind::CompileAhead, input, &mut |_| {})?;
    Ok(made.map_err(Diagnostics))
}

struct Talk<'a> {
    project: &'a Project,
    /// The message that was read last.
    read: Option<String>,
}

impl Talk<'_> {
    fn through(
        &mut self,
        (to, from): (&mut dyn Write, &mut dyn Read),
        limits: Limits,
        kind: CompileKind,
        input: &Input<'_>,
        look: &mut dyn FnMut(Vec<Upcoming>),
    ) -> io::Result<Result<Compiled, Vec<Diagnostic>>> {
        let order = CompileOrder {
            kind,
            project: self.project.outline(),
            run_list: Cow::Borrowed(input.run_list),
            facts: Cow::Borrowed(input.facts),
            attributes: Cow::Borrowed(input.attributes),
            resources: limits.resources,
            files: self.project.foreseen(input.run_list),
            tests: None,
        };
        self.read = order.files.last().map(|(question, _)| question.label());
        frame::send(to, &order)?;
        let mut blobs = Blobs::new();
        let mut rows = Vec::new();
        let mut waiting = Vec::new();
        // Their properties are not repeated in the rows.
        let mut told = Vec::new();
        loop {
            let said = frame::receive(from)?;
            if !waiting.is_empty() && !matches!(said, FromCompile::Ahead(_)) {
                look(std::mem::take(&mut waiting));
            }
            match said {
                FromCompile::Ask(question) => {
                    self.read = Some(question.label());
                    frame::send(to, &self.project.answer(&question, &mut blobs))?;
                }
                FromCompile::Ahead(ahead) => {
                    if told.len() >= limits.resources {
                        return Err(senseless("more declarations than may be"));
                    }
                    waiting.extend(upcoming(&ahead));
                    told.push((ahead.declaration, ahead.properties.into_owned()));
                    if waiting.len() >= AT_ONCE {
                        look(std::mem::take(&mut waiting));
                    }
                }
                FromCompile::Rows(more) => {
                    rows.extend(more.into_owned());
                    if rows.len() > limits.resources {
                        return Err(senseless("more rows than may be declared"));
                    }
                }
                FromCompile::Failed(findings) => return Ok(Err(findings)),
                FromCompile::Tested(_) | FromCompile::TestsEnded => {
                    return Err(senseless("tests were run that nobody wanted"));
                }
                FromCompile::Done(rest) => {
                    let mut compiled = check::compiled(rows, told, rest, blobs).map_err(senseless)?;
                    // The other process runs code of strangers: it does not say what they may do.
                    self.project.limit(&mut compiled.collection);
                    return Ok(Ok(compiled));
                }
            }
        }
    }

    fn cause(&self, broken: &io::Error, process: &mut Process) -> Diagnostic {
        let cause = match broken.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::FileTooLarge => {
                Diagnostic::error(format!("protocol error from the process that compiles: {broken}"))
            }
            _ => process.cause(broken),
        };
        match &self.read {
            Some(path) => cause.note(format!("the last that it read is `{path}`")),
            None => cause,
        }
    }
}

fn senseless(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// Parses a declaration into a planner. If it does not match its type, it is left to the run, which reports the error.
fn upcoming(told: &Ahead<'_>) -> Option<Upcoming> {
    let planner = (resources::find(&told.r#type)?.load)(&told.properties).ok()?;
    Some(Upcoming { declaration: told.declaration, action: told.action.clone().into_owned(), planner })
}
