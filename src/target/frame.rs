//! Frames over a byte stream: length, kind, body. All sizes are limited, because the other side is not trusted.
//!
//! A stream starts with a line that contains a nonce, the word `agent` and the protocol version. Output of a login
//! shell before it is skipped. A frame has four bytes of length (big endian, of the body), one byte of kind, and the
//! body. Kind `j` is a message as JSON, `b` is a chunk of bytes that the previous message announced, and `a` has no
//! body: it is a keep-alive.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read, Write};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::english::{one_line, printable};

/// Protocol version, sent in the first line.
pub const VERSION: u32 = 2;

/// Largest body: 16 MiB.
pub const LIMIT: usize = 16 << 20;

/// Size of the chunks for bytes: 64 KiB, small enough to have a buffer for each of many hosts.
const CHUNK: usize = 64 << 10;

/// An agent that has been silent this long sends a keep-alive.
pub const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// Bytes that are skipped before the nonce. A shell that prints more is not usable.
pub const NOISE: usize = 1 << 20;

/// Number of skipped lines that an error shows (the last ones), and characters of each.
const SHOWN: usize = 5;
const SHOWN_LINE: usize = 200;

/// Longest line with the nonce, in bytes.
const LINE: usize = 4096;

const JSON: u8 = b'j';
const BYTES: u8 = b'b';
const ALIVE: u8 = b'a';

/// A frame, except keep-alives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A message as JSON.
    Json(Vec<u8>),
    /// A part of the bytes that a message announced.
    Chunk(Vec<u8>),
}

/// Why no more frames can be read.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The stream ended between two frames.
    #[error("the connection was closed")]
    End,
    /// The stream ended before the nonce. The last lines that were read instead.
    #[error("the connection was closed before anything of ours ran")]
    NoNonce(Vec<String>),
    /// The stream ended within a frame, or broke.
    #[error("the connection broke: {0}")]
    Io(#[from] io::Error),
    /// A body longer than [`LIMIT`].
    #[error("a frame of {0} bytes is announced, but no more than {LIMIT} are allowed")]
    TooLong(usize),
    /// An unexpected or invalid body.
    #[error("unexpected message: {0}")]
    Senseless(String),
    /// More than [`NOISE`] bytes without the nonce.
    #[error("the login shell prints too much before it starts the program")]
    Noise,
}

/// Writes a message. The caller flushes.
///
/// # Errors
/// It is longer than [`LIMIT`], or can't be written.
pub fn send(out: &mut dyn Write, message: &impl Serialize) -> io::Result<()> {
    write(out, JSON, &serde_json::to_vec(message)?)
}

/// Writes a keep-alive. The caller flushes.
///
/// # Errors
/// It can't be written.
pub fn send_keep_alive(out: &mut dyn Write) -> io::Result<()> {
    write(out, ALIVE, b"")
}

/// Writes the bytes that a message announced, in chunks. Returns their number. The caller flushes.
///
/// # Errors
/// They can't be read or written.
pub fn send_bytes(out: &mut dyn Write, from: &mut dyn Read) -> io::Result<u64> {
    let mut buffer = vec![0; CHUNK];
    let mut sent = 0;
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(sent),
            Ok(n) => {
                write(out, BYTES, &buffer[..n])?;
                sent += n as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Like [`send_bytes`], for bytes in memory.
///
/// # Errors
/// They can't be written.
pub fn send_slice(out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    bytes.chunks(CHUNK).try_for_each(|chunk| write(out, BYTES, chunk))
}

fn write(out: &mut dyn Write, kind: u8, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= LIMIT).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, format!("a message of {} bytes is too long", body.len()))
    })?;
    let mut head = [0; 5];
    head[..4].copy_from_slice(&length.to_be_bytes());
    head[4] = kind;
    out.write_all(&head)?;
    out.write_all(body)
}

/// Reads the next frame. Skips keep-alives.
///
/// # Errors
/// See [`Broken`].
pub fn read(input: &mut dyn Read) -> Result<Frame, Broken> {
    let (length, kind) = loop {
        match head(input)? {
            (0, ALIVE) => {}
            head => break head,
        }
    };
    if length > LIMIT {
        return Err(Broken::TooLong(length));
    }
    if kind != JSON && kind != BYTES {
        return Err(Broken::Senseless(format!("its kind is {kind}")));
    }
    // The buffer grows with what arrives, so announcing a large body costs no memory.
    let mut body = Vec::new();
    input.take(length as u64).read_to_end(&mut body)?;
    if body.len() < length {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    Ok(if kind == JSON { Frame::Json(body) } else { Frame::Chunk(body) })
}

/// Length and kind of the next frame.
fn head(input: &mut dyn Read) -> Result<(usize, u8), Broken> {
    let mut head = [0; 5];
    let first = loop {
        match input.read(&mut head[..1]) {
            Ok(n) => break n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    };
    if first == 0 {
        return Err(Broken::End);
    }
    input.read_exact(&mut head[1..])?;
    let [a, b, c, d, kind] = head;
    Ok((u32::from_be_bytes([a, b, c, d]) as usize, kind))
}

/// Reads the next frame, which must be a message.
///
/// # Errors
/// See [`Broken`].
pub fn receive<M: DeserializeOwned>(input: &mut dyn Read) -> Result<M, Broken> {
    match read(input)? {
        // The parser limits nesting.
        Frame::Json(body) => serde_json::from_slice(&body)
            .map_err(|error| Broken::Senseless(one_line(&error.to_string()).chars().take(300).collect())),
        Frame::Chunk(_) => Err(Broken::Senseless("bytes came that nothing announced".to_owned())),
    }
}

/// Reads the bytes that a message announced, and passes them to `take` in chunks.
///
/// # Errors
/// See [`Broken`]. An error of `take` is returned as [`Broken::Io`].
pub fn receive_bytes(
    input: &mut dyn Read,
    size: u64,
    take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> Result<(), Broken> {
    let mut left = size;
    while left > 0 {
        match read(input)? {
            Frame::Chunk(body) if body.is_empty() => {
                return Err(Broken::Senseless("an empty chunk".to_owned()));
            }
            Frame::Chunk(body) => {
                left = left
                    .checked_sub(body.len() as u64)
                    .ok_or_else(|| Broken::Senseless("more bytes came than were announced".to_owned()))?;
                take(&body)?;
            }
            Frame::Json(_) => {
                return Err(Broken::Senseless("fewer bytes came than were announced".to_owned()));
            }
        }
    }
    Ok(())
}

/// Skips everything before the nonce. Returns the rest of its line.
///
/// # Errors
/// The stream ended or broke before the nonce, or there was too much before it.
pub fn find(input: &mut dyn BufRead, nonce: &str) -> Result<String, Broken> {
    let mut skipped = 0;
    let mut lines = VecDeque::new();
    loop {
        let mut line = Vec::new();
        // A longer line is read in parts. The nonce is at the start of a line of its own.
        let n = input.take(LINE as u64).read_until(b'\n', &mut line)?;
        if n == 0 {
            return Err(Broken::NoNonce(lines.into()));
        }
        let text = String::from_utf8_lossy(&line);
        if let Some((_, rest)) = text.split_once(nonce) {
            return Ok(rest.trim().to_owned());
        }
        skipped += n;
        let words = printable(text.trim());
        if !words.is_empty() {
            if lines.len() == SHOWN {
                lines.pop_front();
            }
            lines.push_back(words.chars().take(SHOWN_LINE).collect());
        }
        if skipped > NOISE {
            return Err(Broken::Noise);
        }
    }
}
