//! Where the cases run: a machine that the program converges in its own way, and that can be looked at.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::hosts::Host;
use crate::patience::CallInTime as _;

/// A machine, and a way to converge it.
pub trait Column {
    /// As cases call it.
    fn name(&self) -> &'static str;
    /// Lays a folder out where the program will be called, as its only project.
    fn project(&self, folder: &Path);
    /// Calls the program for the machine: `VERB`, then words; with secrets in its environment.
    fn chefrs(&self, verb: &str, words: &[&str], secrets: &[(String, String)]) -> Output;
    /// Runs a shell script on the machine as root.
    fn script(&self, script: &str) -> Output;
}

/// The program on a host, for the host itself or for a system in a directory of it.
pub struct OnHost {
    host: Host,
    root: &'static str,
}

/// A second system out of the host's own: what is changed in it stays in it.
const ROOT: &str = "\
mkdir -p /tmp/upper /tmp/work
mount -t overlay overlay -o lowerdir=/,upperdir=/tmp/upper,workdir=/tmp/work /mnt
mount -t proc proc /mnt/proc
mount --rbind /dev /mnt/dev
mount --bind /srv/repo /mnt/srv/repo
mount -t tmpfs tmpfs /mnt/run
mount -t tmpfs tmpfs /mnt/tmp
";

impl OnHost {
    /// The host itself.
    pub fn local(host: Host) -> Self {
        Self { host, root: "/" }
    }

    /// A directory on it.
    pub fn chroot(host: Host) -> Self {
        host.must(ROOT);
        Self { host, root: "/mnt" }
    }
}

impl Column for OnHost {
    fn name(&self) -> &'static str {
        if self.root == "/" { "local" } else { "chroot" }
    }

    fn project(&self, folder: &Path) {
        let packed = Command::new("tar").arg("-C").arg(folder).args(["-cf-", "."]).output_in_time().unwrap();
        self.host.feed(
            "rm -rf /root/project && mkdir /root/project && tar -C /root/project -xf -",
            &packed.stdout,
        );
    }

    fn chefrs(&self, verb: &str, words: &[&str], secrets: &[(String, String)]) -> Output {
        let secret = |(name, value): &(String, String)| {
            quoted(&format!("CHEFRS_SECRET_{}={value}", name.to_uppercase()))
        };
        let mut line = vec!["cd /root/project && exec env NO_COLOR=1".to_owned()];
        line.extend(secrets.iter().map(secret));
        line.extend(["chefrs", verb].map(str::to_owned));
        if self.root != "/" {
            line.push(format!("-t chroot:{}", self.root));
        }
        line.extend(words.iter().map(|word| quoted(word)));
        self.host.script(&line.join(" "))
    }

    fn script(&self, script: &str) -> Output {
        self.host.script(&format!("exec chroot {} /bin/sh -c {}", self.root, quoted(script)))
    }
}

/// The program here, for a host at the other end of ssh.
pub struct OverSsh {
    host: Host,
    name: &'static str,
    directory: TempDir,
}

impl OverSsh {
    /// It lets the agent run.
    pub fn agent(host: Host) -> Self {
        Self { host, name: "agent", directory: tempfile::tempdir().unwrap() }
    }

    /// Its shell is made to do the agent's work.
    pub fn shell(host: Host) -> Self {
        Self { host, name: "shell", directory: tempfile::tempdir().unwrap() }
    }
}

impl Column for OverSsh {
    fn name(&self) -> &'static str {
        self.name
    }

    fn project(&self, folder: &Path) {
        lay_out(folder, self.directory.path());
    }

    fn chefrs(&self, verb: &str, words: &[&str], secrets: &[(String, String)]) -> Output {
        let mut command = program(self.directory.path(), secrets);
        command.args([verb, "-t", self.host.name(), "--engine", self.name, "--ssh-config"]);
        command.arg(self.host.ssh_config()).args(words);
        command.output_in_time().unwrap()
    }

    fn script(&self, script: &str) -> Output {
        self.host.script(script)
    }
}

/// The program in `project` of a directory, which is its home too.
pub fn program(directory: &Path, secrets: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
    command
        .current_dir(directory.join("project"))
        .env_clear()
        .env("HOME", directory)
        .env("CHEFRS_STATE_DIRECTORY", directory.join("control"))
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .env("LANG", "C.UTF-8")
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
    for (name, value) in secrets {
        command.env(format!("CHEFRS_SECRET_{}", name.to_uppercase()), value);
    }
    command
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Lays a folder out as the project of whoever is called from a directory.
pub fn lay_out(folder: &Path, directory: &Path) {
    let own = directory.join("project");
    let _ = fs::remove_dir_all(&own);
    assert!(Command::new("cp").arg("-a").arg(folder).arg(&own).status_in_time().unwrap().success());
}
