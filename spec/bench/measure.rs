//! One run of a program: wall time, processor time, peak memory.
//!
//! The kernel adds up what a process' children used, and keeps the peak of the largest. So each run is measured by a
//! small process of its own, whose only child it is.

use std::fs::File;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

use crate::within;
use crate::work::Program;

/// Where a measured program's output goes.
pub(crate) const LOG: &str = "/var/tmp/bench.log";

/// What one run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// From before the start to after the end.
    pub(crate) wall: Duration,
    /// User and system, of the program and all that it started and waited for.
    pub(crate) cpu: Duration,
    /// Peak resident memory of the largest single process, in KiB. Can't read below the measuring process itself.
    pub(crate) peak_kib: u64,
}

/// Runs a program in a measuring process and reads what that says.
///
/// # Errors
/// The program failed; its output is in the error.
pub(crate) fn run(program: &Program) -> Result<Sample> {
    run_in(&program.argv, &program.environment, program.code)
}

/// The same for what is no program of the works.
///
/// # Errors
/// The program failed; its output is in the error.
pub(crate) fn run_in(argv: &[String], environment: &[(String, String)], code: i32) -> Result<Sample> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .arg(crate::MEASURE)
        .arg(code.to_string())
        .args(argv)
        .env_clear()
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .env("HOME", "/root")
        .env("LANG", "C.UTF-8")
        .env("NO_COLOR", "1")
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stderr(Stdio::inherit());
    let said = || std::fs::read_to_string(LOG).unwrap_or_default();
    let output = within::output(&mut command, Vec::new(), within::USUAL)
        .with_context(|| format!("`{}` said:\n{}", argv.join(" "), said()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        anyhow::bail!("`{}` failed:\n{}", argv.join(" "), said());
    }
    let numbers: Vec<u64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    let [wall, cpu, peak_kib] = numbers.as_slice() else { anyhow::bail!("no numbers: {text}") };
    Ok(Sample { wall: Duration::from_nanos(*wall), cpu: Duration::from_micros(*cpu), peak_kib: *peak_kib })
}

/// The measuring process: takes the exit code that is wanted, runs the further arguments, then says nanoseconds, microseconds of processor time, and peak KiB.
pub(crate) fn and_say(words: &[String]) -> Result<()> {
    let [code, program, arguments @ ..] = words else { anyhow::bail!("nothing to run") };
    let code: i32 = code.parse()?;
    let log = File::create(LOG)?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(log.try_clone()?).stdout(log);
    let begin = Instant::now();
    let status = command.status().with_context(|| program.clone())?;
    let wall = begin.elapsed().as_nanos();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    anyhow::ensure!(status.code() == Some(code), "{status}");
    println!("{wall} {cpu} {}", usage.max_rss());
    Ok(())
}
