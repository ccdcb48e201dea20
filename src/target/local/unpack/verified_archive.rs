//! Opens the archive so that exactly the bytes that were hashed are unpacked. It is copied if others can write to it.

use std::fs::{DirBuilder, File};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;

use camino::Utf8Path;
use rustix::fs::Stat;
use sha2::{Digest as _, Sha256};

use super::super::access;
use super::super::errno::{refused, refused_io};
use super::super::fetch::check_digits;
use super::super::open::open_regular;
use super::super::surroundings::Surroundings;
use crate::model::content::hex;
use crate::model::error::Failure;
use crate::model::step::Unpack;
use crate::target::interrupt::HALTED;

/// Opens the archive, checks that it is the expected one, and makes sure that it stays that.
///
/// # Errors
/// It can't be read, or is another one.
pub(super) fn open(step: &Unpack, with: &Surroundings) -> Result<File, Failure> {
    let path = &step.archive;
    if let Some(checksum) = &step.checksum {
        check_digits(checksum)?;
    }
    let mut archive = open_regular(path, &with.accounts)?.file;
    let found = rustix::fs::fstat(&archive).map_err(|errno| refused("look at", path, errno))?;
    let mut copy = if is_ours(&archive, &found) { None } else { Some(private(&with.state())?) };
    if copy.is_none() && step.checksum.is_none() {
        return Ok(archive);
    }
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 128 * 1024];
    loop {
        let n = match archive.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(refused_io("read", path, &error)),
        };
        if with.interrupt.is_halted() {
            return Err(Failure::new(format!("can't read `{path}`: {HALTED}")));
        }
        hash.update(&buffer[..n]);
        if let Some(copy) = &mut copy {
            copy.write_all(&buffer[..n]).map_err(|error| refused_io("copy", path, &error))?;
        }
    }
    let digest = hex(&hash.finalize());
    if let Some(checksum) =
        step.checksum.as_ref().filter(|wanted| !digest.starts_with(&wanted.to_ascii_lowercase()))
    {
        return Err(Failure::new(format!("the checksum of `{path}` is {digest}, not {checksum}")));
    }
    let mut held = copy.unwrap_or(archive);
    held.rewind().map_err(|error| refused_io("read", path, &error))?;
    Ok(held)
}

/// Whether only we and root can write to it.
fn is_ours(archive: &File, found: &Stat) -> bool {
    let own = found.st_uid == 0 || found.st_uid == rustix::process::geteuid().as_raw();
    // If access control lists can't be read, assume that there is one.
    own && found.st_mode & 0o022 == 0 && access::is_there(archive) == Ok(false)
}

/// An unnamed file on the disk of the backups.
fn private(state: &Utf8Path) -> Result<File, Failure> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(state)
        .map_err(|error| refused_io("make the state directory", state, &error))?;
    tempfile::tempfile_in(state).map_err(|error| refused_io("write a copy of the archive in", state, &error))
}
