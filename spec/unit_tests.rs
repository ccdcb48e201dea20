//! Tests of recipes: each `.lua` below `unit_tests/` is a project with tests, and the text beside it what comes of them.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use camino::Utf8Path;
use chefrs::compile::{Limits, test};
use chefrs::confined::Compiler;
use chefrs::cookbook::Project;
use chefrs::model::error::Diagnostic;
use chefrs::model::unit_test::{FOLDER, TestEvent, TestFile, TestOrder, TestResult};

use crate::patience::PATIENCE;
use crate::{compile, goldens};

/// The tests of a project and of its own cookbooks.
fn files(project: &Project) -> Vec<TestFile> {
    let books = project.cookbook_names().into_iter().filter_map(|name| project.cookbook(name));
    let own = std::iter::once(project.own()).chain(books.filter(|book| !book.is_shipped()));
    own.flat_map(|book| {
        let names = book.names(FOLDER, "lua").into_iter();
        names.map(|name| TestFile { cookbook: book.name.clone(), path: format!("{FOLDER}/{name}.lua") })
    })
    .collect()
}

/// What came of a test, as text.
fn show(text: &mut String, result: &TestResult) {
    let outcome = if result.passed() { "passed" } else { "failed" };
    writeln!(text, "{outcome}: {}", result.title.name).unwrap();
    for (location, message) in &result.messages {
        writeln!(text, "{location}: {message}").unwrap();
    }
    errors(text, &result.findings);
}

fn errors(text: &mut String, findings: &[Diagnostic]) {
    for finding in findings {
        writeln!(text, "{finding}\n").unwrap();
    }
}

/// All that comes of the tests of a case, in this process.
fn run(case: &Path, limits: Limits) -> String {
    let mut text = String::new();
    compile::given(case, |input| {
        let order = TestOrder { files: files(input.project), filter: None, done: 0, needs_of: None };
        let mut tell = |event: TestEvent| match event {
            TestEvent::Begun(_) => {}
            TestEvent::Ended(result) => show(&mut text, &result),
            TestEvent::FileEnded(findings) => errors(&mut text, &findings),
        };
        test(input.project, &order, limits, &mut tell)?;
        Ok(())
    })
    .expect("the tests are run");
    text
}

/// The same in processes of their own.
fn run_confined(case: &Path, limits: Limits) -> String {
    let mut text = String::new();
    compile::given(case, |input| {
        let compiler = Compiler { executable: env!("CARGO_BIN_EXE_chefrs").into(), limits };
        let done = compiler.test(input.project, files(input.project), None)?;
        done.results.iter().for_each(|result| show(&mut text, result));
        errors(&mut text, &done.broken);
        Ok(())
    })
    .expect("the tests are run");
    text
}

#[test]
fn every_case_ends_as_written() {
    let mut differences = Vec::new();
    let cases = goldens::files("unit_tests", "lua");
    assert!(cases.len() >= 6, "the cases are not found");
    for case in cases {
        differences.extend(goldens::compare(&case.with_extension("txt"), &run(&case, Limits::default())));
    }
    goldens::none(&differences);
}

#[test]
fn a_process_of_its_own_gives_the_same() {
    for case in goldens::files("unit_tests", "lua") {
        let mut here: Vec<String> = run(&case, Limits::default()).lines().map(str::to_owned).collect();
        let mut there: Vec<String> =
            run_confined(&case, Limits::default()).lines().map(str::to_owned).collect();
        // Errors outside of tests are told at the end there.
        here.sort();
        there.sort();
        assert_eq!(there, here, "{}", case.display());
    }
}

/// A project with one file of tests.
fn of_file(tests: &str, limits: Limits) -> (Vec<TestResult>, Vec<Diagnostic>) {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    std::fs::create_dir(root.join("tests")).unwrap();
    std::fs::write(root.join("tests/main.lua"), tests).unwrap();
    std::fs::write(root.join("tests/other.lua"), "test \"other\" { recipe = function() end }").unwrap();
    let project = Project::open(root).unwrap();
    let compiler = Compiler { executable: env!("CARGO_BIN_EXE_chefrs").into(), limits };
    let done = compiler.test(&project, files(&project), None).unwrap();
    (done.results, done.broken)
}

