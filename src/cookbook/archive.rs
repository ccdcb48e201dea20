//! Cookbooks as archives: tar in zstd. The same files give the same bytes, and strangers' archives are read within limits.

use std::collections::BTreeSet;
use std::io::{self, Read};

use tar::{Archive, Builder, EntryType, Header};

use super::source::plain;
use super::tree_sum::{BYTES, FILES, SharedFile, misfit_name, too_much};

/// Most bytes of an archive.
pub(super) const PACKED: u64 = BYTES + (1 << 20);
/// Level of compression. Higher ones need what the build leaves out of zstd, and a cookbook is small.
const LEVEL: i32 = 1;
/// Largest window of zstd, as a power of two: 8 MiB.
const WINDOW: u32 = 23;
/// Most bytes that come out of one byte, once more than [`FREE`] came out.
const RATIO: u64 = 250;
const FREE: u64 = 4 << 20;
/// Most bytes of heads and padding.
const HEADS: u64 = 4 * 512 * (FILES as u64 + 1);

/// Packs files: sorted, without times and owners, so that the same files always give the same bytes. The paths are relative
/// and have been checked.
///
/// # Errors
/// A path is longer than an archive can hold: 255 bytes.
pub fn pack(files: &[SharedFile]) -> io::Result<Vec<u8>> {
    let mut sorted: Vec<&SharedFile> = files.iter().collect();
    crate::model::sorted::sort_by(&mut sorted, |one, other| one.path.cmp(&other.path));
    let mut builder = Builder::new(Vec::new());
    for file in sorted {
        let mut header = Header::new_ustar();
        header.set_path(&file.path)?;
        header.set_entry_type(EntryType::Regular);
        header.set_mode(if file.executable { 0o755 } else { 0o644 });
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(file.bytes.len() as u64);
        header.set_cksum();
        builder.append(&header, file.bytes.as_slice())?;
    }
    zstd::stream::encode_all(builder.into_inner()?.as_slice(), LEVEL)
}

/// The files of an archive. The error is why it is refused.
pub(super) fn unpack(packed: &[u8]) -> Result<Vec<SharedFile>, String> {
    let broken = |error: io::Error| format!("it is not an archive that can be read: {}", plain(&error));
    let mut decoder = zstd::stream::read::Decoder::with_buffer(packed).map_err(broken)?;
    decoder.window_log_max(WINDOW).map_err(broken)?;
    let most = (BYTES + HEADS).min((packed.len() as u64).saturating_mul(RATIO).max(FREE));
    let mut archive = Archive::new(Bounded { inner: decoder, left: most });
    let mut files = Vec::new();
    let mut bytes = 0;
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let path = entry.path_bytes().into_owned();
        let path = String::from_utf8(path).map_err(|_| "a name is not UTF-8".to_owned())?;
        let path = path.strip_prefix("./").unwrap_or(&path).to_owned();
        let kind = entry.header().entry_type();
        if kind == EntryType::Directory {
            continue;
        }
        if kind != EntryType::Regular {
            let what = match kind {
                EntryType::Symlink | EntryType::Link => "a link",
                EntryType::Char | EntryType::Block | EntryType::Fifo => "a device",
                _ => "not a regular file",
            };
            return Err(format!("`{}` is {what}", path.escape_debug()));
        }
        bytes += entry.size();
        if bytes > BYTES || files.len() >= FILES {
            return Err(too_much());
        }
        let executable = entry.header().mode().map_err(broken)? & 0o100 != 0;
        let mut content = Vec::new();
        entry.read_to_end(&mut content).map_err(broken)?;
        if content.len() as u64 != entry.size() {
            return Err(format!("it ends inside of `{}`", path.escape_debug()));
        }
        files.push(SharedFile { path, executable, bytes: content });
    }
    if let Some(why) = misfit_name(files.iter().map(|file| file.path.as_str())) {
        return Err(why);
    }
    let mut seen = BTreeSet::new();
    match files.iter().find(|file| !seen.insert(file.path.as_str())) {
        Some(twice) => Err(format!("`{}` is there twice", twice.path.escape_debug())),
        None if files.is_empty() => Err("it is empty".to_owned()),
        None => Ok(files),
    }
}

/// Reads no more than it may.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other("it unpacks to far more than its size"))?;
        Ok(count)
    }
}
