//! Text that is part of the program: folders of it, packed as `.cargo/build.rs` does it.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::OnceLock;

use liblzma::bufread::XzDecoder;

// `FOLDERS`: all of them, sorted.
include!(concat!(env!("OUT_DIR"), "/packed.rs"));

/// A folder with files.
pub struct PackedFolder {
    /// Its path in the repository, such as `recipes`.
    pub path: &'static str,
    /// The paths of its files in it, sorted.
    pub names: &'static [&'static str],
    /// The file that every run reads, as it is.
    plain: Option<(&'static str, &'static [u8])>,
    archive: &'static PackedArchive,
}

impl PackedFolder {
    /// One of its files.
    pub fn file(&self, name: &str) -> Option<&'static [u8]> {
        if let Some((_, bytes)) = self.plain.filter(|(plain, _)| *plain == name) {
            return Some(bytes);
        }
        self.names.binary_search(&name).ok()?;
        self.archive.files().get(&format!("{}/{name}", self.path)).map(Vec::as_slice)
    }
}

/// The files of one folder or of several.
struct PackedArchive {
    packed: &'static [u8],
    /// By their paths in the repository. It is unpacked when the first of them is asked for.
    files: OnceLock<BTreeMap<String, Vec<u8>>>,
}

impl PackedArchive {
    const fn new(packed: &'static [u8]) -> Self {
        Self { packed, files: OnceLock::new() }
    }

    fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        self.files.get_or_init(|| match unpacked(self.packed) {
            Ok(files) => files,
            Err(error) => unreachable!("an archive in this program is damaged: {error}"),
        })
    }
}

fn unpacked(archive: &[u8]) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut archive = tar::Archive::new(XzDecoder::new(archive));
    let mut files = BTreeMap::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        files.insert(path, bytes);
    }
    Ok(files)
}

/// A text in one of the folders.
#[must_use]
pub fn text(folder: &str, name: &str) -> Option<&'static str> {
    let folder = FOLDERS.iter().find(|known| known.path == folder)?;
    std::str::from_utf8(folder.file(name)?).ok()
}
