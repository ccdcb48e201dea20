//! `apt_repository`: a source of packages for apt.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::content::{AbsolutePath, SourceFile, Strings};

mod check;
mod key;
mod lists;
mod plan;
mod provider;
mod text;

/// Directory of the sources.
const SOURCES: &str = "/etc/apt/sources.list.d";
/// Directory of the keys that only some sources use.
const KEYRINGS: &str = "/etc/apt/keyrings";

/// A source of packages for apt, with its key.
///
/// It is a file in `/etc/apt/sources.list.d`. The key is stored in `/etc/apt/keyrings`, and only this source uses it. When
/// something changes, apt reads the lists of this source alone, in the same run. If that fails, a new source goes away again,
/// so that it does not disturb apt.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AptRepository {
    /// Name of its files.
    repo_name: String,
    /// Address of the repository, or a list of addresses of the same: `"https://deb.example.org/debian"`.
    #[serde(default)]
    uri: Strings,
    /// Releases: `"bookworm"`, or `"./"` for a repository without releases. Default: the release that the machine has.
    suites: Option<Strings>,
    /// Parts of the releases. Default: `"main"`, or none for a repository without releases.
    components: Option<Strings>,
    /// Kinds of packages: `"deb"`, `"deb-src"`.
    #[serde(default = "binary")]
    types: Strings,
    /// Architectures. Default: those of the machine.
    architectures: Option<Strings>,
    /// The public key that signs the repository: its address (`https://…`), or the key itself as text. With an address, the key
    /// is downloaded once.
    key: Option<String>,
    /// File of the cookbook with the key, as text (`.asc`).
    key_file: Option<SourceFile>,
    /// Fingerprint of the key, or a list of fingerprints. Another key is refused before anything is changed. An address without
    /// `https` needs it.
    fingerprint: Option<Strings>,
    /// File on the machine with the keys, if another resource or package brings it.
    signed_by: Option<AbsolutePath>,
    /// Whether packages without a valid signature are accepted.
    #[serde(default)]
    trusted: bool,
    /// Whether apt uses the source.
    #[serde(default = "yes")]
    enabled: bool,
    /// Priority of its packages: 500 is usual, 990 wins over other releases, over 1000 allows downgrades, 100 is for updates of
    /// installed packages alone. Default: none is set.
    pin: Option<i32>,
    /// More fields of the file, as in sources.list(5): `{ ["By-Hash"] = "no" }`.
    #[serde(default)]
    options: BTreeMap<String, Strings>,
    /// Seconds until the refresh is stopped.
    #[serde(default = "five_minutes")]
    timeout: u64,
}

fn binary() -> Strings {
    Strings(vec!["deb".to_owned()])
}

fn yes() -> bool {
    true
}

fn five_minutes() -> u64 {
    300
}

impl AptRepository {
    fn id(&self) -> String {
        format!("apt_repository[{}]", self.repo_name)
    }

    fn source_path(&self) -> Utf8PathBuf {
        Utf8Path::new(SOURCES).join(format!("{}.sources", self.repo_name))
    }

    fn keyring_path(&self) -> Utf8PathBuf {
        Utf8Path::new(KEYRINGS).join(format!("{}.asc", self.repo_name))
    }

    /// The file of the same name in the old format, which other tools write.
    fn old_path(&self) -> Utf8PathBuf {
        Utf8Path::new(SOURCES).join(format!("{}.list", self.repo_name))
    }

    fn has_key(&self) -> bool {
        self.key.is_some() || self.key_file.is_some()
    }
}
