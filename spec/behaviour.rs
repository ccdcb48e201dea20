//! Behaviour that is the same wherever the engine runs: the same cases on this machine's own engine, over ssh with an
//! agent, over ssh with a shell, in a chroot and in a container.
//!
//! A case that a column can't do says so itself, with the words in which the program must say it.

mod case;
mod column;
mod container;
mod exported;
mod hold;

use std::fmt::Write as _;

use case::Case;
use column::{Column, OnHost, OverSsh};
use container::Container;

use crate::goldens;
use crate::hosts::{boot, boot_patiently};
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

#[test]
fn exported_script() {
    let Some([host]) = boot() else { return };
    by_script(&OnHost::local(host), "dash");
}

#[test]
fn exported_script_with_bash() {
    let Some([host]) = boot_patiently() else { return };
    by_script(&OnHost::local(host), "bash --posix");
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

/// All cases, or those whose name holds `$BEHAVIOUR`, by an exported script.
fn by_script(column: &dyn Column, shell: &str) {
    let wanted = std::env::var_os("BEHAVIOUR").unwrap_or_default().into_string().unwrap();
    let is_wanted = |case: &Case| {
        case.name.contains(&wanted)
            && case.not.iter().all(|(not, _)| not != "local")
            && NOT_BY_SCRIPT.iter().all(|(not, _)| *not != case.name)
    };
    let cases: Vec<Case> = cases().into_iter().filter(is_wanted).collect();
    let wrong = cases.iter().filter_map(|case| {
        let left_out = STAGES_NOT_BY_SCRIPT.iter().find(|(name, ..)| *name == case.name);
        let why = exported::hold(case, column, shell, left_out.map_or(&[], |(_, stages, _)| stages)).err()?;
        Some(format!("== {}, {shell}\n{why}\n", case.name))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{} of {} cases do not hold\n\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Cases that a script can't do, and why.
const NOT_BY_SCRIPT: &[(&str, &str)] = &[
    ("access_lists", "a script takes no access control list away"),
    ("archive_zip", "the machine has no unzip, and no whole Python"),
    ("archive_bounds", "the size of an archive has no limit in a script"),
    ("language_packages", "the npm of the case is only what chefrs asks of one"),
    ("names_no_text", "a script removes no names that are no text"),
    ("package_virtual", "which of several packages provides a name is left to the package manager"),
    ("python_venv_anew", "a script makes no environment anew"),
    ("rpm_repositories", "the facts are those of a machine with apt"),
];

/// Stages of cases that a script can't do, counted from 1, and why. What comes before their recipe is done, unless they are
/// the last ones.
const STAGES_NOT_BY_SCRIPT: &[(&str, &[usize], &str)] = &[
    ("edited_files", &[4, 5], "a shell can't edit JSON and YAML"),
    ("fragment", &[1], "one of the fragments has a guard that only the machine can answer"),
    (
        "git_local_changes",
        &[3, 6, 12, 13, 14],
        "a script keeps no local changes, and no branches of the remote",
    ),
    ("message", &[2], "a message is no change"),
    ("mount", &[3], "a script does not look which device is mounted"),
    ("package_source", &[2, 4, 6, 7], "a script does not read the version in the file of a package"),
    ("package_version", &[3, 14], "a script holds whatever version is there, and takes apt at its word"),
    ("python_venv", &[4], "a script does not look what is in an environment"),
    (
        "remote_file",
        &[4, 6, 7, 8, 9],
        "a script knows no list of checksums, and checks no content that is there",
    ),
    ("service_once", &[2, 3, 4], "a script does not look again whether a service runs"),
    ("setting", &[3], "a script looks once"),
];

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
