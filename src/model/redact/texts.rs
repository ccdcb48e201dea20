//! Lists the texts of an event that may contain a secret: all texts that are not written by chefrs alone.

use crate::model::error::{Diagnostic, Failure, Location};
use crate::model::event::{Event, Outcome, ResourceRef};
use crate::model::notification::Debt;

type EventTexts<'a> = Vec<&'a mut String>;

/// All texts of an event, in order. Texts from the target are included.
pub(super) fn of_event(event: &mut Event) -> EventTexts<'_> {
    let mut texts = EventTexts::new();
    match event {
        // The target's name and the run list come from the user and can't be secret.
        Event::RunStarted { run, via, .. } => {
            texts.push(run);
            texts.extend(via);
        }
        Event::Owed { debt } => of_debt(debt, &mut texts),
        Event::Warning { diagnostic } => of_diagnostic(diagnostic, &mut texts),
        Event::Note { text } => texts.push(text),
        Event::Message { location, text } => {
            of_location(location, &mut texts);
            texts.push(text);
        }
        Event::ActionStarted { resource, action, notified_by } => {
            of_resource(resource, &mut texts);
            texts.push(action);
            texts.extend(notified_by);
        }
        Event::Change { resource, summary, diff, details_until, .. } => {
            of_resource(resource, &mut texts);
            texts.push(summary);
            texts.extend(diff);
            texts.extend(details_until);
        }
        Event::Output { resource, line: text }
        | Event::Waiting { resource, message: text }
        | Event::Restart { resource, reason: text, .. } => {
            of_resource(resource, &mut texts);
            texts.push(text);
        }
        Event::Retry { resource, failure, .. } => {
            of_resource(resource, &mut texts);
            of_failure(failure, &mut texts);
        }
        Event::ActionFinished { resource, action, outcome, .. } => {
            of_resource(resource, &mut texts);
            texts.push(action);
            of_outcome(outcome, &mut texts);
        }
        Event::Notified { from, to, action, timing, .. } => texts.extend([from, to, action, timing]),
        Event::LeftOut { resources, by: reason } | Event::NotRun { resources, reason } => {
            texts.extend(resources);
            texts.push(reason);
        }
        Event::Traffic { unshared, .. } => texts.extend(unshared),
        Event::RunFinished { failures, .. } => {
            for (resource, failure) in failures {
                of_resource(resource, &mut texts);
                of_failure(failure, &mut texts);
            }
        }
    }
    texts
}

/// Adds all texts of a failure.
pub(super) fn of_failure<'a>(failure: &'a mut Failure, texts: &mut EventTexts<'a>) {
    texts.push(&mut failure.message);
    texts.extend(&mut failure.details);
    texts.extend(&mut failure.hints);
    if let Some(command) = &mut failure.command {
        texts.extend(&mut command.argv);
        texts.extend(&mut command.status);
        texts.extend(&mut command.output);
    }
}

fn of_outcome<'a>(outcome: &'a mut Outcome, texts: &mut EventTexts<'a>) {
    match outcome {
        Outcome::Updated | Outcome::UpToDate => {}
        Outcome::Skipped { reason } | Outcome::NotRun { reason } => texts.push(reason),
        Outcome::Unknown { until, failure } => {
            texts.push(until);
            if let Some(failure) = failure {
                of_failure(failure, texts);
            }
        }
        Outcome::Failed { failure, .. } => of_failure(failure, texts),
    }
}

fn of_diagnostic<'a>(diagnostic: &'a mut Diagnostic, texts: &mut EventTexts<'a>) {
    texts.push(&mut diagnostic.message);
    if let Some(location) = &mut diagnostic.location {
        of_location(location, texts);
    }
    texts.extend(&mut diagnostic.notes);
    texts.extend(&mut diagnostic.hints);
    texts.extend(&mut diagnostic.cause);
    texts.extend(&mut diagnostic.also);
}

fn of_location<'a>(location: &'a mut Location, texts: &mut EventTexts<'a>) {
    texts.extend([&mut location.file, &mut location.excerpt]);
}

fn of_resource<'a>(resource: &'a mut ResourceRef, texts: &mut EventTexts<'a>) {
    texts.push(&mut resource.id);
    of_location(&mut resource.location, texts);
    texts.extend(&mut resource.within);
}

fn of_debt<'a>(debt: &'a mut Debt, texts: &mut EventTexts<'a>) {
    texts.push(&mut debt.to);
    texts.extend(&mut debt.within);
    texts.extend([&mut debt.recipe, &mut debt.action, &mut debt.from, &mut debt.run]);
}
