//! Runs the tests of cookbooks: a compile for each, with what the test gives, then the test looks at the collection.
//!
//! A file is evaluated once to learn which tests it declares, and then again for each of them, in a compile of its own. So
//! no test sees anything of another one.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::cookbook::Project;
use crate::facts;
use crate::model::english::nearest;
use crate::model::error::Diagnostic;
use crate::model::node::{AttributeSource, Layer};
use crate::model::probe;
use crate::model::redact::Redactor;
use crate::model::secrets::Secrets;
use crate::model::sorted;
use crate::model::unit_test::{TestEvent, TestFile, TestOrder, TestResult, TestTitle};

use super::budget::Due;
use super::compilation::Compilation;
use super::input::{Input, Limits};
use super::tests::declared::{DeclaredTest, TestBody};
use super::{environment, sandbox};

/// Runs the tests in order. One that had to be stopped is the last: its process has nothing left for others.
pub(super) fn run(
    project: &Project,
    order: &TestOrder,
    limits: Limits,
    due: &Due,
    listener: &mut (dyn FnMut(TestEvent) + Send),
) -> Result<(), Diagnostic> {
    sandbox::prepare()?;
    let mut recordings = BTreeMap::new();
    for (number, file) in order.files.iter().enumerate() {
        let mut tests = FileOfTests {
            project,
            file,
            limits,
            due,
            needs_of: order.needs_of.as_deref(),
            recordings: &mut recordings,
        };
        let declared = match tests.declared() {
            Ok(declared) => declared,
            Err(broken) => {
                listener(TestEvent::FileEnded(broken.findings));
                if broken.is_stopped {
                    return Ok(());
                }
                continue;
            }
        };
        let is_wanted = |test: &&DeclaredTest| {
            order.filter.as_ref().is_none_or(|text| test.title.name.contains(text.as_str()))
        };
        let done = if number == 0 { order.done } else { 0 };
        for test in declared.iter().filter(is_wanted).skip(done) {
            listener(TestEvent::Begun(test.title.clone()));
            let (result, is_stopped) = tests.run(test);
            listener(TestEvent::Ended(result));
            if is_stopped {
                return Ok(());
            }
        }
        listener(TestEvent::FileEnded(Vec::new()));
    }
    Ok(())
}

/// A file of tests, and what its compiles have in common.
struct FileOfTests<'a> {
    project: &'a Project,
    file: &'a TestFile,
    limits: Limits,
    due: &'a Due,
    /// The cookbook whose needs are collected.
    needs_of: Option<&'a str>,
    /// Recorded facts by name, each parsed once.
    recordings: &'a mut BTreeMap<String, Map<String, Value>>,
}

/// Errors in a file of tests.
struct BrokenFile {
    findings: Vec<Diagnostic>,
    /// Whether its evaluation had to be stopped.
    is_stopped: bool,
}

