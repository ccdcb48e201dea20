//! What an action of a resource means in plain words that every tool for machines has: files, packages, services, accounts
//! and commands. Exports are written from these. Whatever is none of them is a command, with a look that says whether it is
//! needed.
//!
//! Any text in here may have deferred values in it, as markers; see [`marked`].

mod accounts;
mod command;
mod fetched;
mod files;
pub mod marked;
mod packages;
mod portables;
mod service;
mod thing;

pub use accounts::{AccountAct, PortableGroup, PortableUser};
pub use command::{PortableCommand, Unless, script};
pub use fetched::{CheckoutAct, PortableArchive, PortableCheckout, PortableDownload};
pub use files::{PortableAbsence, PortableDirectory, PortableFile, PortableKind, PortableLink};
pub use packages::{PackageAct, PortablePackages};
pub use portables::{Declined, LostProperty, PortableMachine, Portables};
pub use service::{PortableService, ServiceAct};
pub use thing::{Portable, PortableItem};
