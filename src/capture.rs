//! Floor 6: a machine that was set up by hand, read and written as a cookbook. Reading changes nothing there.

mod accounts;
mod asking;
mod captured;
mod captured_tree;
mod cookbook_files;
mod databases;
mod declaration;
mod difference;
mod dpkg;
mod environments;
mod file_resources;
mod files;
mod large_things;
pub mod left_out;
mod live;
mod machine;
mod package_records;
mod recipes;
mod repeated;
pub mod rules;
mod secret_text;
mod services;
mod sorting;

use asking::AskedMachine;
use machine::Machine;
use rules::Rules;

use crate::model::error::Failure;
use crate::target::Target;

pub use captured::Capture;
pub use declaration::CapturedResource;
pub use difference::CapturedDifference;
pub use files::PathDecision;
pub use live::live;

/// Captures a machine.
///
/// # Errors
/// The target was lost, or has no package database that can be read.
pub fn capture(target: &mut dyn Target, rules: &Rules) -> Result<Capture, Failure> {
    let mut asked = AskedMachine::new(target);
    let mut machine = Machine::read(&mut asked, rules)?;
    machine.units.retain(|unit| match rules.of_service(&unit.name) {
        Some(rule) if !rule.takes => {
            asked.unread.push(format!("`{}` is left out by the rule at {}", unit.name, rule.place));
            false
        }
        _ => true,
    });
    let mut capture = sorting::sort(&machine, rules);
    capture.notes.extend(asked.unread);
    capture.decisions = machine.found.decisions;
    Ok(capture)
}
