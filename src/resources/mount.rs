//! `mount`: a file system at a directory, now and at every boot.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::content::{AbsolutePath, Strings};
use crate::model::error::Failure;

mod device;
mod provider;
mod state;

/// A file system at a directory, now and at every boot.
///
/// `mount` mounts it now, and `enable` writes its line in `/etc/fstab`; most recipes want both. The other lines of
/// `/etc/fstab` stay as they are, byte for byte. Options are compared by meaning: their order does not count, nor do those
/// that hold anyway, such as `defaults` and `rw`. systemd reads its units again after a change of the file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FileSystemMount {
    /// The directory. It must exist.
    mount_point: AbsolutePath,
    /// What is mounted: `/dev/vdb1`, `UUID=…`, `LABEL=…`, `PARTUUID=…`, `PARTLABEL=…`, a directory with the option `bind`, a
    /// file with the option `loop`, `server:/path`, or `tmpfs`. Required for `mount` and `enable`.
    device: Option<String>,
    /// Type of the file system: `ext4`, `nfs`, `tmpfs`.
    #[serde(default = "auto")]
    fstype: String,
    /// Options: a list, or a string with commas.
    #[serde(default = "defaults")]
    options: Strings,
    /// Whether dump(8) saves the file system: 0 or 1.
    #[serde(default)]
    dump: u32,
    /// When the file system is checked at boot: 1 is for the root, 2 for the others, 0 for never. Default: 2 for a device,
    /// 0 for anything else.
    pass: Option<u32>,
    /// Seconds until a command is stopped.
    #[serde(default = "five_minutes")]
    timeout: u64,
    /// Whether a value is a secret.
    #[serde(skip)]
    secret: bool,
}

fn auto() -> String {
    "auto".to_owned()
}

fn defaults() -> Strings {
    Strings(vec!["defaults".to_owned()])
}

fn five_minutes() -> u64 {
    300
}

impl FileSystemMount {
    fn options(&self) -> impl Iterator<Item = &str> {
        self.options.0.iter().flat_map(|options| options.split(',')).filter(|option| !option.is_empty())
    }

    fn has_option(&self, wanted: &str) -> bool {
        self.options().any(|option| option == wanted)
    }

    fn is_bind(&self) -> bool {
        self.has_option("bind") || self.has_option("rbind")
    }

    /// The options as mount(8) takes them. None are said with `defaults`.
    fn joined_options(&self) -> String {
        let options: Vec<&str> = self.options().collect();
        if options.is_empty() { "defaults".to_owned() } else { options.join(",") }
    }

    fn device(&self) -> Result<&str, Failure> {
        self.device.as_deref().ok_or_else(|| {
            Failure::new("it needs a `device`").hint("say what is mounted: device = \"UUID=…\"")
        })
    }
}
