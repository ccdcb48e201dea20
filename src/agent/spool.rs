//! The messages of a run in its file: one line of JSON each, limited in size.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::english::count;
use crate::model::error::Failure;
use crate::model::event::{Event, Outcome};
use crate::model::message::FromAgent;
use crate::target::local::runs::RunFile;

/// Size in bytes from which output and diffs are dropped. Everything else is limited by the collection.
const LIMIT: u64 = 16 << 20;

/// Bytes that stay reserved for the last messages, in case the disk fills up.
const LAST_WORDS: u64 = 64 << 10;

/// The file of a run.
#[derive(Debug)]
pub(super) struct Spool(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    words: RunFile,
    /// Messages that could not be written since the last success.
    lost: usize,
    /// Whether something was dropped because of the limit.
    shortened: bool,
}

impl Spool {
    /// Continues at the end of the file.
    pub(super) fn over(words: RunFile) -> Self {
        Self(Mutex::new(Kept { words, lost: 0, shortened: false }))
    }

    /// Writes a message. A full disk must not block the run, so messages that can't be written are counted instead.
    pub(super) fn say(&self, message: FromAgent) {
        let mut kept = self.kept();
        if let Some(message) = kept.bounded(message) {
            kept.say(&message);
        }
    }

    /// Writes a note for the user.
    pub(super) fn note(&self, words: &str) {
        self.say(note(words));
    }

    /// Ends the file.
    pub(super) fn finish(&self) {
        self.kept().words.trim();
    }

    /// Syncs the file, so that it survives a restart of the machine.
    ///
    /// # Errors
    /// The disk reported an error.
    pub(super) fn keep(&self) -> Result<(), Failure> {
        self.kept().words.keep().map_err(|error| {
            Failure::new(format!("the machine is not restarted: what the run said can't be kept: {error}"))
        })
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn say(&mut self, message: &FromAgent) {
        if self.lost > 0 {
            let words =
                format!("{} of this run could not be kept on the machine", count(self.lost, "message"));
            if self.write(&note(&words)).is_ok() {
                self.lost = 0;
            }
        }
        if self.write(message).is_err() {
            self.lost += 1;
        }
    }

    fn write(&mut self, message: &FromAgent) -> io::Result<()> {
        self.words.add(&serde_json::to_string(message)?)
    }

    /// Shortens or drops a message that is too large.
    fn bounded(&mut self, message: FromAgent) -> Option<FromAgent> {
        if self.words.reserve(LAST_WORDS).is_err() && !is_needed(&message) {
            self.lost += 1;
            return None;
        }
        if self.words.length() < LIMIT {
            return Some(message);
        }
        let left = match message {
            FromAgent::Event(event) => match *event {
                Event::Output { .. } => None,
                Event::Change { resource, summary, diff: Some(_), may, details_until, withheld } => {
                    Some(FromAgent::Event(Box::new(Event::Change {
                        resource,
                        summary,
                        diff: None,
                        may,
                        details_until,
                        withheld,
                    })))
                }
                event => return Some(FromAgent::Event(Box::new(event))),
            },
            message => return Some(message),
        };
        if !std::mem::replace(&mut self.shortened, true) {
            let words = "this run has very much output: command output and diffs are left out from here on";
            self.say(&note(words));
        }
        left
    }
}

fn note(words: &str) -> FromAgent {
    FromAgent::Event(Box::new(Event::Note { text: words.to_owned() }))
}

/// Whether the report would be misleading without this message.
fn is_needed(message: &FromAgent) -> bool {
    match message {
        FromAgent::Event(event) => match event.as_ref() {
            Event::RunStarted { .. }
            | Event::RunFinished { .. }
            | Event::Warning { .. }
            | Event::Note { .. } => true,
            Event::ActionFinished { outcome, .. } => matches!(outcome, Outcome::Failed { .. }),
            _ => false,
        },
        _ => true,
    }
}
