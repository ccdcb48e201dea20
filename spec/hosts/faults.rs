//! What networks, disks and people do to a run over ssh: it is survived, or told with its place and the way out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use super::{Host, boot};
use crate::cli::program::timeless;
use crate::patience::{self, CallInTime as _, EndInTime as _, Heard};

mod disk_full;
mod flood;
mod killed_agent;
mod killed_control;
mod large_file;
mod no_way_in;
mod package_cut_off;
mod power;
mod read_only;
mod reset;
mod two_runs;

/// The control side: a directory with a project, an ssh_config and a known_hosts of its own, all to one host.
struct Control {
    directory: TempDir,
    host: String,
}

/// What a call of the program gave.
#[derive(Debug)]
struct Told {
    status: i32,
    /// Both streams, standard error first, without times; the directory reads `[DIR]`.
    text: String,
}

impl Control {
    /// With one recipe, `spec`.
    fn new(host: &Host, recipe: &str) -> Self {
        let control = Self { directory: tempfile::tempdir().unwrap(), host: host.name().to_owned() };
        // Silence is noticed soon, as far as it is left to the ssh_config.
        let config = fs::read_to_string(host.ssh_config()).unwrap();
        control.file("ssh_config", &format!("{config}  ServerAliveInterval 1\n"));
        control.recipe(recipe);
        control
    }

    /// The same over one lasting connection, for many calls.
    fn lasting(host: &Host, recipe: &str) -> Self {
        let control = Self::new(host, recipe);
        let config = fs::read_to_string(control.path("ssh_config")).unwrap();
        let socket = control.path("master");
        let words =
            format!("  ControlMaster auto\n  ControlPath {}\n  ControlPersist 20\n", socket.display());
        control.file("ssh_config", &(config + &words));
        control
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A file of the project or beside it; `[DIR]` reads as the directory.
    fn file(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.replace("[DIR]", self.directory.path().to_str().unwrap())).unwrap();
    }

    fn recipe(&self, text: &str) {
        self.file("recipes/spec.lua", text);
    }

    /// `chefrs VERB -t HOST …` as a person would call it, with nothing but a home.
    fn command(&self, verb: &str, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
        command.args([verb, "-t", &self.host, "--ssh-config", "ssh_config", "-r", "spec"]).args(words);
        self.prepare(&mut command);
        command
    }

    fn prepare(&self, command: &mut Command) {
        command
            .current_dir(self.directory.path())
            .env_clear()
            .env("HOME", self.directory.path())
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .env("LANG", "C.UTF-8")
            .env("CHEFRS_STATE_DIRECTORY", self.path(".state"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    }

    fn start(&self, verb: &str, words: &[&str]) -> Child {
        self.command(verb, words).spawn().unwrap()
    }

    /// The same, heard while it runs.
    fn hear(&self, verb: &str, words: &[&str]) -> Heard {
        Heard::new(self.start(verb, words))
    }

    fn call(&self, verb: &str, words: &[&str]) -> Told {
        self.told(self.command(verb, words).output_in_time().unwrap())
    }

    /// A run that must come out well, and gives what it said.
    fn run(&self) -> String {
        self.call("run", &[]).with(0)
    }

    fn end(&self, child: Child) -> Told {
        self.told(child.output_in_time().unwrap())
    }

    fn told(&self, output: Output) -> Told {
        let place = self.directory.path().to_str().unwrap();
        let text = String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned();
        Told { status: output.status.code().unwrap_or(-1), text: timeless(&text.replace(place, "[DIR]")) }
    }

    /// A shell command there, over the same connection as the runs.
    fn there(&self, script: &str) -> String {
        let mut command = Command::new("ssh");
        command.args(["-F", "ssh_config", "-o", "BatchMode=yes", "--", &self.host, script]);
        self.prepare(&mut command);
        let output = command.output_in_time().unwrap();
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Control {
    /// Ends a lasting connection.
    fn drop(&mut self) {
        if self.path("master").exists() {
            let mut command = Command::new("ssh");
            command.args(["-F", "ssh_config", "-O", "exit", "--", &self.host]);
            self.prepare(&mut command);
            let _ = command.output_in_time();
        }
    }
}

impl Told {
    /// The words, if the exit code is this one.
    #[track_caller]
    fn with(self, status: i32) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        self.text
    }
}

/// Whether words stand in a text, each part; the text is shown where they don't, a flood without its middle.
#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        let lines: Vec<&str> = text.lines().collect();
        let (head, tail) = (lines.len().min(50), lines.len().saturating_sub(50).max(lines.len().min(50)));
        assert!(
            text.contains(part),
            "no {part:?} in:\n{}\n{}",
            lines[..head].join("\n"),
            lines[tail..].join("\n")
        );
    }
}

/// Waits until something holds on the host.
#[track_caller]
fn until(host: &Host, condition: &str) {
    patience::until(condition, || host.script(condition).status.success());
}

/// Whether a program is there to be called.
fn installed(program: &str) -> bool {
    ["/usr/bin", "/usr/local/bin", "/bin"].iter().any(|place| Path::new(place).join(program).exists())
}
