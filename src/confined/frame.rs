//! Framing of messages on a pipe: four bytes of length, then JSON.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Longest message in bytes.
pub(super) const LONGEST: usize = 256 << 20;

/// Appends a message to a buffer.
pub(super) fn append(bytes: &mut Vec<u8>, message: &impl Serialize) -> io::Result<()> {
    let begin = bytes.len();
    bytes.extend_from_slice(&[0; 4]);
    serde_json::to_writer(&mut *bytes, message)?;
    let length = bytes.len() - begin - 4;
    let length = u32::try_from(length).ok().filter(|_| length <= LONGEST);
    let length = length.ok_or(io::ErrorKind::FileTooLarge)?;
    bytes[begin..begin + 4].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

/// Writes a message.
pub(super) fn send(out: &mut dyn Write, message: &impl Serialize) -> io::Result<()> {
    let mut bytes = Vec::new();
    append(&mut bytes, message)?;
    out.write_all(&bytes)
}

/// Reads a message.
pub(super) fn receive<M: DeserializeOwned>(input: &mut dyn Read) -> io::Result<M> {
    let mut head = [0; 4];
    input.read_exact(&mut head)?;
    let length = u32::from_le_bytes(head) as usize;
    if length > LONGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    // The buffer grows while data arrives, so that a forged length does not allocate memory.
    let mut body = Vec::with_capacity(length.min(1 << 20));
    input.take(length as u64).read_to_end(&mut body)?;
    if body.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(serde_json::from_slice(&body)?)
}
