//! `run` and `plan` on the machines that were chosen: one or several.

use crate::fleet::FleetHost;
use crate::model::exit::Exit;
use crate::report::Reporter;

use super::early_end::EarlyEnd;
use super::run_choices::{RunChoices, ToCompile};
use super::terminal::Terminal;
use super::{fleet, one_target};

/// Converges the machines, or plans to. Returns an error only if nothing was reported yet.
pub(super) fn on_hosts(
    choices: &RunChoices<'_>,
    hosts: &[FleetHost],
    work: &ToCompile<'_>,
    reporter: &mut (dyn Reporter + Send),
    terminal: &Terminal,
) -> Result<Result<Exit, EarlyEnd>, EarlyEnd> {
    match hosts {
        [only] if is_alone(choices, 1) => one_target::converge(choices, only, work, reporter, terminal),
        several => fleet::converge(choices, several, work, reporter, terminal),
    }
}

/// Whether the work on this many machines is reported without the frame of a fleet. The form of a stream must not
/// change when a group shrinks to one host.
pub(super) fn is_alone(choices: &RunChoices<'_>, hosts: usize) -> bool {
    let may_be_several = choices.place.may_be_several() || choices.failed_from.is_given();
    let of_many = may_be_several && choices.shared.reports().has_stream();
    // A question about a change must follow the report of it directly.
    hosts == 1 && (!of_many || choices.steps.is_some())
}
