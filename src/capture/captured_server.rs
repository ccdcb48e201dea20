//! A server of databases, as it was captured.

use super::declaration::CapturedResource;

/// Something in a server, and whether its password must be given.
pub(super) struct InServer {
    pub(super) declaration: CapturedResource,
    pub(super) has_password: bool,
}

impl From<CapturedResource> for InServer {
    fn from(declaration: CapturedResource) -> Self {
        Self { declaration, has_password: false }
    }
}

/// A server of databases.
pub(super) struct CapturedServer {
    /// The cookbook that declares what is in it. Its package and its service are the cookbook's, too.
    pub(super) cookbook: &'static str,
    /// The recipe that it is in: that of its package.
    pub(super) recipe: String,
    pub(super) things: Vec<InServer>,
    /// What is left out, each a line of a comment.
    pub(super) untold: Vec<String>,
}