impl FileOfTests<'_> {
    /// The tests that the file declares. They run nowhere: only their names and plain data are of use.
    fn declared(&mut self) -> Result<Vec<DeclaredTest>, BrokenFile> {
        let facts = self.facts(None);
        let compilation = self.compilation(&facts, None);
        let list = compilation.evaluate_tests(self.file);
        compilation.is_over(|| None);
        let mut findings = std::mem::take(&mut compilation.session.borrow_mut().errors);
        let is_stopped = compilation.budget.is_stopped();
        compilation.drop_states();
        if !findings.is_empty() {
            return Err(BrokenFile { findings, is_stopped });
        }
        for test in list.iter().filter(|test| test.body.is_none()) {
            let lacking = Diagnostic::error(format!("the test \"{}\" has no table", test.title.name));
            let hint = "write what it is about after the name: `test \"…\" { expect = function(run) … end }`";
            findings.push(lacking.at(test.title.location.clone()).hint(hint));
        }
        let lacks_recipe = |body: &TestBody| body.recipe.is_none() && body.input.run_list.is_none();
        let has_default = self.book_has_default();
        for test in &list {
            if test.body.as_ref().is_some_and(lacks_recipe) && !has_default {
                findings.push(self.nothing_to_compile(&test.title));
            }
            findings.extend(self.answers_of_nobody(test));
        }
        if findings.is_empty() { Ok(list) } else { Err(BrokenFile { findings, is_stopped }) }
    }

    /// Errors for answers to the probes of cookbooks that have none.
    fn answers_of_nobody(&self, test: &DeclaredTest) -> Vec<Diagnostic> {
        let facts = test.body.as_ref().map(|body| &body.input.facts);
        let answers = facts.and_then(|facts| facts.get(probe::ANSWERS)).and_then(Value::as_object);
        let probing = self.project.probing_cookbooks(&[]).reached;
        let books = answers.into_iter().flat_map(Map::keys).filter(|book| !probing.contains(book));
        let error = |book: &String| {
            let message = format!("the test \"{}\" answers probes of `{book}`", test.title.name);
            let wrong = Diagnostic::error(message).at(test.title.location.clone());
            let wrong = match self.project.cookbook(book) {
                Some(_) => wrong.note("the cookbook declares no probes"),
                None => wrong.note("there is no cookbook of that name"),
            };
            match nearest(book, probing.iter().map(String::as_str)) {
                Some(near) => wrong.hint(format!("did you mean `{near}`?")),
                None => wrong,
            }
        };
        books.map(error).collect()
    }

    fn book_has_default(&self) -> bool {
        let book = self.project.cookbook(&self.file.cookbook);
        book.is_some_and(|book| book.has("recipes/default.lua"))
    }

    fn nothing_to_compile(&self, title: &TestTitle) -> Diagnostic {
        let owner = match self.file.cookbook.as_str() {
            "" => "the project has no default recipe".to_owned(),
            book => format!("the cookbook `{book}` has no default recipe"),
        };
        Diagnostic::error(format!("the test \"{}\" names nothing to compile", title.name))
            .at(title.location.clone())
            .note(owner)
            .hint("name recipes, `run_list = { \"web\" }`, or declare resources: `recipe = function() … end`")
    }

    /// Facts of a recording, or of the first one.
    fn facts(&mut self, recording: Option<&str>) -> Map<String, Value> {
        let name = recording.or_else(|| facts::RECORDED.first().copied()).unwrap_or_default();
        if let Some(known) = self.recordings.get(name) {
            return known.clone();
        }
        let facts: Map<String, Value> =
            facts::recording(name).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        self.recordings.insert(name.to_owned(), facts.clone());
        facts
    }

    /// A compile that was not started. A test of a cookbook knows no attributes of the project.
    fn compilation(
        &self,
        facts: &Map<String, Value>,
        attributes: Option<AttributeSource>,
    ) -> Rc<Compilation> {
        let attributes: Vec<AttributeSource> = attributes.into_iter().collect();
        let input = Input { project: self.project, run_list: &[], facts, attributes: &attributes };
        let mut made = Compilation::new(&input, self.limits, self.due.clone(), None, environment::words);
        if !self.file.cookbook.is_empty() {
            made.layers = attributes;
        }
        made.is_test = true;
        if let Some(book) = self.needs_of {
            made.books.lift_limits(book);
            made.session.get_mut().needs = Some(BTreeSet::new());
        }
        Rc::new(made)
    }

    /// Runs a test. Also returns whether it had to be stopped.
    fn run(&mut self, test: &DeclaredTest) -> (TestResult, bool) {
        let mut result = TestResult {
            title: test.title.clone(),
            findings: Vec::new(),
            messages: Vec::new(),
            needs: Vec::new(),
        };
        let Some(TestBody { input, .. }) = &test.body else { return (result, false) };
        let mut facts = self.facts(input.recording.as_deref());
        facts.extend(input.facts.clone());
        let compilation = self.compilation(&facts, attributes(test, &input.attributes));
        result.findings = compilation.run_test(self.file, test, &mut result.messages);
        compilation.is_over(|| None);
        let stopped = compilation.budget.is_stopped();
        {
            let mut session = compilation.session.borrow_mut();
            result.findings.append(&mut session.errors);
            result.messages.append(&mut session.messages);
            if let Some(book) = self.needs_of {
                let seen = session.needs.take().unwrap_or_default();
                result.needs = seen.into_iter().filter(|(of, _)| of == book).map(|(_, need)| need).collect();
            }
        }
        compilation.drop_states();
        for finding in &mut result.findings {
            finding.location.get_or_insert_with(|| test.title.location.clone());
            finding.notes.push(format!("in the test \"{}\", {}", test.title.name, test.title.location));
        }
        mask(&mut result, &input.secrets);
        (result, stopped)
    }
}

/// The attributes that a test gives, over the defaults of the cookbooks.
fn attributes(test: &DeclaredTest, values: &Map<String, Value>) -> Option<AttributeSource> {
    if values.is_empty() {
        return None;
    }
    let place = |name: &String| (name.clone(), test.title.location.clone());
    Some(AttributeSource {
        layer: Layer::Project,
        origin: test.title.location.file.clone(),
        lines: sorted::collected(values.keys().map(place)),
        unset: BTreeMap::new(),
        values: values.clone(),
    })
}

/// Masks the secrets of a test in what it says.
fn mask(result: &mut TestResult, secrets: &Secrets) {
    let redactor = Redactor::new(secrets);
    let mut mask = |text: &mut String| redactor.list(&mut [text]);
    for finding in &mut result.findings {
        let Diagnostic { message, location, notes, hints, also, .. } = finding;
        iter::once(message).chain(notes).chain(hints).chain(also).for_each(&mut mask);
        if let Some(location) = location {
            mask(&mut location.excerpt);
        }
    }
    result.messages.iter_mut().for_each(|(location, text)| {
        mask(text);
        mask(&mut location.excerpt);
    });
}
