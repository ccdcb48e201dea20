//! Compression of messages: a slow connection needs fewer round trips for fewer bytes.

use std::io;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::get_frame_content_size;

use super::frame::LIMIT;
use crate::model::event::Event;
use crate::model::message::Packed;

/// Fast; it shrinks the JSON of a collection to a tenth.
const LEVEL: i32 = 1;

/// Shared by all sessions: it takes half a megabyte, and each session needs it for less than a millisecond.
static PACKER: Mutex<Option<Compressor<'static>>> = Mutex::new(None);

static UNPACKER: Mutex<Option<Decompressor<'static>>> = Mutex::new(None);

/// Compresses bytes.
///
/// # Errors
/// There is not enough memory.
pub fn pack(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = PACKER.lock().unwrap_or_else(PoisonError::into_inner);
    let mut small = match &mut *packer {
        Some(packer) => packer.compress(bytes),
        none => none.insert(Compressor::new(LEVEL)?).compress(bytes),
    }?;
    small.shrink_to_fit();
    Ok(small)
}

/// Decompresses bytes.
///
/// # Errors
/// They are not compressed data.
pub fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    zstd::stream::decode_all(packed)
}

/// Packs events, each given as JSON.
///
/// # Errors
/// There is not enough memory.
pub fn events(events: &[String]) -> io::Result<Packed> {
    Ok(Packed(STANDARD.encode(pack(format!("[{}]", events.join(",")).as_bytes())?)))
}

/// Unpacks events that a target sent. The limit of a frame applies.
///
/// # Errors
/// Invalid data, or too much of it.
pub fn unpack_events(packed: &Packed) -> io::Result<Vec<Box<Event>>> {
    let wrong = |_| io::Error::from(io::ErrorKind::InvalidData);
    let packed = STANDARD.decode(&packed.0).map_err(wrong)?;
    // The header has the size, and no more is decompressed.
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
