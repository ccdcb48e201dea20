//! The table: times of each program, chefrs' ratio to each other one, and whether the goal is met.

use std::time::Duration;

use crate::measure::Sample;
use crate::rounds::Runs;
use crate::work::{Goal, Limit, Work};

/// Largest peak memory of chefrs, in MB.
const PEAK: f64 = 20.0;
/// Largest growth of it by a further host, in MB.
const FURTHER: f64 = 1.0;
/// Largest executable, in bytes.
const SIZE: u64 = 16 * 1024 * 1024;

/// The executable, and the columns.
pub(crate) fn head(size: u64) {
    let tenths = size * 10 / (1024 * 1024);
    println!(
        "chefrs: {}.{} MiB on disk    goal: under 16 MiB, static: {}",
        tenths / 10,
        tenths % 10,
        verdict(size < SIZE)
    );
    columns();
}

/// The columns.
pub(crate) fn columns() {
    println!(
        "\n{:<34}{:>5}{:>12}{:>12}{:>12}{:>10}  chefrs takes (by median, by least)",
        "", "runs", "median", "least", "cpu", "peak"
    );
}

/// One work of several programs; the first is chefrs, and each other one's ratio to it follows.
pub(crate) fn beside(title: &str, programs: &[(&'static str, &[Sample])]) {
    println!("\n{title}");
    let Some(((name, samples), others)) = programs.split_first() else { return };
    let own = Figures::of(samples);
    own.line(name, samples.len(), "");
    for (name, samples) in others {
        let figures = Figures::of(samples);
        let words = format!("{:.2}x, {:.2}x", own.median / figures.median, own.least / figures.least);
        figures.line(name, samples.len(), &words);
    }
}

/// Peaks by number of hosts: the first against the goal for one host, the others for what each further host adds.
pub(crate) fn memory(peaks: &[(usize, u64)]) {
    let Some(((least, base), others)) = peaks.split_first() else { return };
    println!();
    if *least == 1 {
        let peak = megabytes(*base);
        println!("  one host: {peak:.1} MB    goal: under {PEAK:.0} MB: {}", verdict(peak < PEAK));
    }
    for (count, peak) in others.iter().filter(|(count, _)| count > least) {
        let further = f64::from(u32::try_from(count - least).unwrap_or(u32::MAX));
        let each = megabytes(peak.saturating_sub(*base)) / further;
        println!(
            "  {count} hosts: {each:.2} MB for each further host    goal: under {FURTHER:.0} MB: {}",
            verdict(each < FURTHER)
        );
    }
}

/// One work in one phase.
pub(crate) fn part(work: &Work, phase: &str, programs: &[Runs], goal: Option<Goal>) {
    println!("\n{}{phase}", work.title);
    let Some((chefrs, others)) = programs.split_first() else { return };
    let own = Figures::of(&chefrs.samples);
    let mut words = format!("goal: under {PEAK:.0} MB: {}", verdict(own.peak < PEAK));
    if let Some(Goal { limit: Limit::Milliseconds(limit), words: wanted }) = goal {
        words = format!("{words}    goal: {wanted}: {}", verdict(own.median <= limit));
    }
    own.line(chefrs.program.name, chefrs.samples.len(), &words);
    for Runs { program, samples } in others {
        let figures = Figures::of(samples);
        let ratio = own.median / figures.median;
        let mut words = format!("{ratio:.2}x, {:.2}x", own.least / figures.least);
        if let Some(Goal { limit: Limit::Times(against, limit), words: wanted }) = goal
            && Some(against) == program.against
        {
            words = format!("{words}    goal: {wanted} (at most {limit:.2}x): {}", verdict(ratio <= limit));
        }
        figures.line(program.name, samples.len(), &words);
    }
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "NOT MET" }
}

/// What a program's runs come to: milliseconds, and MB.
struct Figures {
    median: f64,
    least: f64,
    cpu: f64,
    peak: f64,
}

impl Figures {
    fn of(samples: &[Sample]) -> Self {
        let mut wall: Vec<Duration> = samples.iter().map(|sample| sample.wall).collect();
        let mut cpu: Vec<Duration> = samples.iter().map(|sample| sample.cpu).collect();
        let peak = samples.iter().map(|sample| sample.peak_kib).max().unwrap_or_default();
        wall.sort_unstable();
        cpu.sort_unstable();
        Self {
            median: milliseconds(&wall, wall.len() / 2),
            least: milliseconds(&wall, 0),
            cpu: milliseconds(&cpu, cpu.len() / 2),
            peak: megabytes(peak),
        }
    }

    fn line(&self, name: &str, runs: usize, words: &str) {
        println!(
            "  {:<32}{:>5}{:>9.2} ms{:>9.2} ms{:>9.2} ms{:>7.1} MB  {words}",
            name, runs, self.median, self.least, self.cpu, self.peak
        );
    }
}

fn megabytes(kib: u64) -> f64 {
    f64::from(u32::try_from(kib).unwrap_or(u32::MAX)) * 1024.0 / 1e6
}

fn milliseconds(sorted: &[Duration], at: usize) -> f64 {
    sorted.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}
