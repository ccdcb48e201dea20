//! The hosts that are measured on: those of the specs, on a network of their own, gone with the value.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::within;
use crate::work::HOME;

/// On a host: what the works want to find, and the originals of what they change.
const FURNISH: &str = r#"
set -e
mkdir -p HOME/saved /srv
for f in passwd shadow group gshadow subuid subgid; do [ ! -e /etc/$f ] || cp -p /etc/$f HOME/saved/; done
cat >HOME/bench
chmod 755 HOME/bench
missing=
for p in curl tar git bash coreutils sed grep gzip findutils dpkg python3 python3-apt; do
  dpkg -s $p >/dev/null 2>&1 || missing="$missing $p"
done
[ -z "$missing" ] || { apt-get update -q; DEBIAN_FRONTEND=noninteractive apt-get install -qqy $missing; } >/tmp/furnish.log 2>&1 || { cat /tmp/furnish.log >&2; exit 1; }
HOME/bench --state furnish
systemctl daemon-reload
"#;

/// On a host: nothing of what the works make is left.
const RESET: &str = "for n in 1 2 3 4 5; do systemctl stop cbsvc$n; done; HOME/bench --state reset && systemctl daemon-reload";

/// Running hosts.
#[derive(Debug)]
pub(super) struct Lab {
    names: Vec<String>,
    config: PathBuf,
}

impl Lab {
    /// Boots so many.
    pub(super) fn up(count: usize) -> Result<Self> {
        let names: Vec<String> = (1..=count).map(|number| format!("web{number}")).collect();
        let mut lab = Self { names, config: PathBuf::new() };
        within::say(&format!("booting {count} of the specs' hosts, or first building their image"));
        let printed = output(hosts("up").args(&lab.names), within::LONG)?;
        lab.config = PathBuf::from(printed.lines().last().context("no ssh_config was printed")?);
        Ok(lab)
    }

    /// Names of the hosts.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Configuration of ssh that reaches them.
    pub(super) fn config(&self) -> &Path {
        &self.config
    }

    /// Puts there what the works want to find.
    pub(super) fn furnish(&self) -> Result<()> {
        let program = std::fs::read(std::env::current_exe()?)?;
        within::say("furnishing them with what the works want to find");
        self.at_once(|name| {
            let output = within::output(&mut on(name, FURNISH), program.clone(), within::LONG)?;
            ensure!(output.status.success(), "it can't be furnished");
            Ok(())
        })
        .map(drop)
    }

    /// Adds to each round trip.
    pub(super) fn delay(&self, milliseconds: u32) -> Result<()> {
        let way = format!("{}ms", f64::from(milliseconds) / 2.0);
        self.names
            .iter()
            .try_for_each(|name| output(hosts("net").args([name, "delay", &way]), within::USUAL).map(drop))
    }

    /// Takes away on each host what the works make.
    pub(super) fn reset(&self) -> Result<()> {
        self.each(RESET).map(drop)
    }

    /// Holds each host against the state of a work.
    pub(super) fn check(&self, work: &str) -> Result<()> {
        self.each(&format!("HOME/bench --state check {work}")).map(drop)
    }

    /// What must stay as it is where nothing is to do.
    pub(super) fn fingerprint(&self) -> Result<Vec<String>> {
        self.each("HOME/bench --state fingerprint")
    }

    /// Runs a script on each, and gives what it prints.
    pub(super) fn each(&self, script: &str) -> Result<Vec<String>> {
        self.at_once(|name| output(&mut on(name, script), within::USUAL))
    }

    /// What is done on each host, on all of them at once.
    fn at_once<T: Send>(&self, work: impl Fn(&str) -> Result<T> + Sync) -> Result<Vec<T>> {
        std::thread::scope(|scope| {
            let work = &work;
            let threads: Vec<_> = self.names.iter().map(|name| scope.spawn(move || work(name))).collect();
            let ended = threads.into_iter().zip(&self.names).map(|(thread, name)| {
                let done = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                done.with_context(|| name.clone())
            });
            ended.collect()
        })
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        if let Err(error) = output(&mut hosts("down"), within::LONG) {
            eprintln!("bench: hosts are left behind: {error:#}");
        }
    }
}

fn on(name: &str, script: &str) -> Command {
    let mut command = hosts("exec");
    command.args([name, "/bin/sh", "-c", &script.replace("HOME", HOME)]);
    command
}

fn hosts(verb: &str) -> Command {
    let process = std::process::id();
    let mut command = Command::new("python3");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/hosts/hosts")).arg(verb);
    // What the works install, and what Ansible wants to find.
    command.env("HOSTS_PKGS", "curl git tar gzip findutils python3 python3-apt");
    command.env("HOSTS_BRIDGE", format!("b{process:x}"));
    command.env("HOSTS_SUBNET", format!("10.{}.{}", 180 + (process >> 8) % 60, process % 256));
    command
}

fn output(command: &mut Command, limit: Duration) -> Result<String> {
    let output = within::output(command.stderr(Stdio::piped()), Vec::new(), limit)?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {}\n{complaint}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}
