//! Behaviour that is the same wherever the engine runs: the same cases on this machine's own engine, over ssh with an
//! agent, over ssh with a shell, in a chroot and in a container.
//!
//! A case that a column can't do says so itself, with the words in which the program must say it.

mod case;
mod column;
mod container;
mod hold;

use std::fmt::Write as _;

use case::Case;
use column::{Column, OnHost, OverSsh};
use container::Container;

use crate::goldens;
use crate::hosts::boot;
use crate::skipped::skip_anywhere;

#[test]
fn local() {
    let Some([host]) = boot() else { return };
    all(&OnHost::local(host));
}

#[test]
fn ssh_and_agent() {
    let Some([host]) = boot() else { return };
    all(&OverSsh::agent(host));
}

#[test]
fn ssh_and_shell() {
    let Some([host]) = boot() else { return };
    all(&OverSsh::shell(host));
}

#[test]
fn chroot() {
    let Some([host]) = boot() else { return };
    all(&OnHost::chroot(host));
}

#[test]
fn container() {
    match Container::new() {
        Ok(container) => all(&container),
        Err(reason) => skip_anywhere(&format!("no container: {reason}")),
    }
}

/// Every resource type has a case, and so every column has met it.
#[test]
fn every_type_is_in_a_case() {
    let recipes: String =
        cases().iter().flat_map(|case| &case.stages).map(|stage| stage.recipe.as_str()).collect();
    let declared = |name: &str| {
        recipes.lines().any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '('])))
    };
    for r#type in chefrs::resources::TYPES {
        assert!(declared(r#type.name), "no case declares a `{}`", r#type.name);
    }
}

fn cases() -> Vec<Case> {
    let files = goldens::files("behaviour", "case");
    assert!(files.len() >= 20, "the cases are not found");
    files.iter().map(|file| Case::read(file)).collect()
}

/// All cases in a column, or those whose name holds `$BEHAVIOUR`; what went wrong comes together.
fn all(column: &dyn Column) {
    let wanted = std::env::var_os("BEHAVIOUR").unwrap_or_default().into_string().unwrap();
    let cases: Vec<Case> = cases().into_iter().filter(|case| case.name.contains(&wanted)).collect();
    let (mut report, mut wrong) = (String::new(), 0);
    for case in &cases {
        if let Err(why) = hold::hold(case, column) {
            wrong += 1;
            let _ = writeln!(report, "== {}, {}\n{why}\n", case.name, column.name());
        }
    }
    assert!(
        wrong == 0,
        "{wrong} of {} cases do not hold in the column `{}`\n\n{report}",
        cases.len(),
        column.name()
    );
}
