//! The memory that a run over many hosts takes on this side: what one host takes, and what each further one adds.

use anyhow::{Context, Result, ensure};

use super::lab::Lab;
use super::program::{Bench, Kind};
use super::{Runs, rows};
use crate::within;
use crate::{table, work};

/// Numbers of hosts.
const HOSTS: [usize; 3] = [1, 10, 50];

/// Runs of each number, after one that brings everything to the hosts.
const ROUNDS: usize = 3;

/// Measures runs over so many hosts, or over 1, 10 and 50. Each is a host of its own.
///
/// # Errors
/// No hosts can be had here, or a run failed.
pub(crate) fn run(numbers: &[&str]) -> Result<()> {
    ensure!(nix::unistd::geteuid().is_root(), "it needs root, for hosts in namespaces of this machine");
    let numbers: Vec<usize> = numbers
        .iter()
        .map(|number| number.parse().ok().filter(|count| (1..=100).contains(count)))
        .collect::<Option<_>>()
        .context("the memory is measured for numbers of hosts, from 1 to 100")?;
    let numbers = if numbers.is_empty() { HOSTS.to_vec() } else { numbers };
    let most = numbers.iter().copied().max().unwrap_or_default();
    let work = work::all().into_iter().find(|work| work.name == "one-file").context("no work one-file")?;
    let folder = tempfile::tempdir()?;
    let lab = Lab::up(most)?;
    // All that the work takes for granted.
    lab.each("mkdir -p /srv/bench")?;
    table::columns();
    let mut peaks = Vec::new();
    for count in numbers {
        let bench = Bench::over(folder.path(), &lab, count)?;
        let mut runs = Runs::of(&bench, &work, &[Kind::Chefrs, Kind::Before]);
        within::say(&format!("a run over {}, {} times", super::count(count), ROUNDS + 1));
        for run in &runs {
            run.program.measure()?;
        }
        for _ in 0..ROUNDS {
            for run in &mut runs {
                run.samples.push(run.program.measure()?);
            }
        }
        table::beside(&format!("memory, {}", super::count(count)), &rows(&runs));
        let own = runs.iter().find(|run| run.program.kind == Kind::Chefrs);
        peaks.push((count, own.into_iter().flat_map(Runs::peaks).max().unwrap_or_default()));
    }
    table::memory(&peaks);
    Ok(())
}
