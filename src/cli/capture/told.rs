//! A capture, or the difference of two, as the events of a plan: so all forms of reports tell it.

use crate::capture::{CapturedDifference, CapturedResource};
use crate::cli::early_end::EarlyEnd;
use crate::cli::report_file::ReportFile;
use crate::locked_run;
use crate::model::ending::Ending;
use crate::model::error::Location;
use crate::model::event::{Counts, Event, Mode, Outcome, ResourceRef, SCHEMA};
use crate::model::exit::Exit;
use crate::model::fleet::{FleetEvent, Stage, TargetEvent, TargetOutcome};
use crate::provider::diff::unified;
use crate::report::Reporter as _;
use crate::report::outlet::Outlet;

/// A resource in a report: what would be done, and how.
pub(super) struct ToldResource {
    id: String,
    summary: String,
    diff: Option<String>,
}

/// What a capture has, as on a machine that has nothing of it.
pub(super) fn of_capture<'c>(resources: impl Iterator<Item = &'c CapturedResource>) -> Vec<ToldResource> {
    resources.map(|resource| told("create", None, Some(resource))).collect()
}

/// What makes the first machine like the second.
pub(super) fn of_difference(difference: &CapturedDifference) -> Vec<ToldResource> {
    let removed = difference.removed.iter().map(|resource| told("remove", Some(resource), None));
    let added = difference.added.iter().map(|resource| told("create", None, Some(resource)));
    let changed = difference.changed.iter().map(|(old, new)| told("change", Some(old), Some(new)));
    removed.chain(added).chain(changed).collect()
}

fn told(summary: &str, old: Option<&CapturedResource>, new: Option<&CapturedResource>) -> ToldResource {
    let text = |resource: Option<&CapturedResource>| resource.map_or(String::new(), whole);
    let id = new.or(old).map_or(String::new(), CapturedResource::id);
    ToldResource { id, summary: summary.to_owned(), diff: unified(&text(old), &text(new)) }
}

/// The declaration with the text of its files.
pub(super) fn whole(declaration: &CapturedResource) -> String {
    let plain = CapturedResource { evidence: Vec::new(), ..declaration.clone() };
    let texts = declaration.files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    std::iter::once(plain.lua()).chain(texts).collect()
}

/// Writes the reports that were asked for. `name` is what is told of, and `target` the machine.
pub(super) fn write(
    files: &[ReportFile],
    name: &str,
    target: &str,
    resources: &[ToldResource],
) -> Result<(), EarlyEnd> {
    for file in files {
        let begun = locked_run::now();
        let mut report = file.open(|file| Outlet { begun, ..Outlet::plain(file) })?;
        for event in events(name, target, resources) {
            report.event(&FleetEvent::Target(TargetEvent {
                target: target.to_owned(),
                event: Box::new(event),
            }));
        }
        report.event(&FleetEvent::Stage(Stage::TargetFinished(Box::new(ending(target, resources.len())))));
        report.finish()?;
    }
    Ok(())
}

fn events(name: &str, target: &str, resources: &[ToldResource]) -> Vec<Event> {
    let mut events = vec![Event::RunStarted {
        schema: SCHEMA,
        mode: Mode::Plan,
        target: target.to_owned(),
        run_list: vec![name.to_owned()],
        resources: resources.len(),
        run: String::new(),
        via: None,
    }];
    for (row, told) in resources.iter().enumerate() {
        let resource = ResourceRef {
            row,
            id: told.id.clone(),
            location: Location::new(name, 0),
            within: Vec::new(),
            cookbook: String::new(),
            asked_by: String::new(),
            position: row + 1,
        };
        let action = told.summary.clone();
        events.extend([
            Event::ActionStarted { resource: resource.clone(), action: action.clone(), notified_by: None },
            Event::Change {
                resource: resource.clone(),
                summary: told.summary.clone(),
                diff: told.diff.clone(),
                may: false,
                details_until: None,
                withheld: false,
            },
            Event::ActionFinished { resource, action, outcome: Outcome::Updated, milliseconds: 0 },
        ]);
    }
    events
}

fn ending(target: &str, changes: usize) -> TargetOutcome {
    let (outcome, exit) = match changes {
        0 => (Ending::NothingToDo, Exit::Success),
        _ => (Ending::Changes, Exit::Changes),
    };
    TargetOutcome {
        target: target.to_owned(),
        outcome,
        exit: Some(exit as u8),
        counts: Some(Counts { updated: changes, ..Counts::default() }),
        milliseconds: 0,
        resource: None,
        failure: None,
        findings: Vec::new(),
    }
}
