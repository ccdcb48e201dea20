//! `plan --no-commands`: nothing that a cookbook brings is run, and what depends on it is unknown.

use super::program::Program;

const RECIPE: &str = r#"
file "[DIR]/a" { content = "x", only_if = "touch [DIR]/ran-guard" }
file "[DIR]/b" { content = output { "touch", "[DIR]/ran-output" } }
git "[DIR]/c" { repository = "[DIR]/up", environment = { GIT_TRACE = "[DIR]/ran-git" } }
file "[DIR]/d" { content = "x", not_if = "test -e [DIR]/d" }
file "[DIR]/e" { content = "x", only_if = exists "[DIR]/recipes" }
execute "[DIR]/f" { command = "touch [DIR]/ran-command" }
"#;

#[test]
fn a_plan_runs_no_command_of_a_cookbook() {
    let call = |words: &[&str]| Program::new(&[&["plan", "-r", "main", "--format", "json"], words].concat());
    let careful = call(&["--no-commands"]).file("recipes/main.lua", RECIPE).output();
    assert_eq!((careful.status, careful.stderr.as_str()), (2, ""), "{}", careful.stdout);
    let ran = |directory: &std::path::Path| {
        let names = std::fs::read_dir(directory).unwrap().flatten().map(|entry| entry.file_name());
        let mut ran: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
        ran.retain(|name| name.starts_with("ran-"));
        ran.sort();
        ran
    };
    assert_eq!(ran(careful.directory.path()), Vec::<String>::new());
    let outcomes: Vec<String> = careful
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|event| event["event"] == "action_finished")
        .map(|event| {
            let outcome = &event["outcome"];
            outcome["until"].as_str().or(outcome["outcome"].as_str()).unwrap().to_owned()
        })
        .collect();
    // Whatever the second will hold, it is made.
    let open = "its commands run";
    assert_eq!(outcomes, [open, "updated", open, "updated", "updated", "updated"]);

    // Without it they run: a plan has to know how they end.
    let plain = call(&[]).within(careful.directory).output();
    assert_eq!(plain.status, 1, "{}", plain.stdout);
    assert_eq!(ran(plain.directory.path()), ["ran-git", "ran-guard", "ran-output"]);
}

#[test]
fn what_is_unknown_is_said_to_a_person() {
    Program::new(&["plan", "-r", "main", "--no-commands"])
        .file("recipes/main.lua", "file \"[DIR]/a\" { content = \"x\", only_if = \"true\" }\n")
        .stdout_has("file[[DIR]/a] create: may create file, 1 byte\n")
        .stdout_has("\n  unknown until its commands run\n")
        .status(2)
        .check();
}

#[test]
fn a_run_has_no_such_option() {
    Program::new(&["run", "-r", "main", "--no-commands"])
        .file("recipes/main.lua", "\n")
        .stderr_has("`chefrs run` has no option `--no-commands`")
        .status(64)
        .check();
}
