//! A part of a run, as the command line names it and each form of report tells it.

use std::fs;

use super::program::Program;

const RECIPE: &str = r#"
file "[DIR]/a" { content = "a\n", tags = "config", notifies = { "create", "file[[DIR]/b]" } }
file "[DIR]/b" { content = "b\n" }
file "[DIR]/c" { content = "c\n", tags = { "config", "slow" } }
"#;

#[test]
fn a_plan_and_a_run_leave_out_the_same_and_say_so() {
    let output = Program::new(&["plan", "-r", "site", "--only", "config", "--skip", "slow"])
        .file("recipes/site.lua", RECIPE)
        .stdout(
            "planning local: site (1 resource)\n\
             left out by --only config: 1 resource\n\
             left out by --skip slow: 1 resource\n\
             file[[DIR]/a] create: would create file, 2 bytes\n\
             \x20   @@ -0,0 +1 @@\n\
             \x20   +a\n\
             \x20 would not notify file[[DIR]/b] to create: it is left out\n\n\
             plan: 1 would change, 0 up to date, 2 left out, 0 would fail in [TIME]\n",
        )
        .status(2)
        .check();
    let output = Program::new(&["run", "-r", "site", "--only", "config", "--skip", "slow"])
        .within(output.directory)
        .stdout_has("\n  does not notify file[[DIR]/b] to create: it is left out\n")
        .stdout_has("\n1 updated, 0 up to date, 2 left out, 0 failed in [TIME]\n")
        .check();
    assert!(output.directory.path().join("a").exists());
    assert!(!output.directory.path().join("b").exists() && !output.directory.path().join("c").exists());
    Program::new(&["log"]).within(output.directory).stdout_has("1 updated, 0 up to date, 2 left out").check();
}

#[test]
fn every_form_of_report_tells_what_is_left_out() {
    let words = ["run", "-r", "site", "--start-at", "execute[done]", "--format", "json"];
    let output = Program::new(&[&words[..], &["--report", "junit=j.xml", "--report", "html=h.html"]].concat())
        .file("recipes/site.lua", &format!("{RECIPE}execute \"done\" {{ command = \"true\" }}\n"))
        .stdout_has("{\"event\":\"left_out\",\"resources\":[\"file[[DIR]/a]\",\"file[[DIR]/b]\",\"file[[DIR]/c]\"],\"by\":\"--start-at execute[done]\"}")
        .stdout_has("\"left_out\":3")
        .check();
    let report = |name: &str| fs::read_to_string(output.directory.path().join(name)).unwrap();
    assert_eq!(
        report("j.xml").matches("left out by --start-at execute[done]").count(),
        3,
        "{}",
        report("j.xml")
    );
    assert_eq!(report("h.html").matches("data-outcome=\"left-out\"").count(), 3);
}

#[test]
fn a_word_that_names_nothing_is_an_error_before_anything_is_changed() {
    let output = Program::new(&["run", "-r", "site", "--skip", "slwo"])
        .file("recipes/site.lua", RECIPE)
        .stderr(
            "error: --skip: nothing in this run has the tag `slwo` or is of such a recipe\n\
             hint: did you mean `slow`?\n",
        )
        .status(3)
        .check();
    assert!(!output.directory.path().join("a").exists());
    Program::new(&["plan", "-r", "site", "--only", "a b,[x]", "--start-at", "config"])
        .within(output.directory)
        .stderr(
            "error: --only: `a b` is no tag, recipe or resource\n\
             hint: write a tag, a recipe, or a resource as `type[name]`: `--only 'service[nginx]'`\n\n\
             error: --only: `[x]` is no tag, recipe or resource\n\
             hint: write a tag, a recipe, or a resource as `type[name]`: `--only 'service[nginx]'`\n\n\
             error: --start-at: `config` is no resource\n\
             hint: write it as `type[name]`: `--start-at 'service[nginx]'`\n",
        )
        .status(64)
        .check();
}
