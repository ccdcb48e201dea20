//! `package` with package managers other than apt: the real programs, on a Debian whose distribution is renamed.

use std::fs;
use std::process::Command;

use super::convergence::{chefrs, converge, fail};
use super::{Host, boot};
use crate::patience::{CallInTime as _, LONG};

#[test]
fn packages_of_dnf_come_move_are_held_and_go() {
    let Some([host]) = boot() else { return };
    rpm(&host, "dnf", "dnf -q -y upgrade");
}

#[test]
fn packages_of_zypper_come_move_are_held_and_go() {
    let Some([host]) = boot() else { return };
    rpm(&host, "zypper", "zypper -n -q update");
    // One whose scriptlet fails is there, and told.
    let said = fail(&host, "package \"fussy\"\n");
    assert!(said.contains("exit status 107"), "{said}");
    // What is held stays away, too.
    assert_eq!(converge(&host, "package \"web-a\" { action = \"lock\" }\n"), ["package[web-a] lock"]);
    let said = fail(&host, "package \"web-a\"\n");
    assert!(said.contains("the package `web-a` is held, and is not installed"), "{said}");
}

/// Packages of a manager that works on the rpm database. `upgrade` is a command of it that upgrades all packages.
fn rpm(host: &Host, manager: &str, upgrade: &str) {
    host.feed(
        &format!("cat >/root/rpm.sh && sh /root/rpm.sh {manager}"),
        include_bytes!("package_managers/rpm.sh"),
    );
    let facts = String::from_utf8(chefrs(host, "facts").stdout).unwrap();
    assert!(facts.contains(&format!("\"package_manager\": \"{manager}\"")), "{facts}");
    let installed = || host.must("rpm -qa | sort | tr '\\n' ' '");
    let old = "package \"demo\" { version = \"1.0\", action = { \"install\", \"lock\" } }\n";
    assert_eq!(converge(host, old), ["package[demo] install", "package[demo] lock"]);
    host.must(upgrade);
    assert_eq!(installed(), "demo-1.0-1.noarch ");
    let said = fail(host, "package \"demo\" { action = \"upgrade\" }\n");
    assert!(said.contains("the package `demo` is held at its version"), "{said}");
    // Two resources are one transaction: what comes with a dependency, and what moves.
    let newest = "package \"demo\" { action = \"unlock\" }\npackage { \"demoapp\", \"mta-demo\" }\n\
                  package \"demo\" { action = \"upgrade\" }\n";
    assert_eq!(converge(host, newest).len(), 3);
    assert_eq!(
        installed(),
        "demo-2.0-1.noarch demoapp-1.0-1.noarch libdemo-1.0-1.noarch mta-a-1.0-1.noarch "
    );
    assert_eq!(converge(host, "package \"demo\" { version = \"1.1*\" }\n"), ["package[demo] install"]);
    let said = fail(host, "package \"httpd-demo\"\n");
    assert!(said.contains("they are web-a 1.0-1 and web-b 1.0-1"), "{said}");
    let said = fail(host, "package \"demo\" { version = \"3.*\" }\n");
    assert!(said.contains("on offer: `2.0-1`, `1.1-1`, and `1.0-1`"), "{said}");
    // A shell reads the same description.
    let said = through_a_shell(host, "package \"demo\" { action = \"upgrade\" }\npackage \"mta-demo\"\n");
    assert!(
        said.contains("upgrade demo 2.0-1 (was 1.1-1)") && said.contains("1 updated, 1 up to date"),
        "{said}"
    );
    let gone = "package { \"demoapp\", \"mta-a\" } { action = \"purge\" }\npackage \"demo\" { action = \"remove\" }\n";
    assert_eq!(converge(host, gone).len(), 2);
    assert_eq!(installed(), "libdemo-1.0-1.noarch ", "what came along stays");
}

/// Converges a recipe from here, through the shell of the host.
fn through_a_shell(host: &Host, recipe: &str) -> String {
    let project = tempfile::tempdir().unwrap();
    fs::create_dir(project.path().join("recipes")).unwrap();
    fs::write(project.path().join("recipes/spec.lua"), recipe).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
    command.env("CHEFRS_STATE_DIRECTORY", project.path().join("control")).current_dir(project.path());
    command.args(["run", "-r", "spec", "--engine", "shell", "-t", host.name(), "--ssh-config"]);
    let output = command.arg(host.ssh_config()).output_within(LONG).unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}
