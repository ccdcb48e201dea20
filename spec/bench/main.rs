//! What a run of chefrs costs, beside a shell script that does the same and a bare loop over the files: ratios, measured
//! in turns within one run. `cargo bench` measures all of this machine, `cargo bench -- mixed` what has `mixed` in its name,
//! `cargo bench -- ssh` the way to other machines, and `cargo bench -- memory` what many of them take on this side.
//! `BENCH_BEFORE=FILE cargo bench` measures another chefrs beside this one.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program whose output is a table")]
#![expect(clippy::disallowed_methods, reason = "a person sits before it, and sees what it waits for")]

mod floor;
mod machine;
mod measure;
mod rounds;
mod ssh;
mod state;
mod table;
mod within;
mod work;

use std::process::ExitCode;

use anyhow::Result;

/// Modes in which the program starts itself; anything else on the command line is part of a name.
const INSIDE: &str = "--inside";
const MEASURE: &str = "--measure";
const FLOOR: &str = "--floor";
const FLOOR_MISSING: &str = "--floor-missing";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(words: &[String]) -> Result<()> {
    let (mode, rest) = match words.split_first() {
        Some((mode, rest)) => (mode.as_str(), rest),
        None => ("", words),
    };
    match mode {
        FLOOR => floor::read_all(rest),
        FLOOR_MISSING => floor::miss_all(rest),
        MEASURE => measure::and_say(rest),
        INSIDE => rounds::all(&selected(rest)?),
        ssh::STATE => ssh::there(rest),
        _ => start(words),
    }
}

/// What a person asks for; what begins with a dash is meant for other harnesses (`--bench`).
fn start(words: &[String]) -> Result<()> {
    let names: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    match names.split_first() {
        Some((first, rest)) if let Some(course) = ssh::course(first) => ssh::run(course, rest),
        Some((&"memory", rest)) => ssh::memory(rest),
        _ => machine::run(&chosen(&names)?),
    }
}

/// The works that have one of these in their name.
fn chosen(parts: &[&str]) -> Result<Vec<String>> {
    let all = work::all();
    let chosen: Vec<String> = all
        .iter()
        .map(|work| work.name.to_owned())
        .filter(|name| parts.is_empty() || parts.iter().any(|part| name.contains(part)))
        .collect();
    if chosen.is_empty() {
        let known: Vec<&str> = all.iter().map(|work| work.name).collect();
        anyhow::bail!("nothing is called so; there are {}", known.join(", "));
    }
    Ok(chosen)
}

fn selected(names: &[String]) -> Result<Vec<work::Work>> {
    let chosen: Vec<work::Work> =
        work::all().into_iter().filter(|work| names.iter().any(|name| name == work.name)).collect();
    anyhow::ensure!(!chosen.is_empty(), "nothing to measure");
    Ok(chosen)
}
