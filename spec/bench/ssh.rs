//! The same works over ssh, on real hosts: chefrs beside `ssh host true`, a script that is piped into `ssh`, pyinfra, and
//! Ansible with Mitogen. `cargo bench -- ssh`, `ssh-80ms`, `ssh-10x`, `ssh-10x-80ms`: hosts, and the round trip. Names of
//! works may follow. `BENCH_BEFORE=FILE` measures another chefrs in turns with this one, here and in `memory`.
//!
//! The peers are measured where `BENCH_PEERS` names a directory with `pyinfra/bin/pyinfra` and
//! `ansible-mitogen/bin/ansible-playbook`, as `python3 -m venv` and `pip install pyinfra`, `ansible-core mitogen` make it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::measure::{self, Sample};
use crate::table;
use crate::within;
use crate::work::{self, HOME, Work};

mod lab;
mod memory;
mod program;

use lab::Lab;
pub(crate) use memory::run as memory;
use program::{Bench, Kind, Program};

/// Works that are measured over ssh.
const WORKS: [&str; 3] = ["one-file", "mixed", "files-2000"];

/// Hosts and round trip of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Course {
    /// Number of hosts.
    hosts: usize,
    /// Milliseconds of a round trip that are added.
    delay: u32,
}

/// Reads `ssh`, `ssh-10x`, `ssh-80ms`, `ssh-10x-80ms`.
pub(crate) fn course(name: &str) -> Option<Course> {
    let mut parts = name.split('-');
    if parts.next() != Some("ssh") {
        return None;
    }
    let mut course = Course { hosts: 1, delay: 0 };
    for part in parts {
        if let Some(hosts) = part.strip_suffix('x') {
            course.hosts = hosts.parse().ok().filter(|hosts| (1..=100).contains(hosts))?;
        } else {
            course.delay = part.strip_suffix("ms")?.parse().ok()?;
        }
    }
    Some(course)
}

/// One program's runs.
#[derive(Debug, Clone)]
struct Runs {
    program: Program,
    samples: Vec<Sample>,
}

impl Runs {
    fn new(program: Program) -> Self {
        Self { program, samples: Vec::new() }
    }

    /// Of those of these kinds that are here.
    fn of(bench: &Bench, work: &Work, kinds: &[Kind]) -> Vec<Self> {
        let here = kinds.iter().filter(|kind| bench.has(**kind, work));
        here.map(|kind| Self::new(bench.program(*kind, work))).collect()
    }

    /// Peak memory of each run, in KiB.
    fn peaks(&self) -> impl Iterator<Item = u64> {
        self.samples.iter().map(|sample| sample.peak_kib)
    }
}

/// Measures the works on fresh hosts; names after the course choose among works.
///
/// # Errors
/// No hosts can be had here, or a program failed or did not make the state that it was to make.
pub(crate) fn run(course: Course, names: &[&str]) -> Result<()> {
    ensure!(nix::unistd::geteuid().is_root(), "it needs root, for hosts in namespaces of this machine");
    let works: Vec<Work> = work::all()
        .into_iter()
        .filter(|work| WORKS.contains(&work.name))
        .filter(|work| names.is_empty() || names.iter().any(|name| work.name.contains(name)))
        .collect();
    ensure!(!works.is_empty(), "over ssh there are {}", WORKS.join(", "));
    let folder = tempfile::tempdir()?;
    let lab = Lab::up(course.hosts)?;
    lab.furnish()?;
    if course.delay > 0 {
        lab.delay(course.delay)?;
    }
    let bench = Bench::new(folder.path(), &lab)?;
    println!("\n{} by ssh, {} ms of round trip added", count(course.hosts), course.delay);
    table::columns();
    for work in &works {
        measure(work, &bench, &lab).with_context(|| work.name)?;
    }
    Ok(())
}

fn count(hosts: usize) -> String {
    if hosts == 1 { "one host".into() } else { format!("{hosts} hosts") }
}

fn measure(work: &Work, bench: &Bench, lab: &Lab) -> Result<()> {
    // What is quick takes turns, so that whatever drifts on the machine drifts for all of them.
    let turns =
        [&[Kind::Chefrs, Kind::Before, Kind::True, Kind::Script][..], &[Kind::Pyinfra], &[Kind::Mitogen]];
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for kinds in turns {
        let mut runs = Runs::of(bench, work, kinds);
        again.extend(in_turn(work, lab, &mut runs)?);
        first.extend(runs);
    }
    table::beside(&format!("{}, nothing to change", work.title), &rows(&again));
    let (sent, received, turns) = bench.traffic(work)?;
    println!("  on the wire, each host: {sent} bytes sent, {received} received, {turns} round trips at most");
    table::beside(&format!("{}, from nothing", work.title), &rows(&first));
    Ok(())
}

