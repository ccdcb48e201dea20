//! What comes from elsewhere: downloads, archives and checkouts.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::files::PortableFile;
use crate::model::step::{Command, PublishedChecksum};

/// A file that is downloaded. Its content is none of [`PortableFile`]; all else in there holds.
#[derive(Debug, Clone, Default)]
pub struct PortableDownload {
    /// Where it is, and its owner, mode and checks.
    pub file: PortableFile,
    /// Addresses to try in order.
    pub urls: Vec<String>,
    /// SHA-256 of the file, in lowercase, complete or at least its first 8 digits.
    pub sha256: Option<String>,
    /// A list that has the checksum.
    pub published: Option<PublishedChecksum>,
    pub headers: BTreeMap<String, String>,
    /// Whether it is downloaded again in every run.
    pub is_refreshed: bool,
    /// Timeout of the whole download in seconds.
    pub timeout: u64,
}

/// An archive that is unpacked.
#[derive(Debug, Clone)]
pub struct PortableArchive {
    /// The archive on the machine: tar, compressed or not, or zip.
    pub archive: Utf8PathBuf,
    pub sha256: Option<String>,
    /// The directory for its content. It is unpacked only if that is not there.
    pub destination: Utf8PathBuf,
    /// Number of leading components to drop from the paths in the archive.
    pub strip_components: u32,
    pub owner: Option<String>,
    pub group: Option<String>,
    /// Mode of the directory.
    pub mode: u32,
    /// Whether it is unpacked again if the archive has changed.
    pub replace: bool,
}

/// A checkout of a git repository.
#[derive(Debug, Clone)]
pub struct PortableCheckout {
    pub act: CheckoutAct,
    pub repository: String,
    /// A branch, a tag, a commit or `HEAD`.
    pub revision: String,
    pub remote: String,
    pub destination: Utf8PathBuf,
    pub depth: Option<u32>,
    pub submodules: bool,
    /// Whether changes that somebody made there are thrown away. Otherwise they are an error.
    pub discard_changes: bool,
    /// User, group, environment and timeout of the commands. It has no arguments.
    pub command: Command,
}

/// What is done to a checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckoutAct {
    /// Clones it if it is not there.
    Checkout,
    /// Clones it, and moves it to the revision.
    Sync,
    /// Gets the files without the repository, if they are not there.
    Export,
}
