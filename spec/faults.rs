//! Bad input and bad luck: what is there stays whole, and a stranger understands what is told.

use crate::cli::program::timeless;
use crate::throwaway::{Throwaway, machine};

mod asked;
mod commands;
mod interrupts;
mod packages;
mod paths;
mod people;
mod surroundings;

/// A throw-away machine with a project in `/project`, or nothing where there can't be one.
fn project(name: &str, recipes: &[(&str, &str)]) -> Option<Throwaway> {
    let machine = machine(name)?;
    for (recipe, text) in recipes {
        machine.file(&format!("/project/recipes/{recipe}.lua"), text);
    }
    Some(machine)
}

/// Runs a script in the project; both streams of all that it calls, without times.
fn told(machine: &Throwaway, script: &str) -> String {
    let output = machine.script(&format!("exec 2>&1; cd /project; {script}"));
    timeless(&String::from_utf8(output.stdout).unwrap())
}
