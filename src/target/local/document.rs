//! A directory of documents that the user asked for: pages, or types for an editor. Each is replaced whole. Nothing is
//! written through a link in it, or over what is not the user's own.

use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{FileType, Mode};

use super::accounts::Accounts;
use super::attributes::WantedAttributes;
use super::draft::DraftFile;
use super::drafts::DraftRecord;
use super::errno::refused_io;
use super::path::{OpenPlace, absolute};
use super::walk::Walk;
use super::write::Replaced;
use crate::model::error::Failure;

/// Mode of a new document, without what the umask takes away.
const MODE: u32 = 0o666;

/// The directory, held open.
pub struct DocumentDirectory {
    directory: OwnedFd,
    path: Utf8PathBuf,
    accounts: Accounts,
}

impl DocumentDirectory {
    /// Opens it, and makes it where it is missing.
    ///
    /// # Errors
    /// A link on the way is unsafe, something else is there, or it can't be made.
    pub fn open_or_make(path: &Utf8Path) -> Result<Self, Failure> {
        let path = absolute(path)?;
        let mut accounts = Accounts::default();
        accounts.refresh();
        let directory = Walk::new(&path, &accounts)?.making().reach_directory(&path)?;
        Ok(Self { directory, path, accounts })
    }

    /// The text of a document; `None` if there is none.
    ///
    /// # Errors
    /// Something else is there, or it can't be read.
    pub fn read(&self, name: &str) -> Result<Option<String>, Failure> {
        let place = self.place(name)?;
        let old = self.own(&place)?;
        let Some((mut file, _)) = old.regular() else { return Ok(None) };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| refused_io("read", &place.path, &error))?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Writes a document: whole, or nothing of it.
    ///
    /// # Errors
    /// Something else is there, or the disk is full.
    pub fn write(&self, name: &str, text: &[u8]) -> Result<(), Failure> {
        let place = self.place(name)?;
        let old = self.own(&place)?;
        let mut draft = DraftFile::beside(&place, &DraftRecord::default())?;
        draft.file.write_all(text).map_err(|error| refused_io("write", &place.path, &error))?;
        let mode = old.regular().is_none().then(|| MODE & !umask());
        draft.take_attributes(WantedAttributes { mode, ..WantedAttributes::default() }, old.regular())?;
        draft.replace(&place)
    }

    fn place(&self, name: &str) -> Result<OpenPlace, Failure> {
        let path = self.path.join(name);
        let directory = self.directory.try_clone().map_err(|error| refused_io("open", &path, &error))?;
        Ok(OpenPlace::held(directory, name.to_owned(), path))
    }

    /// The document that is there, if it is one of the user's own.
    fn own(&self, place: &OpenPlace) -> Result<Replaced, Failure> {
        let in_the_way = |what: String| Failure::new(format!("`{}` is there and {what}", place.path));
        let stat = place.stat()?;
        if stat.is_some_and(|stat| FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile) {
            return Err(in_the_way("is not a regular file".to_owned()));
        }
        let old = Replaced::at(place, false)?;
        match old.regular() {
            Some((_, stat)) if stat.st_uid != rustix::process::geteuid().as_raw() => {
                Err(in_the_way(format!("belongs to `{}`", self.accounts.user_name(stat.st_uid))))
            }
            _ => Ok(old),
        }
    }
}

/// The umask of this process. It can be read only by setting it.
fn umask() -> u32 {
    let mask = rustix::process::umask(Mode::empty());
    rustix::process::umask(mask);
    mask.bits()
}
