//! The same works over ssh, on real hosts: chefrs beside `ssh host true`, a script that is piped into `ssh`, pyinfra, and
//! Ansible with Mitogen. `cargo bench -- ssh`, `ssh-80ms`, `ssh-10x`, `ssh-10x-80ms`: hosts, and the round trip.
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
    let mut runs: Vec<Runs> = [Kind::Chefrs, Kind::Script, Kind::Pyinfra, Kind::Mitogen]
        .into_iter()
        .filter(|kind| bench.has(*kind, work))
        .map(|kind| Runs { program: bench.program(kind, work), samples: Vec::new() })
        .collect();
    // Each makes the state from nothing, then finds it as it left it.
    let mut first: Vec<Runs> = Vec::new();
    for run in &mut runs {
        let mut from_nothing = Runs { program: run.program.clone(), samples: Vec::new() };
        let (firsts, agains) = run.program.kind.rounds();
        let name = run.program.name;
        for round in 1..=firsts {
            within::say(&format!("{}: {name} from nothing, {round} of {firsts}", work.name));
            lab.reset()?;
            from_nothing.samples.push(bench.measure(&run.program)?);
            lab.check(work.name).with_context(|| run.program.name)?;
        }
        // What a tool settles after its first run is no part of what it costs from then on.
        bench.measure(&run.program)?;
        let before = lab.fingerprint()?;
        within::say(&format!("{}: {name} with nothing to change, {agains} times", work.name));
        for _ in 0..agains {
            run.samples.push(bench.measure(&run.program)?);
        }
        ensure!(
            before == lab.fingerprint()?,
            "{} changed something where nothing was to do",
            run.program.name
        );
        first.push(from_nothing);
    }
    within::say(&format!("{}: {}", work.name, bench.program(Kind::True, work).name));
    let mut floor = Runs { program: bench.program(Kind::True, work), samples: Vec::new() };
    for _ in 0..Kind::True.rounds().1 {
        floor.samples.push(bench.measure(&floor.program)?);
    }
    runs.insert(1, floor.clone());
    first.insert(1, floor);
    table::beside(&format!("{}, nothing to change", work.title), &rows(&runs));
    let (sent, received, turns) = bench.traffic(work)?;
    println!("  on the wire, each host: {sent} bytes sent, {received} received, {turns} round trips at most");
    table::beside(&format!("{}, from nothing", work.title), &rows(&first));
    Ok(())
}

fn rows(runs: &[Runs]) -> Vec<(&'static str, &[Sample])> {
    runs.iter().map(|run| (run.program.name, run.samples.as_slice())).collect()
}

impl Bench {
    /// One run of a program.
    fn measure(&self, program: &Program) -> Result<Sample> {
        measure::run_in(&program.argv, &self.environment, 0).with_context(|| program.name)
    }

    /// What a run with nothing to change costs on the wire: bytes sent, bytes received, round trips.
    fn traffic(&self, work: &Work) -> Result<(u64, u64, u64)> {
        let mut argv = self.program(Kind::Chefrs, work).argv;
        argv.extend(["--format".into(), "json".into()]);
        let mut command = Command::new(&argv[0]);
        command.args(&argv[1..]).envs(self.environment.iter().map(|(name, value)| (name, value)));
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
