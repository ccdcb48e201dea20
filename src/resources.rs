//! Floor 3: the roster of resource types. A new type is one file beside these and two lines here.

use crate::provider::ResourceType;

pub mod apt_update;
pub mod archive_file;
pub mod cookbook_file;
pub mod cron;
pub mod directory;
pub mod execute;
pub mod file;
pub mod git;
pub mod group;
pub mod http_check;
pub mod link;
pub mod package;
pub mod python_venv;
pub mod reboot;
pub mod remote_directory;
pub mod remote_file;
pub mod service;
pub mod sysctl;
pub mod systemd_unit;
pub mod template;
pub mod user;

/// All types, sorted by name.
pub static TYPES: &[ResourceType] = &[
    ResourceType::of::<apt_update::AptUpdate>(),
    ResourceType::of::<archive_file::ArchiveFile>(),
    ResourceType::of::<cookbook_file::CookbookFile>(),
    ResourceType::of::<cron::Cron>(),
    ResourceType::of::<directory::Directory>(),
    ResourceType::of::<execute::Execute>(),
    ResourceType::of::<file::File>(),
    ResourceType::of::<git::Git>(),
    ResourceType::of::<group::Group>(),
    ResourceType::of::<http_check::HttpCheck>(),
    ResourceType::of::<link::Link>(),
    ResourceType::of::<package::Package>(),
    ResourceType::of::<python_venv::PythonVenv>(),
    ResourceType::of::<reboot::Reboot>(),
    ResourceType::of::<remote_directory::RemoteDirectory>(),
    ResourceType::of::<remote_file::RemoteFile>(),
    ResourceType::of::<service::Service>(),
    ResourceType::of::<sysctl::Sysctl>(),
    ResourceType::of::<systemd_unit::SystemdUnit>(),
    ResourceType::of::<template::Template>(),
    ResourceType::of::<user::User>(),
];

/// The type of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static ResourceType> {
    TYPES.iter().find(|r#type| r#type.name == name)
}
