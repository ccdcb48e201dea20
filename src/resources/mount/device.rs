//! What is mounted: the device behind a label or a number, and whether it is what the mount table shows.

use camino::{Utf8Path, Utf8PathBuf};

use super::FileSystemMount;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{FileText, Query};
use crate::provider::mount_table::Mounted;

/// Directories of udev with a link for each device, by the words of fstab(5).
const TAGS: &[(&str, &str)] = &[
    ("UUID", "/dev/disk/by-uuid"),
    ("LABEL", "/dev/disk/by-label"),
    ("PARTUUID", "/dev/disk/by-partuuid"),
    ("PARTLABEL", "/dev/disk/by-partlabel"),
];

/// The link of udev for `UUID=…` and the like. None if it is written in another way.
pub(super) fn tag(device: &str) -> Option<Utf8PathBuf> {
    let (word, value) = device.split_once('=')?;
    let (_, directory) = TAGS.iter().find(|(tag, _)| *tag == word)?;
    let value = value.trim_matches('"').replace('/', "\\x2f").replace(' ', "\\x20");
    Some(Utf8Path::new(directory).join(value))
}

/// The path of a device, directory or file. None for what has no path, such as `tmpfs` and `server:/path`.
pub(super) fn path(device: &str) -> Option<Utf8PathBuf> {
    tag(device).or_else(|| device.starts_with('/').then(|| device.into()))
}

impl FileSystemMount {
    /// The query for the device.
    pub(super) fn ask_device(&self) -> Option<Query> {
        self.device.as_deref().and_then(path).map(Query::Resolve)
    }

    /// Fails if the device does not exist, unless an earlier resource may bring it.
    pub(super) fn require_device(&self, known: &Known) -> Result<(), Stop> {
        let device = self.device()?;
        let Some(path) = path(device) else { return Ok(()) };
        match known.resolve(&path) {
            Ok(Some(_)) | Err(Stop::Unknown(_)) => Ok(()),
            Ok(None) if tag(device).is_some() => {
                Err(Failure::new(format!("there is no device with {device}"))
                    .hint("look at those that are there: lsblk --fs")
                    .into())
            }
            Ok(None) => Err(Failure::new(format!("there is no `{path}` to mount"))
                .hint("look at the devices that are there: lsblk --fs")
                .into()),
            Err(stop) => Err(stop),
        }
    }

    /// Whether it is what is mounted.
    pub(super) fn is(&self, mounted: &Mounted<'_>, known: &Known) -> Result<bool, Stop> {
        let device = self.device()?;
        let Some(path) = path(device) else {
            // The name of a file system that has no device is only a word.
            let is_named = device.contains([':', '/']);
            return Ok(if is_named { mounted.source == device } else { mounted.kind == self.fstype });
        };
        if mounted.source == path && !self.is_bind() {
            return Ok(true);
        }
        if mounted.source.starts_with("/dev/loop") && !path.starts_with("/dev") {
            let file = format!("/sys/block/{}/loop/backing_file", mounted.source.trim_start_matches("/dev/"));
            let text = known.read(Utf8Path::new(&file))?;
            return Ok(matches!(text, Some(FileText::Text(text)) if text.trim_end() == path));
        }
        // Of a bind mount, the table shows the device that the directory is on. Both names lead to the same directory.
        let other = if self.is_bind() { mounted.point.clone() } else { mounted.source.clone().into() };
        known.want([Query::Resolve(path.clone()), Query::Resolve(other.clone())])?;
        let (own, other) = (known.resolve(&path)?, known.resolve(&other)?);
        Ok(matches!((own, other), (Some(own), Some(other)) if own.inode == other.inode))
    }
}
