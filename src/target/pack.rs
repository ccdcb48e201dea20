//! Much text in few bytes: a connection over a long way begins slowly, and each further turn of it costs.

use std::io;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::get_frame_content_size;

use super::frame::LIMIT;
use crate::model::event::Event;
use crate::model::message::Packed;

/// Fast, and a tenth of what a collection's JSON takes.
const LEVEL: i32 = 1;

/// One for all sessions: it takes half a megabyte, and each needs it for less than a millisecond.
static PACKER: Mutex<Option<Compressor<'static>>> = Mutex::new(None);

/// The other way round.
static UNPACKER: Mutex<Option<Decompressor<'static>>> = Mutex::new(None);

/// The bytes, smaller.
///
/// # Errors
/// There is no memory.
pub fn pack(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = PACKER.lock().unwrap_or_else(PoisonError::into_inner);
    let mut small = match &mut *packer {
        Some(packer) => packer.compress(bytes),
        none => none.insert(Compressor::new(LEVEL)?).compress(bytes),
    }?;
    small.shrink_to_fit();
    Ok(small)
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
    // How much it will be is said first, and no more than that is taken.
    let size = get_frame_content_size(&packed).ok().flatten().and_then(|size| usize::try_from(size).ok());
    let size = size.filter(|&size| size <= LIMIT).ok_or(io::ErrorKind::InvalidData)?;
    let mut unpacker = UNPACKER.lock().unwrap_or_else(PoisonError::into_inner);
    let bytes = match &mut *unpacker {
        Some(unpacker) => unpacker.decompress(&packed, size),
        none => none.insert(Decompressor::new()?).decompress(&packed, size),
    }?;
    drop(unpacker);
    Ok(serde_json::from_slice(&bytes)?)
}
