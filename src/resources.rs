//! Floor 3: the roster of resource types. A new type is one file beside these and two lines here.

use crate::provider::ResourceType;

pub mod cookbook_file;
pub mod cron;
pub mod directory;
pub mod execute;
pub mod file;
pub mod group;
pub mod link;
pub mod package;
pub mod service;
pub mod template;
pub mod user;

/// All types, sorted by name.
pub static TYPES: &[ResourceType] = &[
    ResourceType::of::<cookbook_file::CookbookFile>(),
    ResourceType::of::<cron::Cron>(),
    ResourceType::of::<directory::Directory>(),
    ResourceType::of::<execute::Execute>(),
    ResourceType::of::<file::File>(),
    ResourceType::of::<group::Group>(),
    ResourceType::of::<link::Link>(),
    ResourceType::of::<package::Package>(),
    ResourceType::of::<service::Service>(),
    ResourceType::of::<template::Template>(),
    ResourceType::of::<user::User>(),
];

/// The type of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static ResourceType> {
    TYPES.iter().find(|r#type| r#type.name == name)
}