/// Short for what never ends.
fn short() -> Limits {
    Limits { time: Duration::from_millis(150), wall: PATIENCE, memory: 64 << 20, resources: 1000 }
}

#[test]
fn one_that_never_ends_is_stopped_and_the_others_go_on() {
    for (body, wanted) in [
        ("expect = function() while true do end end", "takes longer than"),
        (
            "expect = function() while true do pcall(function() while true do end end) end end",
            "takes longer than",
        ),
        (
            "expect = function() equal(string.rep(\"a?\", 60) .. \"b\", matches(string.rep(\"a\", 60), string.rep(\"a?\", 60) .. string.rep(\"a\", 60) .. \"b\")) end",
            "takes longer than",
        ),
        ("recipe = function() while true do end end", "takes longer than"),
        ("recipe = function() while true do end end, expect_error = \"takes longer\"", "takes longer than"),
        (
            "expect = function() local t = {} while true do table.insert(t, string.rep(\"x\", 100000) .. #t) end end",
            "more memory than",
        ),
        (
            "expect = function(run) for i = 1, 100000000 do run:resources() end end, recipe = function() for i = 1, 900 do file(`/x/{i}`) end end",
            "than",
        ),
    ] {
        let recipe = if body.contains("recipe =") { "" } else { ", recipe = function() end" };
        let tests = format!(
            "test \"first\" {{ recipe = function() end }}\ntest \"endless\" {{ {body}{recipe} }}\n\
             test \"last\" {{ recipe = function() file \"/x\" end, expect = function(run) run:resource \"file[/x]\" end }}\n"
        );
        // What takes all the memory needs its time, and no processor is to be too slow for it.
        let limits =
            if wanted == "more memory than" { Limits { time: PATIENCE, ..short() } } else { short() };
        let (results, broken) = of_file(&tests, limits);
        assert_eq!(broken, [], "{body}");
        let outcomes: Vec<(&str, bool)> =
            results.iter().map(|result| (result.title.name.as_str(), result.passed())).collect();
        assert_eq!(
            outcomes,
            [("first", true), ("endless", false), ("last", true), ("other", true)],
            "{body}"
        );
        let said: String = results[1].findings.iter().map(ToString::to_string).collect();
        assert!(said.contains(wanted), "{body}: {said}");
    }
}

#[test]
fn a_file_that_never_ends_is_told_and_the_others_go_on() {
    let (results, broken) = of_file("while true do end\n", short());
    assert_eq!(results.iter().map(|result| result.title.name.as_str()).collect::<Vec<_>>(), ["other"]);
    assert!(broken[0].to_string().contains("takes longer than"), "{broken:?}");
    assert_eq!(broken.len(), 1);
}

/// A process has the processor time of one compile: tests that need more together are run in several.
#[test]
fn tests_that_need_more_together_than_one_may_have_all_run() {
    let tests = "for i = 1, 40 do test(`{i}`) { recipe = function() local n = 0 for k = 1, 1000000 do n += k end file(`/x/{n}`) end } end";
    let (results, broken) = of_file(tests, Limits { time: Duration::from_secs(2), ..short() });
    assert_eq!(broken, []);
    let names: Vec<String> = results.iter().map(|result| result.title.name.clone()).collect();
    assert_eq!(names, (1..=40).map(|i| i.to_string()).chain(["other".into()]).collect::<Vec<_>>());
    let failed: Vec<&TestResult> = results.iter().filter(|result| !result.passed()).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn many_tests_take_milliseconds_each() {
    let tests = "for i = 1, 500 do test(`{i}`) { recipe = function() file(`/x/{i}`) end, expect = function(run) run:resource(`file[/x/{i}]`) end } end";
    let began = std::time::Instant::now();
    let (results, _) = of_file(tests, Limits::default());
    assert_eq!(results.iter().filter(|result| result.passed()).count(), 501);
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
}
