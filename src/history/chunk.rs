//! The format of stored events: lines of JSON, compressed with zlib.

use std::io::{self, BufRead as _, BufReader, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};

use crate::model::event::{Event, Outcome, ResourceRef};

/// The content of a line.
#[derive(Deserialize)]
#[serde(untagged)]
enum ChunkLine {
    Settled { settled: SettledAction },
    Event(Event),
}

/// Start and end of an action that found nothing to do, in one line. Most lines of a usual run are of this kind.
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

/// Adds an event to uncompressed lines.
pub(super) fn add(lines: &mut Vec<u8>, event: &Event) -> serde_json::Result<()> {
    add_line(lines, event)
}

/// Adds the start of an action and the next event: as one line, if that is the action's end and nothing was done.
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
    // JSON of events is so repetitive that a higher level gains little.
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(lines)?;
    encoder.finish()
}

/// Passes each event to `give`.
pub(super) fn inflate(deflated: &[u8], give: &mut dyn FnMut(Event)) -> io::Result<()> {
    for line in BufReader::new(ZlibDecoder::new(deflated)).lines() {
        match serde_json::from_slice(line?.as_bytes())? {
            ChunkLine::Settled { settled } => settled.give(give),
            ChunkLine::Event(event) => give(event),
        }
    }
    Ok(())
}
