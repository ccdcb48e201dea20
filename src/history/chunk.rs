//! Events as they are kept: lines of JSON, deflated, with a checksum.

use std::io::{self, BufRead as _, BufReader, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};

use crate::model::event::{Event, Outcome, ResourceRef};

/// What a line holds.
#[derive(Deserialize)]
#[serde(untagged)]
enum ChunkLine {
    Settled { settled: SettledAction },
    Event(Event),
}

/// Start and end of an action that found nothing to do, as one: most of what an ordinary run has to tell.
#[derive(Deserialize)]
struct SettledAction {
    resource: ResourceRef,
    action: String,
    #[serde(default)]
    notified_by: Option<String>,
    milliseconds: u64,
}

impl SettledAction {
    fn give(self, give: &mut dyn FnMut(Event)) {
        let Self { resource, action, notified_by, milliseconds } = self;
        give(Event::ActionStarted { resource: resource.clone(), action: action.clone(), notified_by });
        give(Event::ActionFinished { resource, action, outcome: Outcome::UpToDate, milliseconds });
    }
}

/// Adds an event to lines that are not deflated yet.
pub(super) fn add(lines: &mut Vec<u8>, event: &Event) -> serde_json::Result<()> {
    add_line(lines, event)
}

/// Adds the start of an action and the event after it: as one line, if that is its end and nothing was done.
pub(super) fn add_both(lines: &mut Vec<u8>, started: &Event, next: &Event) -> serde_json::Result<()> {
    #[derive(Serialize)]
    struct NewLine<'a> {
        settled: NewSettled<'a>,
    }
    #[derive(Serialize)]
    struct NewSettled<'a> {
        resource: &'a ResourceRef,
        action: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        notified_by: Option<&'a str>,
        milliseconds: u64,
    }
    match (started, next) {
        (
            Event::ActionStarted { resource, action, notified_by },
            Event::ActionFinished { resource: same, action: ended, outcome: Outcome::UpToDate, milliseconds },
        ) if resource == same && action == ended => {
            let (notified_by, milliseconds) = (notified_by.as_deref(), *milliseconds);
            add_line(lines, &NewLine { settled: NewSettled { resource, action, notified_by, milliseconds } })
        }
        _ => {
            add(lines, started)?;
            add(lines, next)
        }
    }
}

fn add_line(lines: &mut Vec<u8>, line: &impl Serialize) -> serde_json::Result<()> {
    serde_json::to_writer(&mut *lines, line)?;
    lines.push(b'\n');
    Ok(())
}

pub(super) fn deflate(lines: &[u8]) -> io::Result<Vec<u8>> {
    // JSON of events repeats itself so much that more effort gains little.
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(lines)?;
    encoder.finish()
}

/// Gives each event in turn.
pub(super) fn inflate(deflated: &[u8], give: &mut dyn FnMut(Event)) -> io::Result<()> {
    for line in BufReader::new(ZlibDecoder::new(deflated)).lines() {
        match serde_json::from_str(&line?)? {
            ChunkLine::Settled { settled } => settled.give(give),
            ChunkLine::Event(event) => give(event),
        }
    }
    Ok(())
}
