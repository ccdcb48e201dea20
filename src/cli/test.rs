//! `chefrs test`.

use std::fmt::Write as _;

use camino::Utf8PathBuf;
use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use serde_json::json;

use crate::confined::Compiler;
use crate::model::english::count;
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::model::unit_test::{TestResult, TestResults};
use crate::report::diagnostic;
use crate::report::json::visible;

use super::complete;
use super::early_end::EarlyEnd;
use super::format::Format;
use super::project::open;
use super::terminal::Terminal;
use super::test_files;

/// Runs the tests of recipes and custom resources.
///
/// A test says what they must compile to, with given facts, attributes and secrets. The tests are in `tests/*.lua` of the project and of its cookbooks. No machine is needed and none is changed, and nothing is
/// read of the environment. Each test is a compile of its own, in the sandbox. `chefrs help tests` explains how to write one.
///
/// Exit code 1 if a test has failed, 3 if a file of tests has errors.
#[derive(Debug, Args)]
pub(super) struct TestArguments {
    /// What to test: a cookbook, a file of tests, or a directory. Default: the project and all its cookbooks.
    #[arg(value_name = "NAME", add = ArgValueCompleter::new(complete::tests))]
    names: Vec<String>,
    /// Run only tests with this text in their name.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Directory of the project. Default: this directory, or the project that it is a part of.
    #[arg(long, value_name = "DIR")]
    project: Option<Utf8PathBuf>,
    /// Text for people, or one JSON object a test.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn test(arguments: &TestArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let project = open(arguments.project.as_deref())?;
    let files = test_files::selected(&project, &arguments.names)?;
    let filter = arguments.filter.as_deref();
    let done = Compiler::default().test(&project, files, filter)?;
    if let (Some(filter), true) = (filter, done.results.is_empty() && done.broken.is_empty()) {
        return Err(EarlyEnd::usage(Diagnostic::error(format!("no test has `{filter}` in its name"))));
    }
    for result in &done.results {
        terminal.say(&result.messages)?;
    }
    terminal.print(&match arguments.format {
        Format::Text => text(&done),
        Format::Json => lines(&done)?,
    })?;
    Ok(if !done.broken.is_empty() {
        Exit::Compile
    } else if done.results.iter().all(TestResult::passed) {
        Exit::Success
    } else {
        Exit::Failed
    })
}

fn text(done: &TestResults) -> String {
    let failed: Vec<Diagnostic> =
        done.results.iter().flat_map(|result| &result.findings).chain(&done.broken).cloned().collect();
    let failures = done.results.iter().filter(|result| !result.passed()).count();
    let mut text = diagnostic::render_all(&failed);
    if !failed.is_empty() {
        text.push('\n');
    }
    // Writing to a string can't fail.
    let _ = write!(text, "{} passed", done.results.len() - failures);
    if failures > 0 {
        let _ = write!(text, ", {failures} failed");
    }
    if !done.broken.is_empty() {
        let _ = write!(text, ", {} outside of tests", count(done.broken.len(), "error"));
    }
    text + "\n"
}

fn lines(done: &TestResults) -> Result<String, EarlyEnd> {
    let mut text = String::new();
    let tests = done.results.iter().map(|result| {
        json!({
            "test": result.title.name,
            "location": result.title.location,
            "outcome": if result.passed() { "passed" } else { "failed" },
            "findings": result.findings,
        })
    });
    let broken = done.broken.iter().map(|finding| json!({ "findings": [finding] }));
    for line in tests.chain(broken) {
        text.push_str(&visible(&serde_json::to_string(&line).map_err(std::io::Error::from)?));
        text.push('\n');
    }
    Ok(text)
}
