//! Access control lists, and what directories hand down: an exported script leaves what a run leaves.

use std::path::Path;
use std::process::Command;

use super::script::{Script, run_of};
use super::{SHELLS, lay_out};
use crate::patience::CallInTime as _;
use crate::skipped::skip_anywhere;

/// What is new in a directory that hands a list down, what replaces a file with a list, and what stays as it is.
const RECIPE: &str = r#"
file "[DIR]/shared/new" { content = "x\n" }
file "[DIR]/shared/said" { content = "x\n", mode = "0640" }
file "[DIR]/shared/secret" { content = secret "key" }
directory "[DIR]/shared/a/b" { recursive = true, mode = "0750" }
line "one" { path = "[DIR]/shared/lines", line = "one" }
line "two" { path = "[DIR]/lines", line = "two" }
directory "[DIR]/taken" { mode = "0750" }
directory "[DIR]/group/said" { mode = "0755" }
directory "[DIR]/group/new" {}
file "[DIR]/kept" { content = "new\n" }
file "[DIR]/owned" { content = "new\n", owner = "[UID]" }
file "[DIR]/narrow" { content = "new\n", mode = "0664" }
file "[DIR]/same" { content = "old\n", mode = "0664" }
"#;

/// The machine before, as commands.
const BEFORE: &str = "mkdir shared group taken && setfacl -d -m u:65534:rwx taken && chmod 2775 group && setfacl -d -m u:65534:rwx,g::rwx,o::rwx shared && \
                      echo >shared/lines && for name in lines kept owned narrow same; do echo old >$name; setfacl -m u:65534:rw,g::r,m::rw $name; done";

fn sh(directory: &Path, script: &str) -> Option<String> {
    let mut command = Command::new("sh");
    let output = command.args(["-c", script]).current_dir(directory).output_in_time().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

/// Owners, modes and lists below a directory.
fn look(directory: &Path) -> String {
    sh(directory, "find shared group taken lines kept owned narrow same | sort | while read -r path; do getfacl -n -- \"$path\"; done")
        .unwrap()
}

#[test]
fn a_script_leaves_the_lists_that_a_run_leaves() {
    let own = tempfile::tempdir().unwrap();
    let place = own.path().join("there");
    std::fs::create_dir(&place).unwrap();
    if sh(&place, BEFORE).is_none() {
        return skip_anywhere("access control lists need a file system that has them, and setfacl");
    }
    let recipe = RECIPE.replace("[UID]", &rustix::process::geteuid().as_raw().to_string());
    lay_out(own.path(), &recipe.replace("[DIR]", place.to_str().unwrap()), "");
    let run = run_of(own.path()).env("CHEFRS_SECRET_KEY", "correct-horse-battery").output_in_time().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    let expected = look(&place);
    // That of the directory, of the file in it that was there, and of the two that are not said anything of.
    assert_eq!(expected.matches(":65534:").count(), 4, "{expected}");
    for shell in SHELLS {
        let script = Script::new(shell, &recipe).env("CHEFRS_SECRET_KEY", "correct-horse-battery");
        sh(script.directory.path(), BEFORE).unwrap();
        script.ends(&["--check"], 2);
        let said = script.ends(&[], 0);
        assert_eq!(look(script.directory.path()), expected, "{shell:?}\n{said}");
        let said = script.ends(&[], 0);
        assert!(said.starts_with("0 updated"), "{shell:?}\n{said}");
        script.ends(&["--check"], 0);
    }
}
