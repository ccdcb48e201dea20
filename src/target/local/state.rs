//! The state directory with lock, journal and history. Only its owner can write it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::OFlags;

use super::errno::refused_io;
use crate::model::error::{Failure, WayOut};

/// Mode bits that let others write.
const OTHERS_WRITE: u32 = 0o022;

/// Opens a file of the state directory for reading and writing. Creates both if they are missing.
///
/// # Errors
/// The directory can't be created, or others can write it: they could make root run things.
pub(crate) fn open(directory: &Utf8Path, name: &str) -> Result<File, Failure> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|error| refused_io("make the state directory", directory, &error).way_out(WayOut::State))?;
    trusted(directory)?;
    let path = directory.join(name);
    let open = |create: bool| {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(create)
            .mode(0o600)
            .custom_flags(no_follow())
            .open(&path)
    };
    match open(false) {
        Ok(file) => Ok(file),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            // If another run creates it meanwhile, use that file.
            let file = open(true)
                .or_else(|error| {
                    if error.kind() == std::io::ErrorKind::AlreadyExists { open(false) } else { Err(error) }
                })
                .map_err(|error| refused_io("make", &path, &error))?;
            File::open(directory)
                .and_then(|directory| directory.sync_all())
                .map_err(|error| refused_io("write", directory, &error))?;
            Ok(file)
        }
        Err(error) => Err(refused_io("open", &path, &error)),
    }
}

/// Opens a file of the state directory for reading; `None` if it is missing.
///
/// # Errors
/// It exists and can't be opened.
pub(crate) fn look(directory: &Utf8Path, name: &str) -> Result<Option<File>, Failure> {
    let path: Utf8PathBuf = directory.join(name);
    match OpenOptions::new().read(true).custom_flags(no_follow()).open(&path) {
        Ok(file) => {
            trusted(directory)?;
            Ok(Some(file))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(refused_io("read", &path, &error)),
    }
}

fn trusted(directory: &Utf8Path) -> Result<(), Failure> {
    let found = std::fs::metadata(directory).map_err(|error| refused_io("look at", directory, &error))?;
    let own = rustix::process::geteuid().as_raw();
    if found.uid() != own || found.mode() & OTHERS_WRITE != 0 {
        let hint = format!("check what is in it, then: chown {own} {directory}; chmod 700 {directory}");
        return Err(Failure::new(format!(
            "the state directory `{directory}` can be written by others, so it can't be trusted"
        ))
        .hint(hint));
    }
    Ok(())
}

fn no_follow() -> i32 {
    // The flags are bits; the integer type is the library's choice.
    OFlags::NOFOLLOW.bits().cast_signed()
}
