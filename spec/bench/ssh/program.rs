//! What is measured over ssh, as command lines on this side.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use super::lab::Lab;
use super::{project, sources};
use crate::work::{BEFORE, State, Work};

/// A way to do a work on other machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One run over all hosts.
    Chefrs,
    /// The same by another chefrs. Each finds its agent on a host by digest, so neither disturbs the other.
    Before,
    /// `ssh host true` to each host, at once: what nobody can beat.
    True,
    /// The script on the standard input of `ssh`, to each host at once.
    Script,
    /// pyinfra.
    Pyinfra,
    /// Ansible with Mitogen's strategy.
    Mitogen,
}

impl Kind {
    /// Number of runs from nothing, and with nothing to change; slow ones get fewer.
    pub(super) fn rounds(self) -> (usize, usize) {
        match self {
            Self::Chefrs | Self::Before | Self::True | Self::Script => (3, 7),
            Self::Pyinfra | Self::Mitogen => (1, 2),
        }
    }

    /// Whether it is a chefrs.
    pub(super) fn is_chefrs(self) -> bool {
        matches!(self, Self::Chefrs | Self::Before)
    }
}

/// One of them for one work.
#[derive(Debug, Clone)]
pub(super) struct Program {
    /// Which.
    pub(super) kind: Kind,
    /// For the table.
    pub(super) name: &'static str,
    /// The command.
    pub(super) argv: Vec<String>,
    /// Its variables.
    pub(super) environment: Vec<(String, String)>,
}

/// All that command lines are made of.
#[derive(Debug)]
pub(super) struct Bench {
    folder: PathBuf,
    peers: Option<PathBuf>,
    /// Empty where none is named.
    before: String,
    config: String,
    hosts: Vec<String>,
    /// Variables of all programs.
    environment: Vec<(String, String)>,
}

impl Bench {
    /// Writes the project to a folder of this side.
    pub(super) fn new(folder: &Path, lab: &Lab) -> Result<Self> {
        Self::over(folder, lab, lab.names().len())
    }

    /// The same, for the first of the hosts.
    pub(super) fn over(folder: &Path, lab: &Lab, count: usize) -> Result<Self> {
        project(folder)?;
        let hosts: Vec<String> = lab.names().iter().take(count).cloned().collect();
        let config = lab.config().display().to_string();
        let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let plugins = "lib/python3.11/site-packages/ansible_mitogen/plugins/strategy";
        let peers = std::env::var_os("BENCH_PEERS").map(PathBuf::from);
        let mut environment = vec![
            variable("BENCH_HOSTS", &hosts.join(" ")),
            variable("BENCH_SSH_CONFIG", &config),
            variable("ANSIBLE_CONFIG", &sources().join("peers/ansible/ansible.cfg").display().to_string()),
            variable("ANSIBLE_STRATEGY", "mitogen_linear"),
        ];
        if let Some(peers) = &peers {
            let plugins = peers.join("ansible-mitogen").join(plugins);
            environment.push(variable("ANSIBLE_STRATEGY_PLUGINS", &plugins.display().to_string()));
        }
        let before = std::env::var(BEFORE).unwrap_or_default();
        ensure!(before.is_empty() || Path::new(&before).is_file(), "{BEFORE} names no file: {before}");
        Ok(Self { folder: folder.to_owned(), peers, before, config, hosts, environment })
    }

    /// Whether it is here, and can do this work in a bearable time.
    pub(super) fn has(&self, kind: Kind, work: &Work) -> bool {
        let there = |program: &str| self.peers.as_ref().is_some_and(|peers| peers.join(program).exists());
        let bearable = work.state != State::Files(2000);
        match kind {
            Kind::Before => !self.before.is_empty(),
            Kind::Pyinfra => bearable && there("pyinfra/bin/pyinfra"),
            Kind::Mitogen => bearable && there("ansible-mitogen/bin/ansible-playbook"),
            _ => true,
        }
    }

    /// The command for a work.
    pub(super) fn program(&self, kind: Kind, work: &Work) -> Program {
        let recipe = match work.state {
            State::Files(_) => "files",
            State::Mixed => "mixed",
            _ => "one_file",
        };
        let files = if let State::Files(count) = work.state { count } else { 0 };
        let (name, argv) = match kind {
            Kind::Chefrs => ("chefrs", self.chefrs(env!("CARGO_BIN_EXE_chefrs"), recipe, files)),
            Kind::Before => ("before", self.chefrs(&self.before, recipe, files)),
            Kind::True => ("ssh host true", self.at_once("true", "/dev/null")),
            Kind::Script => {
                let script = sources().join(format!("shell/{recipe}.sh")).display().to_string();
                ("script into ssh", self.at_once(&format!("sh -s -- {files}"), &script))
            }
            Kind::Pyinfra => ("pyinfra", self.pyinfra(recipe)),
            Kind::Mitogen => ("ansible with mitogen", self.mitogen(recipe)),
        };
        // Each chefrs keeps its history in a form of its own.
        let state = self.folder.join(format!("state-{name}")).display().to_string();
        let mut environment = self.environment.clone();
        environment.push(("CHEFRS_STATE_DIRECTORY".to_owned(), state));
        Program { kind, name, argv, environment }
    }

    fn chefrs(&self, executable: &str, recipe: &str, files: usize) -> Vec<String> {
        let mut argv = words(&[executable, "run", "-t", &self.hosts.join(",")]);
        argv.extend(words(&["--ssh-config", &self.config, "-r", recipe]));
        argv.extend(words(&["--project", &self.folder.display().to_string()]));
        if files > 0 {
            argv.extend(words(&["--set", &format!("bench.files={files}")]));
        }
        argv
    }

    /// To each host at once, as people do it; it fails where one does.
    fn at_once(&self, remote: &str, input: &str) -> Vec<String> {
        let script = r#"config=$1 remote=$2 input=$3; shift 3; all=; bad=0
            for host do ssh -F "$config" -- "$host" "$remote" <"$input" & all="$all $!"; done
            for one in $all; do wait $one || bad=1; done; exit $bad"#;
        let mut argv = words(&["sh", "-c", script, "at-once", &self.config, remote, input]);
        argv.extend(self.hosts.iter().cloned());
        argv
    }

    fn pyinfra(&self, recipe: &str) -> Vec<String> {
        let folder = sources().join("peers/pyinfra").display().to_string();
        let program = self.peer("pyinfra/bin/pyinfra");
        words(&[&program, "-y", "--chdir", &folder, "inventory.py", &format!("{recipe}.py")])
    }

    fn mitogen(&self, recipe: &str) -> Vec<String> {
        let program = self.peer("ansible-mitogen/bin/ansible-playbook");
        let hosts = format!("{},", self.hosts.join(","));
        let arguments = format!("{{\"ansible_ssh_common_args\": \"-F {}\"}}", self.config);
        let playbook = sources().join(format!("peers/ansible/{recipe}.yml")).display().to_string();
        let python = "ansible_python_interpreter=/usr/bin/python3";
        words(&[&program, "-i", &hosts, "-e", python, "-e", &arguments, &playbook])
    }

    fn peer(&self, program: &str) -> String {
        self.peers.as_ref().map_or_else(String::new, |peers| peers.join(program).display().to_string())
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
