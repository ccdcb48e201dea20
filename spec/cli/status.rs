//! `chefrs status`.

use super::program::Program;

const HOLDER: &str = r#"{"run":"20261123T125501Z-3fa9c2d1","user":"ada","host":"build1","pid":42,"since":"2026-11-23T12:55:01Z"}"#;
const OWED: &str = r#"{"owed":{"to":"service[nginx]","action":"reload","timing":"delayed","from":"file[/etc/x]","run":"20261123T125501Z-3fa9c2d1"}}"#;

#[test]
fn a_machine_without_runs() {
    let output = Program::new(&["status"])
        .stdout("no run is under way\nnothing is owed\nno run has ended here yet\n")
        .check();
    assert!(!output.directory.path().join(".state").exists());
}

#[test]
fn what_a_killed_run_left() {
    let history = r#"{"run":"20261122T100000Z-00c0ffee","user":"ada","run_list":["blog","nginx"],"mode":"run","started":"2026-11-22T10:00:00Z","ended":"2026-11-22T10:00:09Z","counts":{"updated":3,"up_to_date":4,"skipped":0,"unknown":0,"failed":1,"ignored":0,"not_run":2},"exit":1}"#;
    let program = |words: &[&str]| {
        Program::new(words)
            .file(".state/lock", HOLDER)
            .file(".state/journal", &format!("{OWED}\n"))
            .file(".state/history", &format!("{history}\n"))
            .private(".state")
    };
    program(&["status"])
        .stdout(
            "no run is under way; the last was cut off: run 20261123T125501Z-3fa9c2d1 by ada on build1, process 42, \
             since 2026-11-23T12:55:01Z\n\
             1 notification still owed:\n  \
             service[nginx] reload, delayed, by file[/etc/x] in the run 20261123T125501Z-3fa9c2d1\n\
             last runs:\n  \
             2026-11-22T10:00:00Z blog, nginx by ada: failed, 3 updated, 4 up to date, 2 not run, 1 failed \
             (20261122T100000Z-00c0ffee)\n",
        )
        .check();
    let journal = OWED.strip_prefix("{\"owed\":").unwrap().strip_suffix('}').unwrap();
    program(&["status", "--format", "json"])
        .stdout(&format!(
            "{{\"schema\":1,\"target\":\"local\",\"lock\":{{\"held\":false,\"holder\":{HOLDER}}},\
             \"journal\":{{\"owed\":[{journal}],\"unread\":0,\"path\":\"[DIR]/.state/journal\"}},\"runs\":[{history}]}}\n"
        ))
        .check();
}

#[test]
fn a_run_leaves_a_line_and_a_hundred_are_kept() {
    let line = |n: u32| {
        format!(
            r#"{{"run":"r{n}","user":"ada","run_list":[],"mode":"run","started":"","ended":"","exit":0}}"#
        ) + "\n"
    };
    let history: String = (0..149).map(line).collect();
    let recipe = "file \"[DIR]/made\" { content = \"x\" }\n";
    let run = Program::new(&["run", "-r", "one"])
        .file("recipes/one.lua", recipe)
        .file(".state/history", &history)
        .private(".state")
        .stdout_has("1 updated")
        .check();
    let again = Program::new(&["run", "-r", "one"]).within(run.directory).stdout_has("1 up to date").check();
    let file = again.directory.path().join(".state/history");
    assert_eq!(std::fs::read_to_string(file).unwrap().lines().count(), 100);
    let told =
        Program::new(&["status", "--format", "json", "--runs", "200"]).within(again.directory).output();
    let status: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    let runs = status["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 100);
    assert_eq!(runs[98]["counts"]["updated"], 1);
    let last = &runs[99];
    assert_eq!(
        (&last["run_list"][0], &last["counts"]["up_to_date"], &last["exit"]),
        (&"one".into(), &1.into(), &0.into())
    );
    assert!(last["started"].as_str() <= last["ended"].as_str());
    assert!(runs[98]["run"].as_str() < last["run"].as_str() || runs[98]["started"] == last["started"]);
}

#[test]
fn a_state_directory_that_others_may_write_to_is_not_believed() {
    let recipe = "file \"[DIR]/made\" { content = \"x\" }\n";
    Program::new(&["run", "-r", "one"])
        .file("recipes/one.lua", recipe)
        .file(".state/journal", &format!("{OWED}\n"))
        .mode(".state", 0o777)
        .status(1)
        .stderr_has("can be written by others")
        .check();
}

#[test]
fn what_is_owed_can_be_given_up_and_is_told_once_more() {
    let run = Program::new(&["status"])
        .file(".state/journal", &format!("{OWED}\n"))
        .stdout_has("still owed")
        .check();
    let given_up = Program::new(&["status", "--give-up"])
        .within(run.directory)
        .stdout_has("nothing is owed\n1 notification given up:\n  ")
        .check();
    Program::new(&["status"]).within(given_up.directory).stdout_has("nothing is owed\nno run has").check();
}
