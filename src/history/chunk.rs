//! Events as they are kept: lines of JSON, deflated, with a checksum.

use std::io::{self, BufRead as _, BufReader, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use crate::model::event::Event;

/// Adds an event to lines that are not deflated yet.
pub(super) fn add(lines: &mut Vec<u8>, event: &Event) -> serde_json::Result<()> {
    serde_json::to_writer(&mut *lines, event)?;
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
        give(serde_json::from_str(&line?)?);
    }
    Ok(())
}
