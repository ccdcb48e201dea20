//! The side that compiles: it closes its doors, takes the work, asks for files, and gives back what it made.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::message::{Ahead, FromCompile, Rest, Task, Work};
use super::{doors, frame};
use crate::compile::{self, Compiled, Complete, Input, Limits};
use crate::cookbook::Project;
use crate::cookbook::away::{FileAnswer, FileQuestion, Lender};
use crate::model::error::{Diagnostic, Diagnostics};

/// Rows of one message: while the next are written, these are read.
const ROWS: usize = 250;
/// Bytes of declarations that are told at once.
const AT_ONCE: usize = 16 << 10;

/// Compiles for the process at the other end of two pipes.
///
/// # Errors
/// The doors can't be closed, or the other end is gone.
pub fn serve(input: File, output: File, limits: Limits) -> io::Result<()> {
    doors::close(limits)?;
    let wire = Arc::new(Wire(Mutex::new(Ends { input, output, told: Vec::new() })));
    let work: Work<'_> = frame::receive(&mut wire.ends().input)?;
    let limits = Limits { resources: work.resources, ..limits };
    let lender: Arc<dyn Lender> = Arc::<Wire>::clone(&wire);
    let project = Project::away(work.project, &lender);
    let input = Input {
        project: &project,
        run_list: &work.run_list,
        facts: &work.facts,
        attributes: &work.attributes,
    };
    let done = match work.task {
        Task::Compile => compile::compile_within(&input, limits),
        Task::CompileAhead => {
            let wire = Arc::clone(&wire);
            compile::compile_ahead(
                &input,
                limits,
                Arc::new(move |complete: &Complete<'_>| wire.tell(complete)),
            )
        }
        Task::Foretell => Err(Diagnostics(compile::foretell(&input, limits))),
    };
    let mut ends = wire.ends();
    match done {
        Err(Diagnostics(findings)) => ends.say(&FromCompile::Failed(findings)),
        Ok(compiled) => give(&mut ends, compiled),
    }
}

/// Gives what was made.
fn give(ends: &mut Ends, compiled: Compiled) -> io::Result<()> {
    let Compiled { collection, rows, blobs, warnings, attributes, messages } = compiled;
    let mut left = collection.rows.into_iter().peekable();
    while left.peek().is_some() {
        ends.say(&FromCompile::Rows(left.by_ref().take(ROWS).collect()))?;
    }
    ends.say(&FromCompile::Done(Rest {
        schema: collection.schema,
        run_list: collection.run_list,
        rows,
        blobs: blobs.into_keys().collect(),
        warnings,
        attributes,
        messages,
    }))
}

/// The wire to whoever has the files.
#[derive(Debug)]
struct Wire(Mutex<Ends>);

#[derive(Debug)]
struct Ends {
    input: File,
    output: File,
    /// Messages about declarations that are not written yet.
    told: Vec<u8>,
}

impl Wire {
    fn ends(&self) -> MutexGuard<'_, Ends> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, complete: &Complete<'_>) {
        // Where nobody hears any more, that is found out by the next who wants an answer.
        let _ = self.ends().tell(complete);
    }
}

impl Lender for Wire {
    fn ask(&self, question: FileQuestion) -> Result<FileAnswer, Diagnostic> {
        let mut ends = self.ends();
        let asked = ends.say(&FromCompile::Ask(question)).and_then(|()| frame::receive(&mut ends.input));
        asked.map_err(|error| Diagnostic::error(format!("the project's files are out of reach: {error}")))
    }
}

impl Ends {
    fn say(&mut self, said: &FromCompile<'_>) -> io::Result<()> {
        self.flush()?;
        frame::send(&mut self.output, said)
    }

    fn tell(&mut self, complete: &Complete<'_>) -> io::Result<()> {
        let Complete { declaration, action, r#type, properties } = *complete;
        let properties = Cow::Borrowed(properties);
        let told = Ahead { declaration, action: action.into(), r#type: r#type.into(), properties };
        frame::append(&mut self.told, &FromCompile::Ahead(told))?;
        if self.told.len() >= AT_ONCE { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.write_all(&self.told)?;
        self.told.clear();
        Ok(())
    }
}
