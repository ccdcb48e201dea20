//! JUnit XML for CI systems: a test suite for each target, a test case for each action of a resource.
//!
//! An action that failed, or would fail, is a failure. A problem that belongs to no resource (an unreachable target, a
//! recipe that does not compile, an interrupt) is an error. An action that did not run is skipped, with the reason. All
//! others have passed.

use anstream::adapter::strip_str;

use super::diagnostic;
use super::line::SafeLine;
use super::markup::Markup;
use super::text::failure;
use super::verdict::Verdict;
use super::whole::{ActionRun, TargetRun, WholeRun};
use crate::model::ending::Ending;
use crate::model::error::{Diagnostic, Failure};
use crate::model::event::Mode;

/// Counts of test cases.
#[derive(Debug, Clone, Copy, Default)]
struct CaseCounts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

/// A test case.
struct TestCase {
    class: String,
    name: String,
    place: Option<(String, u32)>,
    milliseconds: u64,
    result: CaseResult,
    out: String,
}

/// The result of a test case, with a message and details.
enum CaseResult {
    Passed,
    Failed(String, String),
    Errored(String, String),
    Skipped(String),
}

/// The test suites of a run that started at this time.
pub(super) fn render(whole: &WholeRun, begun: &str) -> String {
    let mut suites: Vec<Suite<'_>> = whole.targets.iter().map(|target| Suite::of(whole, target)).collect();
    if !whole.findings.is_empty() {
        suites.push(Suite::before(whole));
    }
    let verb = verb(whole.mode);
    let counts = suites.iter().map(Suite::counts).fold(CaseCounts::default(), CaseCounts::and);
    let mut xml = Markup::default();
    xml.literal("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let name = format!("chefrs {verb} {}", whole.run_list.join(", "));
    counts.element(&mut xml, "testsuites", (name.trim_end(), whole.lasted()), &[], |xml| {
        for (id, suite) in suites.iter().enumerate() {
            xml.literal("\n");
            suite.write(xml, whole, (id, begun));
        }
        xml.literal("\n");
    });
    xml.literal("\n");
    xml.finish()
}

fn verb(mode: Mode) -> &'static str {
    match mode {
        Mode::Run => "run",
        Mode::Plan => "plan",
    }
}

/// The test cases of a target.
struct Suite<'a> {
    target: Option<&'a TargetRun>,
    cases: Vec<TestCase>,
}

impl<'a> Suite<'a> {
    fn of(whole: &WholeRun, target: &'a TargetRun) -> Self {
        let mut cases: Vec<TestCase> = target.rows().map(|row| row_case(whole.mode, row)).collect();
        cases.extend(target.not_run.iter().map(|(id, reason)| TestCase {
            result: CaseResult::Skipped(format!("not run: {reason}")),
            ..TestCase::new(&target.name, id)
        }));
        cases.extend(target.left_out.iter().map(|(id, reason)| TestCase {
            result: CaseResult::Skipped(reason.clone()),
            ..TestCase::new(&target.name, id)
        }));
        cases.extend(end_case(whole.mode, target));
        Self { target: Some(target), cases }
    }

    /// The problem that prevented all targets from starting.
    fn before(whole: &WholeRun) -> Self {
        let case = |finding: &Diagnostic| TestCase {
            result: CaseResult::Errored(finding.message.clone(), told(std::slice::from_ref(finding))),
            ..TestCase::new("chefrs", &finding.message)
        };
        Self { target: None, cases: whole.findings.iter().map(case).collect() }
    }

    fn counts(&self) -> CaseCounts {
        self.cases.iter().fold(CaseCounts::default(), |counts, case| counts.with(&case.result))
    }

    fn write(&self, xml: &mut Markup, whole: &WholeRun, (id, begun): (usize, &str)) {
        let name = self.target.map_or("chefrs", |target| target.name.as_str());
        let lasted = self.target.map_or(0, TargetRun::lasted);
        let id = id.to_string();
        let mut more = vec![("id", id.as_str()), ("hostname", name)];
        // The common XML schemas allow no time zone.
        let begun = begun.trim_end_matches('Z');
        if !begun.is_empty() {
            more.push(("timestamp", begun));
        }
        self.counts().element(xml, "testsuite", (name, lasted), &more, |xml| {
            xml.literal("\n");
            self.properties(xml, whole, name);
            for case in &self.cases {
                xml.literal("\n");
                case.write(xml);
            }
            let said = self.target.map(said).unwrap_or_default();
            if !said.is_empty() {
                xml.literal("\n");
                xml.leaf("system-out", &[], said);
            }
            xml.literal("\n");
        });
    }

