//! One plain thing, of whatever kind.

use super::accounts::{PortableGroup, PortableUser};
use super::command::PortableCommand;
use super::fetched::{PortableArchive, PortableCheckout, PortableDownload};
use super::files::{PortableAbsence, PortableDirectory, PortableFile, PortableLink};
use super::packages::PortablePackages;
use super::service::PortableService;

/// One plain thing.
#[derive(Debug, Clone)]
pub enum Portable {
    File(PortableFile),
    Directory(PortableDirectory),
    Link(PortableLink),
    /// Nothing is at a path.
    Absence(PortableAbsence),
    Packages(PortablePackages),
    Service(PortableService),
    User(PortableUser),
    Group(PortableGroup),
    Command(PortableCommand),
    Download(PortableDownload),
    Archive(PortableArchive),
    Checkout(PortableCheckout),
    /// A line for the person who watches. It changes nothing.
    Message(String),
}

impl Portable {
    /// Seconds until what is done for it is stopped. 0: never.
    #[must_use]
    pub fn timeout(&self) -> u64 {
        match self {
            Self::Packages(packages) => packages.command.timeout,
            Self::Service(service) => service.timeout,
            Self::Command(command) => command.act.timeout,
            Self::Download(download) => download.timeout,
            Self::Checkout(checkout) => checkout.command.timeout,
            _ => 0,
        }
    }
}

/// A plain thing that a resource asks for.
#[derive(Debug, Clone)]
pub struct PortableItem {
    pub what: Portable,
    /// Whether it is only due if an earlier item of the same resource changed something.
    pub after_change: bool,
}