/// Programs in turn: each makes the state from nothing, which `first` takes down; then each finds it as it was left,
/// which is given back.
fn in_turn(work: &Work, lab: &Lab, first: &mut [Runs]) -> Result<Vec<Runs>> {
    let Some((firsts, agains)) = first.first().map(|run| run.program.kind.rounds()) else {
        return Ok(Vec::new());
    };
    let names: Vec<&str> = first.iter().map(|run| run.program.name).collect();
    let names = names.join(", ");
    // How the agent comes to the host is no part of what a run costs.
    for run in first.iter().filter(|run| run.program.kind.is_chefrs()) {
        lab.reset()?;
        run.program.measure()?;
    }
    for round in 1..=firsts {
        within::say(&format!("{}: from nothing, {round} of {firsts}: {names}", work.name));
        for run in first.iter_mut() {
            if run.program.kind != Kind::True {
                lab.reset()?;
            }
            run.samples.push(run.program.measure()?);
            lab.check(work.name).with_context(|| run.program.name)?;
        }
    }
    // What a tool settles after its first run is no part of what it costs from then on.
    for run in first.iter() {
        run.program.measure()?;
    }
    let before = lab.fingerprint()?;
    let mut again: Vec<Runs> = first.iter().map(|run| Runs::new(run.program.clone())).collect();
    for round in 1..=agains {
        within::say(&format!("{}: nothing to change, {round} of {agains}: {names}", work.name));
        for run in &mut again {
            run.samples.push(run.program.measure()?);
        }
    }
    ensure!(before == lab.fingerprint()?, "one of {names} changed something where nothing was to do");
    Ok(again)
}

fn rows(runs: &[Runs]) -> Vec<(&'static str, &[Sample])> {
    runs.iter().map(|run| (run.program.name, run.samples.as_slice())).collect()
}

impl Program {
    /// One run.
    fn measure(&self) -> Result<Sample> {
        measure::run_in(&self.argv, &self.environment, 0).with_context(|| self.name)
    }
}

impl Bench {
    /// What a run with nothing to change costs on the wire: bytes sent, bytes received, round trips.
    fn traffic(&self, work: &Work) -> Result<(u64, u64, u64)> {
        let Program { argv, environment, .. } = self.program(Kind::Chefrs, work);
        let mut command = Command::new(&argv[0]);
        command.args(&argv[1..]).args(["--format", "json"]);
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        let output = within::output(&mut command, Vec::new(), within::USUAL)?;
        let text = String::from_utf8_lossy(&output.stdout);
        let event = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .find(|event| event["event"] == "traffic");
        let Some(event) = event else { bail!("no traffic was told:\n{text}") };
        let number = |key: &str| event[key].as_u64().with_context(|| key.to_owned());
        Ok((number("sent")?, number("received")?, number("turns")?))
    }
}

/// Where the sources of recipes, scripts and peers lie.
fn sources() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/spec/bench"))
}

/// Copies the recipes to where the local works have them too.
fn project(folder: &Path) -> Result<()> {
    for part in ["recipes", "templates"] {
        fs::create_dir_all(folder.join(part))?;
        for entry in fs::read_dir(sources().join(part))? {
            let entry = entry?;
            fs::copy(entry.path(), folder.join(part).join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Mode of this program in which it works on the host that it was copied to.
pub(crate) const STATE: &str = "--state";

/// The host's side: makes the services, takes the state away, checks it, or tells its fingerprint.
///
/// # Errors
/// The state is not what it shall be.
pub(crate) fn there(words: &[String]) -> Result<()> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["furnish"] => crate::machine::services(Path::new("/")),
        ["reset"] => crate::state::reset(),
        ["check", name] => {
            let work = work::all().into_iter().find(|work| work.name == *name);
            crate::state::check(work.with_context(|| format!("no work {name}"))?.state)
        }
        ["fingerprint"] => {
            crate::state::fingerprint()?.into_iter().for_each(|mark| println!("{mark:?}"));
            Ok(())
        }
        _ => bail!("not one of furnish, reset, check WORK, fingerprint; the rest lies in {HOME}"),
    }
}
