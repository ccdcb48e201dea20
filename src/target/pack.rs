//! Much text in few bytes: a connection over a long way begins slowly, and each further turn of it costs.

use std::io::{self, Read as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::frame::LIMIT;
use crate::model::event::Event;
use crate::model::message::Packed;

/// Fast, and a tenth of what a collection's JSON takes.
const LEVEL: i32 = 1;

/// Longest window that a target may ask for, as a power of two: what a frame holds.
const WINDOW: u32 = 24;

/// The bytes, smaller.
///
/// # Errors
/// There is no memory.
pub fn pack(bytes: &[u8]) -> io::Result<Vec<u8>> {
    zstd::bulk::compress(bytes, LEVEL)
}

/// The bytes again.
///
/// # Errors
/// They were never packed.
pub fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    zstd::stream::decode_all(packed)
}

/// Events in one piece, each given as its JSON.
///
/// # Errors
/// There is no memory.
pub fn events(events: &[String]) -> io::Result<Packed> {
    Ok(Packed(STANDARD.encode(pack(format!("[{}]", events.join(",")).as_bytes())?)))
}

/// The events of a piece that a target sent, within the bounds that a frame has.
///
/// # Errors
/// It is none, or too much.
pub fn unpack_events(packed: &Packed) -> io::Result<Vec<Box<Event>>> {
    let wrong = |_| io::Error::from(io::ErrorKind::InvalidData);
    let packed = STANDARD.decode(&packed.0).map_err(wrong)?;
    let mut decoder = zstd::stream::read::Decoder::with_buffer(packed.as_slice())?;
    decoder.window_log_max(WINDOW)?;
    let mut bytes = Vec::new();
    if decoder.take(LIMIT as u64 + 1).read_to_end(&mut bytes)? > LIMIT {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(serde_json::from_slice(&bytes)?)
}
