//! Restarts that are asked for through a shell are written down where the machine's own target looks for them.

use std::os::unix::fs::PermissionsExt as _;

use camino::Utf8Path;
use chefrs::model::journal::{Record, Restarted};
use chefrs::model::query::{Answer, Query};
use chefrs::model::step::{Restart, Step};
use chefrs::target::Target;
use chefrs::target::local::boot_id;

use super::runs::{apply, ask, holder, local, session};
use super::{root, shells};

fn restart(by: &str) -> Step {
    Step::Restart(Some(Box::new(Restart {
        by: by.into(),
        reason: "it's \n time".into(),
        ..Restart::default()
    })))
}

fn known(target: &mut dyn Target) -> Vec<(String, String, bool)> {
    match ask(target, Query::Journal) {
        Answer::Journal(journal) => {
            let told = |Restarted { by, run, made, .. }| (by, run, made);
            journal.restarts.into_iter().map(told).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn text(state: &Utf8Path) -> String {
    std::fs::read_to_string(state.join("restarts")).unwrap()
}

/// Asks for restarts and takes one back, makes another, and settles it; what is on disk after each.
fn story(state: &Utf8Path, first: &mut dyn Target, second: &mut dyn Target) -> Vec<String> {
    let mut texts = Vec::new();
    let asked = |by: &str, made| (by.to_owned(), "run one".to_owned(), made);
    assert_eq!(known(first), []);
    assert_eq!(ask(first, Query::Restart), Answer::Restart(None));
    apply(first, &Step::Lock(holder("run one"))).unwrap();
    for by in ["reboot[a]", "reboot[it's $(x)]", "reboot[a]"] {
        apply(first, &restart(by)).unwrap();
        assert_eq!(ask(first, Query::Restart), Answer::Restart(Some(by.into())));
        texts.push(text(state));
    }
    assert_eq!(known(second), [asked("reboot[it's $(x)]", false), asked("reboot[a]", false)]);
    // The machine has been started since the first of them.
    let lines = text(state);
    let (line, rest) = lines.split_once('\n').unwrap();
    std::fs::write(state.join("restarts"), format!("{}\n{rest}", line.replace(&boot_id(), "another")))
        .unwrap();
    assert_eq!(known(second), [asked("reboot[it's $(x)]", true), asked("reboot[a]", false)]);
    apply(first, &Step::Restart(None)).unwrap();
    assert_eq!(ask(first, Query::Restart), Answer::Restart(None));
    assert_eq!(known(second), [asked("reboot[it's $(x)]", true)]);
    texts.push(text(state));
    apply(first, &Step::Record(Record::Settled)).unwrap();
    assert_eq!(known(second), []);
    texts.push(text(state));
    texts
}

#[test]
fn each_sees_what_the_other_was_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let state = root(&directory).join("state");
    let wanted = story(&state, &mut local(&state), &mut local(&state));
    for argv in shells() {
        std::fs::remove_dir_all(&state).unwrap();
        let (mut one, mut other) = (session(&argv, &state), session(&argv, &state));
        assert_eq!(one.shell().boot(), boot_id(), "{argv:?}");
        assert_eq!(story(&state, one.shell(), other.shell()), wanted, "{argv:?}");
        let mode = std::fs::metadata(state.join("restarts")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{argv:?}");
        drop((one, other));
        std::fs::remove_dir_all(&state).unwrap();
        let (mut one, mut other) = (session(&argv, &state), local(&state));
        assert_eq!(story(&state, one.shell(), &mut other), wanted, "{argv:?}");
        drop(one);
        std::fs::remove_dir_all(&state).unwrap();
        let (mut one, mut other) = (local(&state), session(&argv, &state));
        assert_eq!(story(&state, &mut one, other.shell()), wanted, "{argv:?}");
    }
}

#[test]
fn a_restart_that_can_not_be_written_down_is_none() {
    for argv in shells() {
        let directory = tempfile::tempdir().unwrap();
        let state = root(&directory).join("state");
        std::fs::create_dir(&state).unwrap();
        std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o777)).unwrap();
        let mut through = session(&argv, &state);
        let refused = apply(through.shell(), &restart("reboot[a]"));
        assert_eq!(refused, apply(&mut local(&state), &restart("reboot[a]")), "{argv:?}");
        assert!(refused.unwrap_err().contains("can't be trusted"), "{argv:?}");
        assert_eq!(ask(through.shell(), Query::Restart), Answer::Restart(None), "{argv:?}");
    }
}