    fn properties(&self, xml: &mut Markup, whole: &WholeRun, name: &str) {
        let own = self.target.map(|target| &target.run_list).filter(|run_list| !run_list.is_empty());
        let run_list = own.unwrap_or(&whole.run_list).join(", ");
        let outcome = self.target.and_then(|target| target.outcome.as_ref());
        let properties = [
            ("target", Some(name)),
            ("run", whole.run.as_deref()),
            ("mode", Some(verb(whole.mode))),
            ("recipes", Some(run_list.as_str())),
            ("outcome", outcome.map(|outcome| outcome.outcome.words(whole.mode))),
            ("through", self.target.and_then(|target| target.via.as_deref())),
            ("version", Some(env!("CARGO_PKG_VERSION"))),
        ];
        xml.element("properties", &[], |xml| {
            for (name, value) in properties {
                if let Some(value) = value {
                    xml.empty("property", &[("name", name), ("value", value)]);
                }
            }
        });
    }
}

impl CaseCounts {
    fn and(self, other: Self) -> Self {
        Self {
            tests: self.tests + other.tests,
            failures: self.failures + other.failures,
            errors: self.errors + other.errors,
            skipped: self.skipped + other.skipped,
        }
    }

    fn with(self, result: &CaseResult) -> Self {
        let one = |is: bool| usize::from(is);
        self.and(Self {
            tests: 1,
            failures: one(matches!(result, CaseResult::Failed(..))),
            errors: one(matches!(result, CaseResult::Errored(..))),
            skipped: one(matches!(result, CaseResult::Skipped(_))),
        })
    }

    /// Writes an element with these counts.
    fn element(
        self,
        xml: &mut Markup,
        element: &'static str,
        (name, milliseconds): (&str, u64),
        more: &[(&'static str, &str)],
        inner: impl FnOnce(&mut Markup),
    ) {
        let [tests, failures, errors, skipped] =
            [self.tests, self.failures, self.errors, self.skipped].map(|number| number.to_string());
        let time = seconds(milliseconds);
        let mut attributes = vec![
            ("name", name),
            ("tests", tests.as_str()),
            ("failures", failures.as_str()),
            ("errors", errors.as_str()),
            ("skipped", skipped.as_str()),
            ("time", time.as_str()),
        ];
        attributes.extend(more);
        xml.element(element, &attributes, inner);
    }
}

impl TestCase {
    fn new(class: &str, name: &str) -> Self {
        Self {
            class: class.to_owned(),
            name: name.to_owned(),
            place: None,
            milliseconds: 0,
            result: CaseResult::Passed,
            out: String::new(),
        }
    }

    fn write(&self, xml: &mut Markup) {
        let time = seconds(self.milliseconds);
        let mut attributes = vec![("classname", self.class.as_str()), ("name", self.name.as_str())];
        let line = self.place.as_ref().map(|(_, line)| line.to_string()).unwrap_or_default();
        if let Some((file, number)) = &self.place {
            attributes.push(("file", file));
            if *number > 0 {
                attributes.push(("line", &line));
            }
        }
        attributes.push(("time", &time));
        if matches!(self.result, CaseResult::Passed) && self.out.is_empty() {
            return xml.empty("testcase", &attributes);
        }
        xml.element("testcase", &attributes, |xml| {
            match &self.result {
                CaseResult::Passed => {}
                CaseResult::Failed(message, text) => {
                    xml.leaf("failure", &[("message", message), ("type", "failed")], text);
                }
                CaseResult::Errored(message, text) => {
                    xml.leaf("error", &[("message", message), ("type", &self.name)], text);
                }
                CaseResult::Skipped(reason) => xml.empty("skipped", &[("message", reason)]),
            }
            if !self.out.is_empty() {
                xml.leaf("system-out", &[], &self.out);
            }
        });
    }
}

/// The test case of an action.
fn row_case(mode: Mode, row: &ActionRun) -> TestCase {
    let ActionRun { resource, action, .. } = row;
    let verdict = row.verdict();
    let result = match (verdict, row.failure()) {
        (Verdict::Failed, Some(failure)) => {
            let (message, text) = failed(mode, row, failure, false);
            CaseResult::Failed(message, text)
        }
        (Verdict::Ignored, Some(failure)) => {
            CaseResult::Skipped(format!("failed, and it is ignored: {}", failure.message))
        }
        (Verdict::Unseen, _) => CaseResult::Errored("its end was not seen".to_owned(), String::new()),
        (Verdict::Updated | Verdict::UpToDate, _) => CaseResult::Passed,
        _ => CaseResult::Skipped(row.reason().unwrap_or_default()),
    };
    TestCase {
        class: resource.within.last().cloned().unwrap_or_else(|| recipe(&resource.location.file)),
        place: Some((resource.location.file.clone(), resource.location.line)),
        milliseconds: row.milliseconds,
        result,
        out: done(mode, row),
        ..TestCase::new("", format!("{} {action}", resource.id).trim_end())
    }
}

/// The recipe of a file: `nginx::tls` for `cookbooks/nginx/recipes/tls.lua`.
fn recipe(file: &str) -> String {
    let name = file.strip_suffix(".lua").unwrap_or(file);
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "cookbooks" | "recipes")).collect();
    match parts.as_slice() {
        [cookbook, "default"] => (*cookbook).to_owned(),
        parts => parts.join("::"),
    }
}

