//! Runs tests of cookbooks in sandboxed processes: many in one, as long as none has to be stopped.

use std::borrow::Cow;
use std::io;

use serde_json::Map;

use super::compiler::Compiler;
use super::frame;
use super::message::{CompileKind, CompileOrder, FromCompile};
use super::process::Process;
use crate::cookbook::Project;
use crate::model::blob::Blobs;
use crate::model::error::{Diagnostic, Diagnostics, Location};
use crate::model::unit_test::{MOST, TestEvent, TestFile, TestOrder, TestResult, TestResults, TestTitle};

impl Compiler {
    /// Runs the tests of these files, those with a text in their name if there is one. A test that has to be stopped, or
    /// that ends its process, is a failed test, and the others go on in a new process.
    ///
    /// # Errors
    /// No process can be started.
    pub fn test(
        &self,
        project: &Project,
        files: Vec<TestFile>,
        filter: Option<&str>,
    ) -> Result<TestResults, Diagnostics> {
        let filter = filter.map(str::to_owned);
        self.run_tests(project, TestOrder { files, filter, done: 0, needs_of: None })
    }

    /// Runs the tests of these files, and collects what the rows of a cookbook need in them.
    ///
    /// # Errors
    /// No process can be started.
    pub fn needs_in_tests(
        &self,
        project: &Project,
        files: Vec<TestFile>,
        cookbook: &str,
    ) -> Result<TestResults, Diagnostics> {
        self.run_tests(
            project,
            TestOrder { files, filter: None, done: 0, needs_of: Some(cookbook.to_owned()) },
        )
    }

    fn run_tests(&self, project: &Project, order: TestOrder) -> Result<TestResults, Diagnostics> {
        let mut testing = Testing { project, order, results: TestResults::default(), running: None };
        while !testing.order.files.is_empty() {
            let mut process = Process::start(self)?;
            testing.through(&mut process, self.limits.resources);
        }
        Ok(testing.results)
    }
}

/// The work that is left, and what came of the rest.
struct Testing<'a> {
    project: &'a Project,
    order: TestOrder,
    results: TestResults,
    /// The test that runs. None while a file is read.
    running: Option<TestTitle>,
}

impl Testing<'_> {
    /// Runs tests in a process, until it ends.
    fn through(&mut self, process: &mut Process, resources: usize) {
        let before = (self.order.files.len(), self.order.done);
        self.running = None;
        let ended = self.talk(process, resources);
        let is_first = before == (self.order.files.len(), self.order.done);
        let broken = match ended {
            Ok(()) if !is_first => return process.end(),
            Ok(()) => io::Error::new(io::ErrorKind::InvalidData, "no test was run"),
            Err(broken) => broken,
        };
        let cause = process.cause(&broken);
        // After others, it may be they who have used up what the process may use: it has another one for itself.
        if is_first {
            self.blame(vec![cause]);
        }
    }

    fn talk(&mut self, process: &mut Process, resources: usize) -> io::Result<()> {
        process.begin();
        let facts = Map::new();
        let order = CompileOrder {
            kind: CompileKind::Test,
            project: self.project.outline(),
            run_list: Cow::Borrowed(&[]),
            facts: Cow::Borrowed(&facts),
            attributes: Cow::Borrowed(&[]),
            resources,
            files: Vec::new(),
            tests: Some(Cow::Borrowed(&self.order)),
        };
        frame::send(&mut process.input, &order)?;
        let mut blobs = Blobs::new();
        loop {
            match frame::receive(&mut process.output)? {
                FromCompile::Ask(question) => {
                    frame::send(&mut process.input, &self.project.answer(&question, &mut blobs))?;
                }
                FromCompile::Tested(event) => {
                    // Each test has the time of a compile.
                    process.begin();
                    self.note(event)?;
                }
                // The compile has panicked.
                FromCompile::Failed(findings) => {
                    self.blame(findings);
                    return Ok(());
                }
                FromCompile::TestsEnded => return Ok(()),
                _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "a message that no test sends")),
            }
        }
    }

    fn note(&mut self, event: TestEvent) -> io::Result<()> {
        match event {
            TestEvent::Begun(title) => self.running = Some(title),
            TestEvent::Ended(result) => {
                if self.order.done >= MOST {
                    return Err(io::Error::new(
                        io::ErrorKind::InvalidData,
                        "more tests than a file may have",
                    ));
                }
                self.running = None;
                self.order.done += 1;
                self.results.results.push(result);
            }
            TestEvent::FileEnded(findings) => {
                if self.order.files.is_empty() {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "more files than there are"));
                }
                self.results.broken.extend(findings);
                self.next_file();
            }
        }
        Ok(())
    }

    fn next_file(&mut self) {
        self.order.files.remove(0);
        self.order.done = 0;
    }

    /// Makes the end of a process the failure of the test that ran in it, or of the file that was read.
    fn blame(&mut self, causes: Vec<Diagnostic>) {
        let causes = causes.into_iter();
        if let Some(title) = self.running.take() {
            let note = format!("in the test \"{}\", {}", title.name, title.location);
            let findings = causes.map(|cause| cause.at(title.location.clone()).note(&note)).collect();
            self.order.done += 1;
            self.results.results.push(TestResult {
                title,
                findings,
                messages: Vec::new(),
                needs: Vec::new(),
            });
            return;
        }
        let Some(file) = self.order.files.first() else { return };
        let book = if file.cookbook.is_empty() {
            Some(self.project.own())
        } else {
            self.project.cookbook(&file.cookbook)
        };
        let label = book.map_or_else(|| file.path.clone(), |book| book.label(&file.path));
        self.results.broken.extend(causes.map(|cause| cause.at(Location::new(&label, 0))));
        self.next_file();
    }
}
