//! `help`, `--help`, `--version`: product text, reviewed as text.

use crate::cli::program::Program;
use crate::goldens;

/// Every command; `all_commands_are_here` holds the list against the program.
pub(crate) const VERBS: &[&str] = &[
    "add",
    "attach",
    "capture",
    "check",
    "compile",
    "completions",
    "cookbook",
    "do",
    "docs",
    "editor",
    "exec",
    "explain",
    "export",
    "facts",
    "fetch",
    "get",
    "grants",
    "help",
    "lock",
    "log",
    "man",
    "new",
    "nodes",
    "outdated",
    "plan",
    "put",
    "remove",
    "resource",
    "resources",
    "run",
    "search",
    "secret",
    "show",
    "status",
    "test",
    "tree",
    "update",
    "vendor",
    "verify",
];

#[test]
fn help_texts() {
    let mut differences = Vec::new();
    differences.extend(goldens::compare(&goldens::spec("cli/help/chefrs.txt"), &help(&["--help"])));
    for verb in VERBS {
        let golden = goldens::spec(&format!("cli/help/{verb}.txt"));
        differences.extend(goldens::compare(&golden, &help(&[verb, "--help"])));
    }
    goldens::none(&differences);
}

#[test]
fn all_commands_are_here() {
    let help = help(&["-h"]);
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let verbs: Vec<&str> = list.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(verbs, VERBS);
}

#[test]
fn help_of_a_command_is_the_same_both_ways() {
    for verb in VERBS {
        assert_eq!(help(&["help", verb]), help(&[verb, "--help"]));
    }
}

#[test]
fn lines_are_no_wider_than_the_terminal() {
    for verb in VERBS {
        for line in help(&[verb, "--help"]).lines() {
            assert!(line.chars().count() <= 100, "{verb}: {line}");
        }
    }
}

#[test]
fn version() {
    Program::new(&["--version"]).stdout(&format!("chefrs {}\n", env!("CARGO_PKG_VERSION"))).check();
}

fn help(words: &[&str]) -> String {
    let output = Program::new(words).output();
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    output.stdout
}

#[test]
fn topics_and_types_have_a_page() {
    for page in chefrs::reference::pages() {
        let text = help(&["help", &page.name]);
        assert!(text.starts_with(&format!("{}\n", page.title)), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 130), "{text}");
    }
}

#[test]
fn help_alone_lists_what_there_is() {
    let text = help(&["help"]);
    for word in ["  run ", "  exit-codes ", "  chefrs.toml ", " http_check"] {
        assert!(text.contains(word), "{word} is not in {text}");
    }
}

#[test]
fn help_of_events_gives_their_schema() {
    let schema: serde_json::Value =
        serde_json::from_str(&help(&["help", "events", "--format", "json"])).unwrap();
    assert_eq!(schema, chefrs::model::fleet::event_schema());
}

#[test]
fn a_misspelt_topic_is_answered_with_the_nearest() {
    Program::new(&["help", "exit-code"])
        .stderr("error: there is no command and no topic `exit-code`\nhint: did you mean `exit-codes`?\n")
        .status(64)
        .check();
}
