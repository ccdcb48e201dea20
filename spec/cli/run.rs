//! `chefrs run` and `chefrs plan` on this machine, within a directory of their own.

use std::fs;

use super::program::Program;

const RECIPE: &str = r#"file "[DIR]/motd" { content = "hello\n", mode = "0644" }"#;

const CREATED: &str = "\
file[[DIR]/motd] create: create file, 6 bytes, mode 0644
    @@ -0,0 +1 @@
    +hello
";

#[test]
fn a_plan_shows_and_writes_nothing() {
    let output = Program::new(&["plan", "-r", "motd"])
        .file("recipes/motd.lua", RECIPE)
        .stdout(&format!(
            "planning local: motd (1 resource)\n{}\n\
             plan: 1 would change, 0 up to date, 0 would fail in [TIME]\n",
            CREATED.replace("create: create", "create: would create")
        ))
        .status(2)
        .check();
    assert!(!output.directory.path().join("motd").exists());
}

#[test]
fn a_run_changes_and_the_next_has_nothing_to_do() {
    let output = Program::new(&["run", "-r", "motd"])
        .file("recipes/motd.lua", RECIPE)
        .stdout(&format!(
            "converging local: motd (1 resource)\n{CREATED}\n1 updated, 0 up to date, 0 failed in [TIME]\n"
        ))
        .check();
    assert_eq!(fs::read_to_string(output.directory.path().join("motd")).unwrap(), "hello\n");
    let output = Program::new(&["run", "-r", "motd"])
        .within(output.directory)
        .stdout("converging local: motd (1 resource)\n0 updated, 1 up to date, 0 failed in [TIME]\n")
        .check();
    Program::new(&["plan", "-r", "motd"])
        .within(output.directory)
        .stdout(
            "planning local: motd (1 resource)\nplan: 0 would change, 1 up to date, 0 would fail in [TIME]\n",
        )
        .check();
}

/// The last line, in the form that each of several targets has.
fn end(program: Program, code: i32) -> serde_json::Value {
    let output = program.output();
    assert_eq!(output.status, code, "{}", output.stderr);
    let line = output.stdout.lines().last().unwrap_or_else(|| panic!("nothing: {}", output.stderr));
    let end: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((&end["event"], &end["exit"]), (&"target_finished".into(), &code.into()), "{end}");
    end
}

#[test]
fn json_tells_how_it_ended_whatever_came_of_it() {
    let wrong = Program::new(&["run", "-r", "motd", "--format", "json"]);
    let wrong = end(wrong.file("recipes/motd.lua", "file \"/x\" { onwer = \"x\" }\n"), 3);
    assert_eq!((&wrong["outcome"], &wrong["schema"]), (&"not_compiled".into(), &2.into()));
    assert!(wrong["findings"][0]["message"].as_str().unwrap().contains("`onwer`"), "{wrong}");
    let gone = ["run", "-r", "motd", "-t", "chroot:/nonexistent/root", "--format", "json"];
    let gone = end(Program::new(&gone).file("recipes/motd.lua", RECIPE), 4);
    assert_eq!((&gone["outcome"], &gone["failure"]["kind"]), (&"unreachable".into(), &"unreachable".into()));
}

#[test]
fn json_is_one_event_a_line() {
    let output =
        Program::new(&["run", "-r", "motd", "--format", "json"]).file("recipes/motd.lua", RECIPE).output();
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    let events: Vec<serde_json::Value> =
        output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["run_started", "action_started", "change", "action_finished", "run_finished", "target_finished"]
    );
    assert_eq!(events[0]["schema"], 2);
    let last = events.last().unwrap();
    assert_eq!(
        (&last["target"], &last["outcome"], &last["exit"]),
        (&"local".into(), &"converged".into(), &0.into())
    );
    assert!(last["milliseconds"].as_u64() >= events[4]["milliseconds"].as_u64(), "{last}");
}

#[test]
fn a_failure_is_told_with_its_place() {
    Program::new(&["run", "-r", "motd"])
        .file("recipes/motd.lua", "file \"[DIR]/a/motd\" { content = \"x\" }\n")
        .stdout_has("error: file[[DIR]/a/motd] failed to create: ")
        .stdout_has("  --> recipes/motd.lua:1\n1 | file \"[DIR]/a/motd\" { content = \"x\" }\n")
        .stdout_has("hint: fix the cause and run again; finished work is skipped\n")
        .stdout_has("0 updated, 0 up to date, 1 failed in [TIME]\n")
        .status(1)
        .check();
}

#[test]
fn a_mistake_in_a_recipe_changes_nothing() {
    let recipe = format!("{RECIPE}\nfile \"/y\" {{ contnt = \"x\" }}\n");
    let output = Program::new(&["run", "-r", "motd"])
        .file("recipes/motd.lua", &recipe)
        .stderr(
            "error: file[/y] has no property `contnt`\n  --> recipes/motd.lua:2\n\
             2 | file \"/y\" { contnt = \"x\" }\nhint: did you mean `content`?\n",
        )
        .status(3)
        .check();
    assert!(!output.directory.path().join("motd").exists());
}

#[test]
fn without_a_recipe_those_at_hand_are_named() {
    Program::new(&["run"])
        .file("recipes/motd.lua", RECIPE)
        .file("recipes/blog.lua", RECIPE)
        .stderr_has("error: no recipe was named\nnote: here are ")
        .stderr_has("`motd`")
        .stderr_has("hint: name what to run with `-r`\n")
        .status(64)
        .check();
}

#[test]
fn attributes_of_the_command_line_reach_the_recipe() {
    let recipe =
        r#"file "[DIR]/motd" { content = node.words.first .. node.words.second .. node.words.third }"#;
    let output =
        Program::new(&["run", "-r", "motd", "-j", "a.json", "-j", "b.toml", "--set", "words.third=c"])
            .file("recipes/motd.lua", recipe)
            .file("a.json", r#"{"words": {"first": "a", "second": "?"}}"#)
            .file("b.toml", "[words]\nsecond = \"b\"\n")
            .stdout_has("1 updated")
            .check();
    assert_eq!(fs::read_to_string(output.directory.path().join("motd")).unwrap(), "abc");
}

#[test]
fn attributes_that_cannot_be_read_are_all_named() {
    Program::new(&["plan", "-r", "motd", "-j", "a.yaml", "-j", "gone.json", "--set", "novalue"])
        .file("recipes/motd.lua", RECIPE)
        .stderr_has("error: `a.yaml` is not a JSON or TOML file by its name\n")
        .stderr_has("error: there is no file `gone.json`\n")
        .stderr_has("novalue")
        .status(64)
        .check();
}
