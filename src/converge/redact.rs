//! Secrets never leave: every text of every event goes through here.

use std::collections::BTreeMap;

use crate::model::error::Failure;
use crate::model::event::{Event, Outcome};

/// What stands in for a secret.
const STARS: &str = "********";

/// Shortest value that is masked; shorter ones would tear ordinary text apart.
const SHORTEST: usize = 4;

/// Masks the values of secrets.
#[derive(Debug, Default)]
pub(super) struct Redactor {
    values: Vec<String>,
}

impl Redactor {
    pub(super) fn new(secrets: &BTreeMap<String, String>) -> Self {
        let mut values: Vec<String> = secrets
            .values()
            .flat_map(|value| value.lines().map(str::to_owned))
            .filter(|line| line.len() >= SHORTEST)
            .collect();
        // Longest first, so that no secret is left standing by one that is part of it.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.dedup();
        Self { values }
    }

    /// The event as the world may see it.
    pub(super) fn event(&self, mut event: Event) -> Event {
        if self.values.is_empty() {
            return event;
        }
        match &mut event {
            Event::Change { summary, diff, .. } => {
                self.text(summary);
                if let Some(diff) = diff {
                    self.text(diff);
                }
            }
            Event::Output { line, .. } => self.text(line),
            Event::Waiting { message, .. } => self.text(message),
            Event::Restart { reason, .. } => self.text(reason),
            Event::Retry { failure, .. } => self.failure(failure),
            Event::ActionFinished {
                outcome: Outcome::Failed { failure, .. } | Outcome::Unknown { failure: Some(failure), .. },
                ..
            } => self.failure(failure),
            Event::ActionFinished { outcome: Outcome::Skipped { reason }, .. } => self.text(reason),
            Event::RunFinished { failures, .. } => {
                for (_, failure) in failures {
                    self.failure(failure);
                }
            }
            _ => {}
        }
        event
    }

    fn failure(&self, failure: &mut Failure) {
        self.text(&mut failure.message);
        failure.details.iter_mut().chain(&mut failure.hints).for_each(|text| self.text(text));
        if let Some(command) = &mut failure.command {
            command.argv.iter_mut().chain(&mut command.output).for_each(|text| self.text(text));
        }
    }

    fn text(&self, text: &mut String) {
        for value in &self.values {
            if text.contains(value.as_str()) {
                *text = text.replace(value.as_str(), STARS);
            }
        }
    }
}

/// A failure of a sensitive resource: what happened, without the command and its words.
pub(super) fn sensitive(failure: &Failure) -> Failure {
    Failure {
        kind: failure.kind,
        message: match &failure.command {
            None => failure.message.clone(),
            Some(_) => "its command failed".to_owned(),
        },
        command: None,
        details: failure.command.iter().filter_map(|command| command.status.clone()).collect(),
        hints: match &failure.command {
            None => failure.hints.clone(),
            Some(_) => {
                vec!["the resource is sensitive, so its command and output are not shown".to_owned()]
            }
        },
    }
}
