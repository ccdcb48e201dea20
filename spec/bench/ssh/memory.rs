//! The memory that a run over many hosts takes on this side: what one host takes, and what each further one adds.

use anyhow::{Context, Result, ensure};

use super::lab::Lab;
use super::program::{Bench, Kind};
use crate::measure::Sample;
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
        let program = bench.program(Kind::Chefrs, &work);
        within::say(&format!("a run over {}, {} times", super::count(count), ROUNDS + 1));
        bench.measure(&program)?;
        let samples: Vec<Sample> = (0..ROUNDS).map(|_| bench.measure(&program)).collect::<Result<_>>()?;
        table::beside(&format!("memory, {}", super::count(count)), &[(program.name, &samples)]);
        peaks.push((count, samples.iter().map(|sample| sample.peak_kib).max().unwrap_or_default()));
    }
    table::memory(&peaks);
    Ok(())
}
