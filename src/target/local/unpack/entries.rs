//! Reads the entries of an archive, whatever its format is.

use std::fs::File;
use std::io::{BufReader, Read, Seek as _};

use camino::Utf8Path;
use liblzma::stream::{CONCATENATED, Stream};

use super::super::errno::refused_io;
use super::bounded::{ArchiveAllowance, BoundedReader};
use crate::model::error::Failure;

/// The type of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EntryKind {
    Directory,
    File,
    /// A symbolic link with its text.
    Symlink(String),
    /// A hard link to an earlier entry.
    Hardlink(String),
    /// A device, pipe or the like.
    Other,
}

/// An entry without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ArchiveEntry {
    pub(super) path: String,
    pub(super) kind: EntryKind,
    /// Mode in the archive.
    pub(super) mode: u32,
}

/// Longest target of a link, in bytes.
const LINK: u64 = 4096;
/// Memory limit for xz, in bytes. `xz -9` needs 65 MiB; larger windows are not useful.
const XZ_MEMORY: u64 = 192 << 20;

/// Calls `take` for each entry with its content. `size`: size of the archive.
///
/// # Errors
/// It is no archive, it is damaged, or an error of `take`.
pub(super) fn each(
    mut archive: File,
    size: u64,
    path: &Utf8Path,
    mut take: impl FnMut(&ArchiveEntry, &mut dyn Read) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut magic = [0; 6];
    let known = read_some(&mut archive, &mut magic)
        .and_then(|n| archive.rewind().map(|()| n))
        .map_err(|error| refused_io("read", path, &error))?;
    let damaged = |error: std::io::Error| damaged(path, &error);
    let buffered = BufReader::with_capacity(128 * 1024, archive);
    match &magic[..known] {
        [0x1f, 0x8b, ..] => tar(flate2::bufread::MultiGzDecoder::new(buffered), size, path, &mut take),
        [0xfd, b'7', b'z', b'X', b'Z', 0] => {
            let stream = Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED);
            let stream = stream.map_err(|error| damaged(error.into()))?;
            tar(liblzma::bufread::XzDecoder::new_stream(buffered, stream), size, path, &mut take)
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(buffered).map_err(damaged)?;
            // 128 MiB, the largest window that `zstd --long` uses by default.
            decoder.window_log_max(27).map_err(damaged)?;
            tar(decoder, size, path, &mut take)
        }
        [b'B', b'Z', b'h', ..] => tar(bzip2::bufread::MultiBzDecoder::new(buffered), size, path, &mut take),
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c] => {
            Err(Failure::new(format!("`{path}` is a 7z archive, which is not unpacked"))
                .hint("use tar or zip, or unpack it with a command: execute with `7z x`"))
        }
        [b'P', b'K', 3 | 5, 4 | 6, ..] => zip(buffered, path, &mut take),
        _ => tar(buffered, size, path, &mut take),
    }
}

fn read_some(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    loop {
        match file.read(&mut buffer[filled..])? {
            0 => return Ok(filled),
            n => filled += n,
        }
    }
}

fn damaged(path: &Utf8Path, error: &dyn std::fmt::Display) -> Failure {
    let error = crate::model::english::printable(&error.to_string());
    Failure::new(format!("`{path}` is damaged, or no archive of a known form: {error}"))
        .hint("known are tar (plain, gzip, bzip2, xz, zstd) and zip")
}

fn tar(
    from: impl Read,
    size: u64,
    path: &Utf8Path,
    take: &mut impl FnMut(&ArchiveEntry, &mut dyn Read) -> Result<(), Failure>,
) -> Result<(), Failure> {
    use tar::EntryType;
    let failed = |error: std::io::Error| damaged(path, &error);
    let allowance = ArchiveAllowance::new(size);
    let mut archive = tar::Archive::new(BoundedReader::new(from, &allowance));
    let mut entries = archive.entries().map_err(failed)?;
    loop {
        allowance.begin_entry();
        let Some(entry) = entries.next() else { break };
        let mut entry = entry.map_err(failed)?;
        allowance.begin_content();
        let link = entry.link_name_bytes().map(std::borrow::Cow::into_owned);
        let link = || text(link.clone().unwrap_or_default(), path);
        let kind = match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => Some(EntryKind::File),
            EntryType::Directory => Some(EntryKind::Directory),
            EntryType::Symlink => Some(EntryKind::Symlink(link()?)),
            EntryType::Link => Some(EntryKind::Hardlink(link()?)),
            EntryType::XGlobalHeader => None,
            _ => Some(EntryKind::Other),
        };
        if let Some(kind) = kind {
            let mode = entry.header().mode().map_err(failed)?;
            let told = ArchiveEntry { path: text(entry.path_bytes().into_owned(), path)?, kind, mode };
            take(&told, &mut entry)?;
            if told.kind == EntryKind::File {
                continue;
            }
        }
        // Skip the content of entries that should have none.
        std::io::copy(&mut entry, &mut std::io::sink()).map_err(failed)?;
    }
    Ok(())
}

fn text(bytes: Vec<u8>, path: &Utf8Path) -> Result<String, Failure> {
    String::from_utf8(bytes)
        .map_err(|_| Failure::new(format!("`{path}` holds a name that is not valid UTF-8")))
}

fn zip(
    from: BufReader<File>,
    path: &Utf8Path,
    take: &mut impl FnMut(&ArchiveEntry, &mut dyn Read) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut archive = zip::ZipArchive::new(from).map_err(|error| damaged(path, &error))?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| damaged(path, &error))?;
        let name = entry.name().map_err(|error| damaged(path, &error))?.into_owned();
        let mode = entry.unix_mode();
        let kind = if entry.is_dir() {
            EntryKind::Directory
        } else if entry.is_symlink() {
            let mut target = Vec::new();
            (&mut entry).take(LINK).read_to_end(&mut target).map_err(|error| damaged(path, &error))?;
            EntryKind::Symlink(text(target, path)?)
        } else {
            match mode.unwrap_or(0) & 0o170_000 {
                0 | 0o100_000 => EntryKind::File,
                _ => EntryKind::Other,
            }
        };
        let told = ArchiveEntry { path: name, kind, mode: mode.unwrap_or(0o644) };
        take(&told, &mut entry)?;
    }
    Ok(())
}
