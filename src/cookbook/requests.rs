//! What the cookbooks from elsewhere ask for, and what they were granted.

use std::collections::BTreeMap;

use super::limits;
use super::locked_content::LockedContent;
use super::members::{SharedMember, members};
use super::sharing::{NewLock, SharedCookbooks};
use crate::model::capability::{Authority, Lack, Need};
use crate::model::sorted;

/// What a cookbook asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookbookRequest {
    pub name: String,
    /// The name with its scope, if it has one.
    pub full_name: String,
    pub version: String,
    /// What it declares, and what the project grants and denies.
    pub authority: Authority,
}

impl CookbookRequest {
    /// What it needs, and what it uses if it may.
    #[must_use]
    pub fn asked(&self, optional: bool) -> Vec<Need> {
        let list = if optional { Some(&self.authority.optional) } else { self.authority.declared.as_ref() };
        let patterns = list.into_iter().flatten();
        patterns
            .flat_map(|(kind, names)| names.iter().map(|name| Need { kind: *kind, name: name.clone() }))
            .collect()
    }

    /// What it needs and was not granted.
    #[must_use]
    pub fn ungranted(&self) -> Vec<Need> {
        let missing = self.authority.missing(false).into_iter();
        missing.filter(|(_, lack)| *lack == Lack::Ungranted).map(|(need, _)| need).collect()
    }
}

impl SharedCookbooks {
    /// The requests of the cookbooks in a lock, or in the present one, by their names. A cookbook that was not fetched is
    /// left out.
    #[must_use]
    pub fn requests(&self, new: Option<&NewLock>) -> BTreeMap<String, CookbookRequest> {
        let lock = new.map(|new| new.lock.clone()).or_else(|| self.lock.clone());
        let mut content =
            LockedContent { root: &self.root, lock: Some(lock.unwrap_or_default()), strict: false };
        let found = members(&self.ground(), &mut content, &mut Vec::new());
        let request = |(name, member): (String, SharedMember)| {
            let listed = member.listed;
            let (grants, sources) = (&self.settings.grants, &self.settings.cookbooks);
            let authority = limits::authority(&listed, true, grants, sources)?;
            let (full_name, version) = (listed.full_name, listed.cookbook.version);
            Some((name.clone(), CookbookRequest { name, full_name, version, authority }))
        };
        sorted::collected(found.into_iter().filter_map(request))
    }
}
