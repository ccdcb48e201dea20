//! `completions` and `man`: made from the same declarations as the help.

use std::fs;

use super::help::VERBS;
use super::program::Program;

#[test]
fn completions_ask_the_program_itself() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = Program::new(&["completions", shell]).output();
        assert_eq!((output.status, output.stderr.as_str()), (0, ""));
        assert!(output.stdout.contains("CHEFRS_COMPLETE"), "{shell}: {}", output.stdout);
    }
}

#[test]
fn an_unknown_shell_is_refused() {
    Program::new(&["completions", "tcsh"]).stderr_has("possible values: bash").status(64).check();
}

#[test]
fn the_manual_names_every_command_and_exit_code() {
    let output = Program::new(&["man"]).output();
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    for verb in VERBS {
        assert!(output.stdout.contains(&format!("chefrs\\-{verb}(1)")), "{verb} is not in {}", output.stdout);
    }
    assert!(output.stdout.contains("130"));
    for words in ["SH ENVIRONMENT", "CHEFRS_STATE_DIRECTORY", "SH FILES", "/var/lib/chefrs"] {
        assert!(output.stdout.contains(words), "{words} is not in {}", output.stdout);
    }
}

#[test]
fn the_manual_is_written_page_by_page() {
    let output = Program::new(&["man", "share/man1"]).check();
    for verb in VERBS {
        let page = fs::read_to_string(output.directory.path().join(format!("share/man1/chefrs-{verb}.1")));
        assert!(page.unwrap().contains(".TH"), "{verb}");
    }
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    Program::new(&["man", "file/below"])
        .file("file", "")
        .stderr_has("error: the manual pages can't be written to `file/below`: ")
        .status(1)
        .check();
}
