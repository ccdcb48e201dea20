//! What a command may change in the lock.

use super::scoped_name::short;

/// What may change in the lock, and whether the network may be used.
#[derive(Debug, Clone, Default)]
pub struct UpdateWish {
    pub update: UpdatedCookbooks,
    /// The version to take for the one cookbook that is named.
    pub precise: Option<String>,
    /// Whether only what was fetched before is used.
    pub offline: bool,
}

/// The cookbooks whose locked versions don't count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum UpdatedCookbooks {
    #[default]
    None,
    All,
    Named(Vec<String>),
}

impl UpdateWish {
    /// Whether a cookbook is updated, by its name in the project.
    pub(super) fn updates(&self, name: &str) -> bool {
        match &self.update {
            UpdatedCookbooks::None => false,
            UpdatedCookbooks::All => true,
            UpdatedCookbooks::Named(names) => names.iter().any(|named| short(named) == name),
        }
    }

    /// The version that a cookbook must have.
    pub(super) fn precise(&self, name: &str) -> Option<&str> {
        self.precise.as_deref().filter(|_| self.updates(name))
    }
}
