//! `chefrs test`: the tests of a project and its cookbooks, with counts and exit codes.

use super::program::Program;

const RECIPE: &str = "file \"/etc/app.conf\" { content = `port = {node.app.port}\\n`, mode = \"0644\" }\n";

const TESTS: &str = "test \"has the port\" {
  attributes = { app = { port = 8080 } },
  run_list = { \"app\" },
  expect = function(run)
    contains(run:resource(\"file[/etc/app.conf]\").content, \"port = 8080\")
  end,
}

test \"is private\" {
  attributes = { app = { port = 80 } },
  run_list = { \"app\" },
  expect = function(run)
    equal(run:resource(\"file[/etc/app.conf]\").properties.mode, \"0600\")
  end,
}
";

fn project(words: &[&str]) -> Program {
    Program::new(words).file("recipes/app.lua", RECIPE).file("tests/app.lua", TESTS)
}

const FAILURE: &str = "error: the values are not equal\n  --> tests/app.lua:13\n\
    13 |     equal(run:resource(\"file[/etc/app.conf]\").properties.mode, \"0600\")\n\
    note: wanted: \"0600\"\nnote: found: \"0644\"\nnote: in the test \"is private\", tests/app.lua:9\n\n";

#[test]
fn what_fails_is_told_and_counted() {
    project(&["test"]).stdout(&format!("{FAILURE}1 passed, 1 failed\n")).status(1).check();
}

#[test]
fn a_part_of_the_tests() {
    project(&["test", "--filter", "the port"]).stdout("1 passed\n").check();
    project(&["test", "tests/app.lua", "--filter", "port"]).stdout("1 passed\n").check();
    let with_cookbook = |words: &[&str]| {
        project(words)
            .file("cookbooks/web/cookbook.toml", "name = \"web\"\nversion = \"1.0.0\"\n")
            .file("cookbooks/web/recipes/default.lua", "file \"/web\"\n")
            .file(
                "cookbooks/web/tests/one.lua",
                "test \"one\" { expect = function(run) run:resource \"file[/web]\" end }\n",
            )
            .file("cookbooks/web/tests/deep/two.lua", "test \"two\" {}\n")
    };
    with_cookbook(&["test"]).stdout(&format!("{FAILURE}3 passed, 1 failed\n")).status(1).check();
    with_cookbook(&["test", "web"]).stdout("2 passed\n").check();
    with_cookbook(&["test", "cookbooks/web/"]).stdout("2 passed\n").check();
    with_cookbook(&["test", "cookbooks/web/tests/deep"]).stdout("1 passed\n").check();
    with_cookbook(&["test", "two.lua"]).inside("cookbooks/web/tests/deep").stdout("1 passed\n").check();
    with_cookbook(&["test", "wbe"])
        .stderr("error: there are no tests `wbe`\nhint: did you mean `web`?\n")
        .status(64)
        .check();
    with_cookbook(&["test", "nginx"])
        .stderr_has(
            "error: the tests of the cookbook `nginx`, which ships with chefrs, are not in the program\n",
        )
        .status(64)
        .check();
}

#[test]
fn no_tests_are_told() {
    Program::new(&["test"])
        .file("recipes/app.lua", RECIPE)
        .stderr(
            "error: there are no tests\nhint: write them to `tests/NAME.lua` of the project, or `cookbooks/NAME/tests/NAME.lua`\n\
             hint: `chefrs help tests` explains how\n",
        )
        .status(64)
        .check();
    project(&["test", "--filter", "nothing"])
        .stderr("error: no test has `nothing` in its name\n")
        .status(64)
        .check();
}

#[test]
fn a_file_with_errors_is_told_and_the_others_run() {
    project(&["test"])
        .file("tests/broken.lua", "test \"x\" { expects = 1 }\n")
        .stdout(&format!(
            "{FAILURE}error: a test has no key `expects`\n  --> tests/broken.lua:1\n1 | test \"x\" {{ expects = 1 }}\n\
             hint: did you mean `expect`?\n\n1 passed, 1 failed, 1 error outside of tests\n"
        ))
        .status(3)
        .check();
}

#[test]
fn one_object_a_test() {
    let output = project(&["test", "--format", "json"]).output();
    assert_eq!((output.status, output.stderr.as_str()), (1, ""));
    let lines: Vec<serde_json::Value> =
        output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["test"], &lines[0]["outcome"]), (&"has the port".into(), &"passed".into()));
    assert_eq!(lines[1]["outcome"], "failed");
    assert_eq!(lines[1]["location"]["line"], 9);
    assert_eq!(lines[1]["findings"][0]["location"]["line"], 13);
}

#[test]
fn the_environment_has_no_secret_for_a_test() {
    let tests = "test \"secret\" {
  recipe = function() file \"/x\" { content = secret \"key\" } end,
  expect = function(run) equal(run:resource(\"file[/x]\").content, secret \"key\") end,
}
test \"given\" {
  secrets = { key = \"of the test\" },
  recipe = function() file \"/x\" { content = secret \"key\" } end,
  expect = function(run)
    print(run:resource(\"file[/x]\").content)
    equal(run:resource(\"file[/x]\").content, \"another\")
  end,
}
";
    let output = Program::new(&["test"])
        .env("CHEFRS_SECRET_KEY", "of the environment")
        .file("tests/secret.lua", tests)
        .output();
    assert_eq!(output.status, 1);
    let said = output.stdout + &output.stderr;
    assert!(!said.contains("of the environment") && !said.contains("of the test\""), "{said}");
    assert!(said.contains("***") && said.contains("1 passed, 1 failed"), "{said}");
}

#[test]
fn a_check_runs_the_tests_too() {
    project(&["check", "--facts", "debian-12", "--set", "app.port=80"])
        .stdout(&format!("{FAILURE}checked 1 recipe with the facts of debian-12, and 2 tests: 1 error\n"))
        .status(3)
        .check();
    project(&["check", "-r", "app", "--facts", "debian-12", "--set", "app.port=80"])
        .stdout("checked 1 recipe with the facts of debian-12: no problems found\n")
        .check();
}
