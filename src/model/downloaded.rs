//! What a target remembers of the files that it downloaded: enough to ask the server whether it has another version.

use std::fmt::Write as _;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::content::sha256;
use super::redirect;
use super::step::{Fetch, without_tokens};

/// Most files that are remembered.
const FILES: usize = 1000;
/// Longest value of a header that is remembered, in bytes.
const LONGEST: usize = 256;
/// Most bytes of the memory that are read: 1 MiB.
pub const MEMORY_LIMIT: u64 = 1 << 20;

/// A file that was downloaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Downloaded {
    /// Where it was put.
    pub path: Utf8PathBuf,
    /// Stands for its address: see [`address_key`].
    pub from: String,
    /// Scheme, host and port of the server that sent it, after all redirects.
    pub origin: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Header `ETag` of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// Header `Last-Modified` of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

/// The headers of an answer that tell the version of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Version {
    /// The address that was asked at last.
    pub at: String,
    /// Header `ETag`.
    pub etag: Option<String>,
    /// Header `Last-Modified`.
    pub last_modified: Option<String>,
}

impl Version {
    /// Reads the headers as curl and wget print them. Those of the last answer count.
    #[must_use]
    pub fn read(at: &str, headers: &str) -> Self {
        let mut version = Self { at: at.to_owned(), ..Self::default() };
        for line in headers.lines().map(str::trim) {
            if line.starts_with("HTTP/") {
                (version.etag, version.last_modified) = (None, None);
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            version.take(name, value.trim());
        }
        version
    }

    /// Takes a header, if it tells the version.
    pub fn take(&mut self, name: &str, value: &str) {
        if name.eq_ignore_ascii_case("etag") {
            self.etag = Some(value.to_owned());
        } else if name.eq_ignore_ascii_case("last-modified") {
            self.last_modified = Some(value.to_owned());
        }
    }
}

impl Downloaded {
    /// What is remembered of a download: `url` is the declared address that it came from. `None` if the server told no
    /// version, or one that can't be sent back.
    #[must_use]
    pub fn of(step: &Fetch, url: &str, version: &Version, sha256: &str) -> Option<Self> {
        let kept = |value: &Option<String>| value.clone().filter(|value| is_sendable(value));
        let (etag, last_modified) = (kept(&version.etag), kept(&version.last_modified));
        if !step.remember || etag.is_none() && last_modified.is_none() {
            return None;
        }
        Some(Self {
            path: step.path.clone(),
            from: address_key(url),
            origin: redirect::origin(&version.at)?,
            sha256: sha256.to_owned(),
            etag,
            last_modified,
        })
    }

    /// Whether everything in it can be used.
    fn is_sound(&self) -> bool {
        let fits = |value: &Option<String>| value.as_deref().is_none_or(is_sendable);
        self.path.is_absolute() && fits(&self.etag) && fits(&self.last_modified)
    }
}

fn is_sendable(value: &str) -> bool {
    !value.is_empty() && value.len() <= LONGEST && value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// A name for an address that tells nothing of it: 32 digits of the SHA-256 of the address without login and tokens.
#[must_use]
pub fn address_key(url: &str) -> String {
    let mut key = sha256(without_tokens(url).as_bytes());
    key.truncate(32);
    key
}

/// Reads the memory: one JSON object a line. A line that can't be used is ignored.
#[must_use]
pub fn read(text: &str) -> Vec<Downloaded> {
    let sound = |line: &str| serde_json::from_slice(line.as_bytes()).ok().filter(Downloaded::is_sound);
    text.lines().filter_map(sound).collect()
}

/// The text of the memory after a download to `path`. `None` if it stays as it is.
#[must_use]
pub fn with(text: &str, path: &Utf8Path, file: Option<&Downloaded>) -> Option<String> {
    let mut all = read(text);
    let before = all.len();
    all.retain(|other| other.path != path);
    if file.is_none() && all.len() == before {
        return None;
    }
    all.extend(file.cloned());
    let mut text = String::new();
    for file in &all[all.len().saturating_sub(FILES)..] {
        // Plain data always becomes text, and writing to a string can't fail.
        let _ = serde_json::to_string(file).map(|line| writeln!(text, "{line}"));
    }
    Some(text)
}
