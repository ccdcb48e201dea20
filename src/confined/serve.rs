//! The sandboxed side: drops its rights, receives the work, requests files, and sends the result.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::message::{Ahead, CompileKind, CompileOrder, FromCompile, Rest};
use super::{frame, restrict};
use crate::compile::{self, Compiled, Complete, Input, Limits};
use crate::cookbook::Project;
use crate::cookbook::away::{FileAnswer, FileQuestion, Lender};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::unit_test::{TestEvent, TestOrder};

/// Number of rows in a message. The reader parses one message while the next is written.
const ROWS: usize = 250;
/// Declarations are sent in batches of about this many bytes.
const AT_ONCE: usize = 16 << 10;

/// Compiles for the process at the other end of two pipes.
///
/// # Errors
/// The rights can't be dropped, or the other end is closed.
pub fn serve(input: File, output: File, limits: Limits) -> io::Result<()> {
    restrict::drop_rights(limits)?;
    let mut ends = Ends { input, output, unsent: Vec::new(), told: Vec::new(), answers: Vec::new() };
    let order: CompileOrder<'_> = frame::receive(&mut ends.input)?;
    ends.answers = order.files;
    let owner = Arc::new(FilesOwner(Mutex::new(ends)));
    let limits = Limits { resources: order.resources, ..limits };
    let lender: Arc<dyn Lender> = Arc::<FilesOwner>::clone(&owner);
    let project = Project::away(order.project, &lender);
    let input = Input {
        project: &project,
        run_list: &order.run_list,
        facts: &order.facts,
        attributes: &order.attributes,
    };
    if order.kind == CompileKind::Test {
        return test(&owner, &project, order.tests.as_deref(), limits);
    }
    let done = match order.kind {
        CompileKind::Compile => compile::compile_within(&input, limits),
        CompileKind::CompileAhead => {
            let owner = Arc::clone(&owner);
            compile::compile_ahead(
                &input,
                limits,
                Arc::new(move |complete: &Complete<'_>| owner.tell(complete)),
            )
        }
        CompileKind::Describe => compile::describe(&input, limits),
        CompileKind::Probes => compile::probes(&input, limits),
        CompileKind::Foretell | CompileKind::Test => Err(Diagnostics(compile::foretell(&input, limits))),
    };
    let mut ends = owner.ends();
    match done {
        Err(Diagnostics(findings)) => ends.say(&FromCompile::Failed(findings)),
        Ok(compiled) => give(&mut ends, compiled),
    }
}

/// Runs tests, and tells of each.
fn test(owner: &FilesOwner, project: &Project, order: Option<&TestOrder>, limits: Limits) -> io::Result<()> {
    let Some(order) = order else { return Err(io::ErrorKind::InvalidInput.into()) };
    let mut tell = |event: TestEvent| {
        // If the other end is closed, the next request for a file reports it.
        let _ = owner.ends().say(&FromCompile::Tested(event));
    };
    let done = compile::test(project, order, limits, &mut tell);
    owner.ends().say(&match done {
        Ok(()) => FromCompile::TestsEnded,
        Err(failed) => FromCompile::Failed(vec![failed]),
    })
}

/// Sends the result.
fn give(ends: &mut Ends, compiled: Compiled) -> io::Result<()> {
    let Compiled { mut collection, rows, blobs, warnings, attributes, types, tasks, probes, messages } =
        compiled;
    for &declaration in &ends.told {
        // Not dropped, see below.
        std::mem::forget(std::mem::take(&mut collection.rows[rows[declaration]].properties));
    }
    for some in collection.rows.chunks(ROWS) {
        ends.say(&FromCompile::Rows(Cow::Borrowed(some)))?;
    }
    let (schema, run_list) = (collection.schema, std::mem::take(&mut collection.run_list));
    let asked = std::mem::take(&mut collection.probes);
    // Dropping thousands of small values is slow, and the process exits now anyway.
    std::mem::forget(collection);
    ends.say(&FromCompile::Done(Rest {
        schema,
        run_list,
        asked,
        rows,
        blobs: blobs.into_keys().collect(),
        warnings,
        attributes,
        types,
        tasks,
        probes,
        messages,
    }))
}

/// The connection to the process that has the files and receives the result.
#[derive(Debug)]
struct FilesOwner(Mutex<Ends>);

#[derive(Debug)]
struct Ends {
    input: File,
    output: File,
    /// Messages about declarations that are not written yet.
    unsent: Vec<u8>,
    /// Declarations that were sent.
    told: Vec<usize>,
    /// The few answers that were sent with the order. Some are used more than once.
    answers: Vec<(FileQuestion, FileAnswer)>,
}

impl FilesOwner {
    fn ends(&self) -> MutexGuard<'_, Ends> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, complete: &Complete<'_>) {
        // If the other end is closed, the next request for a file reports it.
        let _ = self.ends().tell(complete);
    }
}

impl Lender for FilesOwner {
    fn ask(&self, question: FileQuestion) -> Result<FileAnswer, Diagnostic> {
        let mut ends = self.ends();
        if let Some((_, answer)) = ends.answers.iter().find(|(asked, _)| *asked == question) {
            return Ok(answer.clone());
        }
        let asked = ends.say(&FromCompile::Ask(question)).and_then(|()| frame::receive(&mut ends.input));
        asked.map_err(|error| Diagnostic::error(format!("the project's files can't be reached: {error}")))
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
        let ahead = Ahead { declaration, action: action.into(), r#type: r#type.into(), properties };
        frame::append(&mut self.unsent, &FromCompile::Ahead(ahead))?;
        self.told.push(declaration);
        if self.unsent.len() >= AT_ONCE { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.write_all(&self.unsent)?;
        self.unsent.clear();
        Ok(())
    }
}
