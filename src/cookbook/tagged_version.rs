//! The versions of a cookbook that the tags of a repository name.

use std::collections::BTreeSet;

use super::git::GitName;
use super::range::{by_age, is_version};
use super::shared_origin::GitOrigin;
use crate::model::sorted;

/// Prefix of the names of tags.
pub(super) const TAGS: &str = "refs/tags/";

/// A tag with a version.
#[derive(Debug)]
pub(super) struct TaggedVersion {
    pub(super) tag: String,
    pub(super) version: String,
    pub(super) commit: String,
}

/// The versions of a cookbook, newest first: `subdirectory/v1.2.3` and `name-v1.2.3`; if there are none, `v1.2.3`.
pub(super) fn versions(name: &str, origin: &GitOrigin, names: &[GitName]) -> Vec<TaggedVersion> {
    let tagged = |prefix: &str| {
        let prefix = format!("{TAGS}{prefix}v");
        names.iter().filter_map(move |known| {
            let version = known.name.strip_prefix(&prefix).filter(|version| is_version(version))?;
            let tag = known.name.trim_start_matches(TAGS).to_owned();
            Some(TaggedVersion { tag, version: version.to_owned(), commit: known.commit.clone() })
        })
    };
    let mut found: Vec<TaggedVersion> = tagged(&format!("{name}-")).collect();
    if !origin.subdirectory.is_empty() {
        found.extend(tagged(&format!("{}/", origin.subdirectory)));
    }
    if found.is_empty() {
        found.extend(tagged(""));
    }
    sorted::sort_by(&mut found, |one, other| by_age(&other.version, &one.version));
    let mut seen = BTreeSet::new();
    found.retain(|known| seen.insert(known.version.clone()));
    found
}
