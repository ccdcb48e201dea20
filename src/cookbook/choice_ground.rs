//! What a choice of versions is made from: what the project asks for, the lock, and what may change in it.

use pubgrub::Ranges;

use super::candidate::Candidate;
use super::lock_file::LockFile;
use super::members::{MemberPlace, SharingGround};
use super::shared_origin::{GitPick, SharedSource};
use super::update_wish::UpdateWish;

/// The package that asks for all that the project asks for.
pub(super) const PROJECT: &str = "";

/// What is given for a choice.
#[derive(Clone, Copy)]
pub(super) struct ChoiceGround<'a> {
    pub(super) ground: SharingGround<'a>,
    pub(super) lock: &'a LockFile,
    pub(super) wish: &'a UpdateWish,
}

/// The chosen candidates, by name in the project.
pub(super) type Chosen = Vec<(String, Candidate)>;

/// What a cookbook, or the project, asks for.
#[derive(Debug, Clone)]
pub(super) struct VersionAsk {
    /// The cookbook that asks, or the project, and its number.
    pub(super) asker: String,
    pub(super) id: u32,
    pub(super) source: SharedSource,
    pub(super) place: MemberPlace,
    pub(super) set: Ranges<u32>,
}

impl VersionAsk {
    /// The tag, branch or commit that is named.
    pub(super) fn picked(&self) -> &GitPick {
        match &self.place {
            MemberPlace::Fetched(origin, _) => origin.pick(),
            MemberPlace::Directory(..) => &GitPick::Version,
        }
    }
}

impl ChoiceGround<'_> {
    /// Whether the project has a cookbook in `cookbooks/`.
    pub(super) fn has_itself(&self, name: &str) -> bool {
        self.ground.on_disk.contains_key(name)
    }
}
