//! `--color` and the variables that people set: colour is for terminals, unless it is asked for.

use super::program::Program;

const ESCAPE: &str = "\u{1b}[";

#[test]
fn a_pipe_gets_no_colour() {
    let output = Program::new(&["resources", "no_such_type"]).output();
    assert!(!output.stderr.contains(ESCAPE), "{}", output.stderr);
}

#[test]
fn colour_can_be_asked_for() {
    let output = Program::new(&["resources", "no_such_type", "--color", "always"]).output();
    assert!(output.stderr.contains(ESCAPE), "{}", output.stderr);
    let output = Program::new(&["resources", "no_such_type"]).env("CLICOLOR_FORCE", "1").output();
    assert!(output.stderr.contains(ESCAPE), "{}", output.stderr);
}

#[test]
fn no_color_wins_over_force_and_the_flag_over_both() {
    let output =
        Program::new(&["resources", "no_such_type"]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output();
    assert!(!output.stderr.contains(ESCAPE), "{}", output.stderr);
    let output =
        Program::new(&["--color", "never", "resources", "no_such_type"]).env("CLICOLOR_FORCE", "1").output();
    assert!(!output.stderr.contains(ESCAPE), "{}", output.stderr);
}
