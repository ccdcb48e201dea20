//! What a shell offers: names of the project at hand, without a program of it and without a complaint.

use super::help::VERBS;
use super::program::Program;

/// What is offered for the last of some words.
fn offered(words: &[&str]) -> Vec<String> {
    let index = (words.len() - 1).to_string();
    let call = [&["--"], words].concat();
    let output = Program::new(&call)
        .env("CHEFRS_COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", &index)
        .env("_CLAP_COMPLETE_COMP_TYPE", "9")
        .env("_CLAP_COMPLETE_SPACE", "true")
        .env("_CLAP_IFS", "\n")
        .file("recipes/web.lua", "")
        .file("tests/web.lua", "")
        .file("nodes/web1.toml", "")
        .file("nodes/db1.toml", "groups = [\"db\"]")
        .file("groups/db.toml", "")
        .file("chefrs.toml", "inventory = [\"./inventory\"]")
        .file("inventory", "#!/bin/sh\ntouch was-run\necho '{}'\n")
        .mode("inventory", 0o755)
        .output();
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{words:?}");
    assert!(!output.directory.path().join("was-run").exists(), "a program of the project was run");
    output.stdout.lines().map(|line| line.trim_end().to_owned()).collect()
}

#[test]
fn commands_are_offered() {
    let offered = offered(&["chefrs", ""]);
    for verb in VERBS {
        assert!(offered.iter().any(|word| word == verb), "{verb} is not in {offered:?}");
    }
}

#[test]
fn recipes_and_targets_are_offered() {
    assert_eq!(offered(&["chefrs", "run", "-r", "we"]), ["web"]);
    assert_eq!(offered(&["chefrs", "run", "-r", "web,ngin"]), ["web,nginx"]);
    assert_eq!(offered(&["chefrs", "run", "-t", "d"]), ["db1"]);
    assert_eq!(offered(&["chefrs", "run", "-t", "web1,@"]), ["web1,@db"]);
    assert_eq!(offered(&["chefrs", "plan", "--node", ""]), ["db1", "web1"]);
}

#[test]
fn types_topics_and_attributes_are_offered() {
    assert_eq!(offered(&["chefrs", "resources", "nginx.s"]), ["nginx.site"]);
    assert_eq!(offered(&["chefrs", "help", "exit"]), ["exit-codes"]);
    assert_eq!(offered(&["chefrs", "test", "te"]), ["tests/web.lua"]);
    assert!(offered(&["chefrs", "explain", "nginx."]).iter().all(|path| path.starts_with("nginx.")));
    assert!(offered(&["chefrs", "run", "--set", "nginx."]).iter().all(|path| path.ends_with('=')));
}

#[test]
fn where_nothing_can_be_read_nothing_is_said() {
    let output = Program::new(&["--", "chefrs", "run", "-r", ""])
        .env("CHEFRS_COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", "3")
        .env("_CLAP_IFS", "\n")
        .file("chefrs.toml", "this is not TOML")
        .output();
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (0, "", ""));
}
