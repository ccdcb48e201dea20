//! Tests of what cookbooks compile to: which are to be run, and what came of them.

use serde::{Deserialize, Serialize};

use super::capability::Need;
use super::error::{Diagnostic, Location};

/// The folder of a cookbook with its tests.
pub const FOLDER: &str = "tests";

/// Most tests of a file.
pub const MOST: usize = 1000;

/// A file of tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestFile {
    /// The cookbook. Empty for the project.
    pub cookbook: String,
    /// Path below the cookbook: `tests/site.lua`.
    pub path: String,
}

/// The tests to run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TestOrder {
    pub files: Vec<TestFile>,
    /// Only tests with this text in their name.
    pub filter: Option<String>,
    /// How many tests of the first file are done already.
    pub done: usize,
    /// The cookbook whose needs are collected. No cookbook is held to what it declares then.
    #[serde(default)]
    pub needs_of: Option<String>,
}

/// The name of a test, and where it is declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestTitle {
    pub name: String,
    pub location: Location,
}

/// What came of a test.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TestResult {
    pub title: TestTitle,
    /// What was expected and is not so. Empty if the test has passed.
    pub findings: Vec<Diagnostic>,
    /// The messages of `print`.
    pub messages: Vec<(Location, String)>,
    /// What the rows of a cookbook needed, if that is collected.
    #[serde(default)]
    pub needs: Vec<Need>,
}

impl TestResult {
    /// Whether everything is as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.findings.is_empty()
    }
}

/// A step in running tests.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum TestEvent {
    /// A test begins.
    Begun(TestTitle),
    /// It has ended.
    Ended(TestResult),
    /// All tests of a file have ended, or it has errors and declares none.
    FileEnded(Vec<Diagnostic>),
}

/// What came of all tests.
#[derive(Debug, Clone, Default)]
pub struct TestResults {
    pub results: Vec<TestResult>,
    /// Errors in files that declare no tests because of them.
    pub broken: Vec<Diagnostic>,
}
