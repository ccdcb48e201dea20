//! What a run says, written down: a line of JSON for each message, within bounds.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::sync::{Mutex, PoisonError};

use crate::model::english::count;
use crate::model::event::Event;
use crate::model::message::FromAgent;

/// Bytes from which on what commands print and diffs are left out. All else a run says is bounded by its collection.
const LIMIT: u64 = 16 << 20;

/// The words of a run.
#[derive(Debug)]
pub(super) struct Spool(Mutex<Words>);

#[derive(Debug)]
struct Words {
    file: File,
    /// Length of the file: it ends with a whole line.
    length: u64,
    /// Messages that could not be written since the last that could.
    lost: usize,
    /// Whether something was left out because it is too much.
    shortened: bool,
}

impl Spool {
    /// Goes on at the end of the file.
    pub(super) fn over(mut file: File) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self(Mutex::new(Words { file, length, lost: 0, shortened: false })))
    }

    /// Writes it down. A disk that is full must not hold up the run, so what can't be kept is counted instead.
    pub(super) fn say(&self, message: FromAgent) {
        let mut words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(message) = words.bounded(message) {
            words.say(&message);
        }
    }
}

impl Words {
    fn say(&mut self, message: &FromAgent) {
        if self.lost > 0 {
            let words =
                format!("{} of this run could not be kept on the machine", count(self.lost, "message"));
            if self.write(&FromAgent::Note(words)).is_ok() {
                self.lost = 0;
            }
        }
        if self.write(message).is_err() {
            self.lost += 1;
        }
    }

    fn write(&mut self, message: &FromAgent) -> io::Result<()> {
        let mut line = serde_json::to_vec(message)?;
        line.push(b'\n');
        match self.file.write_all(&line) {
            Ok(()) => {
                self.length += line.len() as u64;
                Ok(())
            }
            Err(error) => {
                // Half a line would spoil the next.
                self.file.set_len(self.length)?;
                self.file.seek(SeekFrom::Start(self.length))?;
                Err(error)
            }
        }
    }

    /// The message, unless it is too much.
    fn bounded(&mut self, message: FromAgent) -> Option<FromAgent> {
        if self.length < LIMIT {
            return Some(message);
        }
        let left = match message {
            FromAgent::Event(event) => match *event {
                Event::Output { .. } => None,
                Event::Change { resource, summary, diff: Some(_) } => {
                    Some(FromAgent::Event(Box::new(Event::Change { resource, summary, diff: None })))
                }
                event => return Some(FromAgent::Event(Box::new(event))),
            },
            message => return Some(message),
        };
        if !std::mem::replace(&mut self.shortened, true) {
            let words =
                "this run says very much: what commands print, and differences, are left out from here on";
            self.say(&FromAgent::Note(words.to_owned()));
        }
        left
    }
}
