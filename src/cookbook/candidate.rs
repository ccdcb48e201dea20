//! One version of a cookbook that may be chosen.

use super::listed_version::ListedVersion;
use super::lock_file::LockedVersion;
use super::members::{FoundContent, MemberPlace};
use super::shared_origin::SharedSource;

/// A version that may be chosen.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Who asked first.
    pub(super) asked: SharedSource,
    pub(super) place: MemberPlace,
    pub(super) kind: CandidateKind,
}

/// What it is.
#[derive(Debug, Clone)]
pub(super) enum CandidateKind {
    Directory,
    Locked(LockedVersion),
    Listed(ListedVersion),
}

impl Candidate {
    pub(super) fn is_locked(&self) -> bool {
        matches!(self.kind, CandidateKind::Locked(_))
    }

    /// The version. None if only its files would tell.
    pub(super) fn version(&self) -> Option<&str> {
        match &self.kind {
            CandidateKind::Directory => None,
            CandidateKind::Locked(locked) => Some(&locked.version),
            CandidateKind::Listed(listed) => {
                Some(&listed.version).filter(|version| !version.is_empty()).map(String::as_str)
            }
        }
    }

    /// The tag that named its version, with that version.
    pub(super) fn tagged(&self) -> Option<(&str, &str)> {
        match &self.kind {
            CandidateKind::Listed(listed) if !listed.tag.is_empty() => Some((&listed.tag, &listed.version)),
            _ => None,
        }
    }

    /// The place that its paths begin at.
    pub(super) fn base(&self) -> MemberPlace {
        let exact = match &self.kind {
            CandidateKind::Directory => return self.place.clone(),
            CandidateKind::Locked(locked) => &locked.exact,
            CandidateKind::Listed(listed) => &listed.exact,
        };
        let MemberPlace::Fetched(origin, _) = &self.place else { return self.place.clone() };
        // For paths beside it, the commit is enough.
        let content = FoundContent { exact: exact.clone(), ..FoundContent::default() };
        MemberPlace::Fetched(origin.clone(), Some(content))
    }
}
