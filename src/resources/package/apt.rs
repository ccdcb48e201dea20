//! apt: packages of Debian, Ubuntu and their kin.

use std::cmp::Ordering;

use super::manager::Manager;
use crate::model::pattern::matches;
use crate::model::step::Command;

mod version;

/// apt-get and its companions.
pub(super) struct Apt;

impl Manager for Apt {
    fn name(&self) -> &'static str {
        "apt"
    }

    fn command(&self, action: &str) -> Command {
        let argv: &[&str] = match action {
            "remove" => &["apt-get", "--yes", "-o", "Dpkg::Use-Pty=0", "remove"],
            "purge" => &["apt-get", "--yes", "-o", "Dpkg::Use-Pty=0", "purge"],
            "lock" => &["apt-mark", "hold"],
            "unlock" => &["apt-mark", "unhold"],
            // Configuration files that people changed are kept; downgrades happen only where a version is declared.
            _ => &[
                "apt-get",
                "--yes",
                // Without a terminal of its own dpkg tells what it does, not how far it is.
                "-o",
                "Dpkg::Use-Pty=0",
                "-o",
                "Dpkg::Options::=--force-confdef",
                "-o",
                "Dpkg::Options::=--force-confold",
                "--allow-downgrades",
                "install",
            ],
        };
        quiet(argv)
    }

    fn pin(&self, name: &str, version: &str) -> String {
        format!("{name}={version}")
    }

    /// As apt-get reads what stands behind `=`: `*` stands for any text, `?` for one character. The epoch need not be
    /// said here, since apt-get is told the whole version.
    fn fits(&self, declared: &str, version: &str) -> bool {
        let without_epoch = version.split_once(':').map_or(version, |(_, rest)| rest);
        matches(declared, version) || matches(declared, without_epoch)
    }

    fn compare(&self, a: &str, b: &str) -> Ordering {
        version::compare(a, b)
    }

    fn repair(&self) -> Command {
        quiet(&["dpkg", "--force-confdef", "--force-confold", "--configure", "-a"])
    }

    fn refresh_hint(&self) -> &'static str {
        "check the name; if the lists are old or were never read, declare `apt_update \"daily\"` before it"
    }
}

/// A command that asks no question.
fn quiet(argv: &[&str]) -> Command {
    let mut command = Command::new(argv.iter().copied());
    for (name, value) in [
        ("DEBIAN_FRONTEND", "noninteractive"),
        ("APT_LISTCHANGES_FRONTEND", "none"),
        ("NEEDRESTART_MODE", "l"),
        ("NEEDRESTART_SUSPEND", "1"),
        ("UCF_FORCE_CONFFOLD", "1"),
    ] {
        command.environment.insert(name.into(), value.into());
    }
    command
}
