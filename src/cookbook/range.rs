//! The versions of a cookbook that are asked for: `*`, a prefix, or comparisons.

use std::cmp::Ordering;
use std::fmt;

use semver::{Version, VersionReq};

/// What is written where one is expected.
pub(super) const FORMS: &str = "write `*` for any version, a prefix (`1.2` allows every 1.2.x), or comparisons: `^1.2`, `~1.2`, `>=1.2, <3`";

/// A range of versions, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VersionRange {
    written: String,
    wanted: VersionReq,
}

impl VersionRange {
    /// Every version.
    pub(super) fn any() -> Self {
        Self { written: "*".to_owned(), wanted: VersionReq::STAR }
    }

    /// Parses a range. Numbers alone are a prefix, as they always were in `cookbook.toml`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let is_bare = |part: &str| part.trim_start().starts_with(|first: char| first.is_ascii_digit());
        let wanted = match (text.contains(','), text.split(',').any(is_bare)) {
            // In a list, it would be open what numbers alone mean.
            (true, true) => return None,
            (false, true) => VersionReq::parse(&format!("={}", text.trim())),
            _ => VersionReq::parse(text),
        };
        Some(Self { written: text.to_owned(), wanted: wanted.ok()? })
    }

    /// Whether a version is in the range. One before a release (`2.0.0-rc.1`) only if the range names such a one.
    pub(super) fn allows(&self, version: &str) -> bool {
        Version::parse(version).is_ok_and(|version| self.wanted.matches(&version))
    }

    /// Whether every version is in it.
    pub(super) fn is_any(&self) -> bool {
        self.wanted == VersionReq::STAR
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// Whether the text is a version: three numbers, and perhaps what comes before a release.
pub(super) fn is_version(text: &str) -> bool {
    Version::parse(text).is_ok()
}

/// Whether one version is newer than another. What is no version is older than everything.
pub(super) fn is_newer(one: &str, other: &str) -> bool {
    Version::parse(one).ok() > Version::parse(other).ok()
}

/// Orders versions, older ones first.
pub(super) fn by_age(one: &str, other: &str) -> Ordering {
    is_newer(one, other).cmp(&is_newer(other, one))
}
