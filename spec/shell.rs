//! A machine behind a POSIX shell: it answers what this machine's own target answers, and does what that does.

#![expect(clippy::unwrap_used, reason = "specs may panic")]

use std::process::{Child, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::target::shell::Shell;

use crate::patience::EndInTime as _;
use crate::skipped::{skip, skip_anywhere};

mod access;
mod answers;
mod archives;
mod bounds;
mod commands;
mod downloads;
mod drafts;
mod flockless;
mod functions;
mod pages;
mod pulse;
mod redirects;
mod restarts;
mod runs;
pub mod server;
mod steps;
mod twins;
mod versions;

/// A shell of this machine's own, ended when the spec ends.
pub struct Session {
    shell: Option<Shell>,
    child: Child,
}

impl Session {
    /// Begins it.
    pub fn with(argv: &[&str]) -> Self {
        let mut child = std::process::Command::new(argv[0])
            .args(&argv[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (reader, writer) = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
        Self { shell: Some(Shell::over("spec", reader, writer).unwrap()), child }
    }

    /// It.
    pub fn shell(&mut self) -> &mut Shell {
        self.shell.as_mut().unwrap()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The shell ends when nobody can ask it any more.
        self.shell = None;
        let _ = self.child.wait_in_time();
    }
}

/// Every shell that is here, the machine's own first.
pub fn shells() -> Vec<Vec<&'static str>> {
    let mut found = vec![vec!["/bin/sh"]];
    for (path, argv) in [
        ("/bin/bash", vec!["/bin/bash", "--posix"]),
        ("/usr/bin/busybox", vec!["/usr/bin/busybox", "sh"]),
        ("/bin/busybox", vec!["/bin/busybox", "sh"]),
    ] {
        if !Utf8Path::new(path).exists() {
            skip_anywhere(&format!("there is no {path}"));
        } else if !found.iter().any(|known| known.last() == argv.last()) {
            found.push(argv);
        }
    }
    found
}

/// Whether a shell brings programs of its own, whose lists of archives tell less: it refuses in other words.
fn brings_its_own(shell: &[&str]) -> bool {
    shell[0].ends_with("busybox")
}

/// The same shell where these programs are not there. Needs root.
fn without(programs: &[&str], shell: &[&str]) -> Vec<String> {
    let script = "for name in $0; do path=$(command -v \"$name\") && mount --bind /dev/null \"$path\"; done; exec \"$@\"";
    let words = ["unshare", "--mount", "/bin/sh", "-c", script];
    let programs = programs.join(" ");
    words.into_iter().chain([programs.as_str()]).chain(shell.iter().copied()).map(str::to_owned).collect()
}

/// The machine's own shell where busybox takes the place of these programs; nothing without root or busybox.
fn with_busybox(programs: &[&str]) -> Option<Vec<String>> {
    let busybox = ["/usr/bin/busybox", "/bin/busybox"].into_iter().find(|path| Utf8Path::new(path).exists());
    let Some(busybox) = busybox.filter(|_| rustix::process::geteuid().is_root()) else {
        skip("putting busybox in place needs it, and root");
        return None;
    };
    let script = "for name in $0; do mount --bind \"$1\" \"$(readlink -f \"$(command -v \"$name\")\")\"; done; exec /bin/sh";
    let argv = ["unshare", "--mount", "/bin/sh", "-c", script, &programs.join(" "), busybox];
    Some(argv.map(str::to_owned).to_vec())
}

/// The words of a command line.
fn words(argv: &[String]) -> Vec<&str> {
    argv.iter().map(String::as_str).collect()
}

/// Names that only a careful shell survives.
const HOSTILE: [&str; 10] = [
    "plain",
    "with space",
    "it's",
    "-n",
    "$(touch pwned)",
    "`touch pwned`",
    "new\nline",
    "\"quoted\\\"",
    "*?[a]",
    "grün\u{202e}",
];

fn root(directory: &tempfile::TempDir) -> Utf8PathBuf {
    Utf8PathBuf::from_path_buf(std::fs::canonicalize(directory.path()).unwrap()).unwrap()
}
