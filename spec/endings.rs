//! How a run can end: one table, and everybody who tells of it says the same.

use chefrs::model::ending::{Ending, exit};
use chefrs::model::error::FailureKind;
use chefrs::model::event::Mode;
use chefrs::model::exit::Exit;

use crate::cli::program::Program;

/// The row of an ending in the README.
fn row(ending: Ending) -> String {
    let word = serde_json::to_value(ending).unwrap();
    let code = ending.exit().map_or_else(|| "none".to_owned(), |exit| (exit as u8).to_string());
    let [run, plan] = [Mode::Run, Mode::Plan].map(|mode| ending.words(mode));
    format!("| `{}` | {run} | {plan} | {code} | {} |\n", word.as_str().unwrap(), ending.meaning())
}

#[test]
fn the_readme_has_a_row_for_each_and_no_other() {
    let readme = std::fs::read_to_string(crate::goldens::spec("../README.md")).unwrap();
    let (_, table) = readme.split_once("| `outcome` | in words |").expect("the table has its heading");
    let (_, table) = table.split_once("| --- | --- | --- | --- | --- |\n").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let wanted: String = Ending::ALL.iter().copied().map(row).collect();
    assert_eq!(format!("{table}\n"), wanted);
}

#[test]
fn the_help_has_a_line_for_each_that_has_an_exit_code() {
    let help = Program::new(&["--help"]).output().stdout;
    for ending in Ending::ALL {
        let Some(exit) = ending.exit() else { continue };
        let line = help
            .lines()
            .find(|line| line.trim_start().starts_with(&format!("{}  {} ", exit as u8, ending.word())));
        assert!(line.is_some_and(|line| line.ends_with(ending.meaning())), "{ending:?}: {help}");
    }
    assert!(help.contains("the first of 130, 1, 3, 6, 4, 5, 2, 0."), "{help}");
}

#[test]
fn failed_refused_unreachable_lost_and_killed_are_different_things() {
    let told = |kind: FailureKind| (Ending::from(kind), Ending::from(kind).exit().unwrap());
    assert_eq!(told(FailureKind::Failed), (Ending::Failed, Exit::Failed));
    assert_eq!(told(FailureKind::TimedOut), (Ending::Failed, Exit::Failed));
    assert_eq!(told(FailureKind::Refused), (Ending::Refused, Exit::Refused));
    assert_eq!(told(FailureKind::Unreachable), (Ending::Unreachable, Exit::Unreachable));
    assert_eq!(told(FailureKind::Lost), (Ending::Lost, Exit::Unreachable));
    assert_eq!(told(FailureKind::Killed), (Ending::CutOff, Exit::Failed));
    assert_eq!(told(FailureKind::Locked), (Ending::Locked, Exit::Locked));
    assert_eq!(told(FailureKind::Interrupted), (Ending::Interrupted, Exit::Interrupted));
}

#[test]
fn each_weighs_by_itself_what_its_exit_code_says() {
    for ending in Ending::ALL {
        assert_eq!(exit([*ending], false), ending.exit().unwrap_or(Exit::Success), "{ending:?}");
    }
}