/// The message and the details of a failure.
fn failed(mode: Mode, row: &ActionRun, failure: &Failure, ignored: bool) -> (String, String) {
    let changes: Vec<SafeLine> = row.changes.iter().map(|change| SafeLine::of(&change.summary)).collect();
    let page = failure::render(mode, &row.resource, &row.action, failure, ignored, &changes);
    (failure.message.clone(), strip_str(page.as_str()).to_string())
}

/// What was changed, or would be, and the output of commands.
fn done(mode: Mode, row: &ActionRun) -> String {
    let mut lines = Vec::new();
    for change in &row.changes {
        let would = match (mode, change.may) {
            (Mode::Run, _) => "",
            (Mode::Plan, false) => "would ",
            (Mode::Plan, true) => "may ",
        };
        lines.push(format!("{would}{}", change.summary));
        lines.extend(change.diff.iter().map(|diff| diff.trim_end_matches('\n').to_owned()));
    }
    lines.extend(row.retries.iter().map(|failure| format!("attempt failed: {}", failure.message)));
    lines.extend(row.waits.iter().map(|wait| format!("waiting: {wait}")));
    lines.extend(row.output.iter().map(|line| format!("| {line}")));
    lines.join("\n")
}

/// The test case of a problem that belongs to no resource, if there is one.
fn end_case(mode: Mode, target: &TargetRun) -> Option<TestCase> {
    let Some(outcome) = &target.outcome else {
        let unseen = CaseResult::Errored("its end was not seen".to_owned(), String::new());
        return Some(TestCase { result: unseen, ..TestCase::new(&target.name, "no end") });
    };
    let untold = outcome.untold();
    let words = outcome.outcome.words(mode);
    let result = match outcome.outcome {
        Ending::NotStarted => CaseResult::Skipped("it was not started".to_owned()),
        ending if ending.is_well() => return None,
        // The resource that failed has its own test case.
        Ending::Failed if untold.is_empty() => return None,
        _ => {
            let message = untold.first().map_or(words, |finding| finding.message.as_str());
            CaseResult::Errored(message.to_owned(), told(&untold))
        }
    };
    Some(TestCase { result, ..TestCase::new(&target.name, words) })
}

/// Messages about a target as a whole.
fn said(target: &TargetRun) -> String {
    let messages = target.messages.iter().map(|(place, text)| format!("{place}: {text}\n"));
    let notes = target.notes.iter().map(|note| format!("{note}\n"));
    let restart = target.restart.iter().map(|restart| format!("{restart}\n"));
    messages.chain([told(&target.warnings)]).chain(notes).chain(restart).collect()
}

fn told(findings: &[Diagnostic]) -> String {
    strip_str(&diagnostic::render_all(findings)).to_string()
}

/// Formats seconds: `3.240`.
fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}
