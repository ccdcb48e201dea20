//! Floor 6: a machine that was set up by hand, read and written as a cookbook. Reading changes nothing there.

mod accounts;
mod alternatives;
mod asking;
mod attributes;
mod base;
mod captured;
mod captured_server;
mod captured_tree;
mod cookbook_files;
mod databases;
mod declaration;
mod difference;
mod dpkg;
mod environments;
mod file_resources;
mod files;
mod globals;
mod large_things;
pub mod left_out;
mod live;
mod machine;
mod mariadb;
mod mounts;
mod oddities;
mod openrc;
mod package_records;
mod portage;
mod postgresql;
mod recipes;
mod recorded;
mod repeated;
mod rpm;
pub mod rules;
pub mod scopes;
mod secret_text;
mod secret_words;
mod services;
mod sorted_accounts;
mod sorted_packages;
mod sorted_settings;
mod sorting;
mod template_text;

use asking::AskedMachine;
use globals::Globals;
use machine::Machine;
use rules::Rules;
use scopes::{ChosenScopes, DATABASES, GLOBALS};

use crate::model::error::Failure;
use crate::target::Target;

pub use captured::Capture;
pub use cookbook_files::PRUNE;
pub use declaration::CapturedResource;
pub use difference::CapturedDifference;
pub use files::PathDecision;
pub use live::live;
pub use recorded::read_recorded;

/// What to take of a machine.
#[derive(Debug, Default)]
pub struct CaptureChoice {
    /// What to leave out, and what to take all the same.
    pub rules: Rules,
    /// Kinds of things.
    pub scopes: ChosenScopes,
    /// What another machine has, and what is left out therefore.
    pub base: Option<Vec<CapturedResource>>,
}

/// Captures a machine.
///
/// # Errors
/// The target was lost, or has no package database that can be read.
pub fn capture(target: &mut dyn Target, choice: &CaptureChoice) -> Result<Capture, Failure> {
    let rules = &choice.rules;
    let mut asked = AskedMachine::new(target);
    let mut machine = Machine::read(&mut asked, rules)?;
    machine.units.retain(|unit| match rules.of_service(&unit.name) {
        Some(rule) if !rule.takes => {
            asked.unread.push(format!("`{}` is left out by the rule at {}", unit.name, rule.place));
            false
        }
        _ => true,
    });
    if !choice.scopes.has(DATABASES) {
        machine.databases.clear();
    }
    if !choice.scopes.has(GLOBALS) {
        machine.globals = Globals::default();
    }
    let mut capture = sorting::sort(&machine, rules);
    capture.take_only(&|resource| choice.scopes.take(resource));
    if let Some(base) = &choice.base {
        capture.leave_base(base, &machine);
    }
    capture.note_what_is_odd(&machine);
    capture.notes.extend(asked.unread);
    capture.decisions = machine.found.decisions;
    Ok(capture)
}
