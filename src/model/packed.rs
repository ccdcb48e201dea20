//! Text that is part of the program: folders of it, packed as `.cargo/build.rs` does it.

use std::io::Read as _;
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
    /// Where its first file is among those of the archive.
    first: usize,
}

impl PackedFolder {
    /// One of its files.
    pub fn file(&self, name: &str) -> Option<&'static [u8]> {
        if let Some((_, bytes)) = self.plain.filter(|(plain, _)| *plain == name) {
            return Some(bytes);
        }
        self.archive.file(self.first + self.names.binary_search(&name).ok()?)
    }
}

/// The files of one folder or of several, one after the other, each after its length.
struct PackedArchive {
    packed: &'static [u8],
    /// It is unpacked when the first of them is asked for.
    files: OnceLock<Vec<u8>>,
}

impl PackedArchive {
    const fn new(packed: &'static [u8]) -> Self {
        Self { packed, files: OnceLock::new() }
    }

    fn file(&self, number: usize) -> Option<&[u8]> {
        let files = self.files.get_or_init(|| {
            let mut files = Vec::new();
            match XzDecoder::new(self.packed).read_to_end(&mut files) {
                Ok(_) => files,
                Err(error) => unreachable!("an archive in this program is damaged: {error}"),
            }
        });
        let mut file: &[u8] = &[];
        let mut rest = files.as_slice();
        for _ in 0..=number {
            let (length, after) = rest.split_first_chunk()?;
            (file, rest) = after.split_at_checked(u32::from_le_bytes(*length).try_into().ok()?)?;
        }
        Some(file)
    }
}

/// A text in one of the folders.
#[must_use]
pub fn text(folder: &str, name: &str) -> Option<&'static str> {
    let folder = FOLDERS.iter().find(|known| known.path == folder)?;
    std::str::from_utf8(folder.file(name)?).ok()
}
