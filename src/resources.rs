//! Floor 3: the roster of resource types. A new type is one file in `resources/` and two lines here.

use crate::provider::ResourceType;

mod alternatives;
mod apt_preference;
mod apt_repository;
mod apt_update;
mod archive_file;
mod authorized_key;
mod block;
mod cookbook_file;
mod cron;
mod directory;
mod edit;
mod execute;
mod file;
mod firewall_rule;
mod fragment;
mod gem_package;
mod git;
mod group;
mod hostname;
mod http_check;
mod kernel_module;
mod limit;
mod line;
mod link;
mod locale;
mod message;
mod mount;
mod npm_package;
mod package;
mod package_lists;
mod pip_package;
mod python_venv;
mod reboot;
mod remote_directory;
mod remote_file;
mod script;
mod service;
mod setting;
mod snap_package;
mod ssh_known_host;
mod sudo;
mod swap_file;
mod sysctl;
mod systemd_unit;
mod template;
mod timer;
mod timezone;
mod user;
mod wait_for;
mod yum_repository;
mod zypper_repository;

/// All types, sorted by name.
pub static TYPES: &[ResourceType] = &[
    ResourceType::of::<alternatives::Alternatives>(),
    ResourceType::of::<apt_preference::AptPreference>(),
    ResourceType::of::<apt_repository::AptRepository>(),
    ResourceType::of::<apt_update::AptUpdate>(),
    ResourceType::of::<archive_file::ArchiveFile>(),
    ResourceType::of::<authorized_key::AuthorizedKeys>(),
    ResourceType::of::<block::MarkedBlock>(),
    ResourceType::of::<cookbook_file::CookbookFile>(),
    ResourceType::of::<cron::Cron>(),
    ResourceType::of::<directory::Directory>(),
    ResourceType::of::<edit::EditedValues>(),
    ResourceType::of::<execute::Execute>(),
    ResourceType::of::<file::File>(),
    ResourceType::of::<firewall_rule::FirewallRule>(),
    ResourceType::of::<fragment::Fragment>(),
    ResourceType::of::<gem_package::GemPackage>(),
    ResourceType::of::<git::Git>(),
    ResourceType::of::<group::GroupAccount>(),
    ResourceType::of::<hostname::MachineName>(),
    ResourceType::of::<http_check::HttpCheck>(),
    ResourceType::of::<kernel_module::KernelModule>(),
    ResourceType::of::<limit::Limit>(),
    ResourceType::of::<line::FileLine>(),
    ResourceType::of::<link::Link>(),
    ResourceType::of::<locale::SystemLocale>(),
    ResourceType::of::<message::Message>(),
    ResourceType::of::<mount::FileSystemMount>(),
    ResourceType::of::<npm_package::NpmPackage>(),
    ResourceType::of::<package::Package>(),
    ResourceType::of::<package_lists::PackageLists>(),
    ResourceType::of::<pip_package::PipPackage>(),
    ResourceType::of::<python_venv::PythonVenv>(),
    ResourceType::of::<reboot::Reboot>(),
    ResourceType::of::<remote_directory::RemoteDirectory>(),
    ResourceType::of::<remote_file::RemoteFile>(),
    ResourceType::of::<script::ScriptRun>(),
    ResourceType::of::<service::Service>(),
    ResourceType::of::<setting::StoredSetting>(),
    ResourceType::of::<snap_package::SnapPackage>(),
    ResourceType::of::<ssh_known_host::KnownHostKeys>(),
    ResourceType::of::<sudo::SudoRule>(),
    ResourceType::of::<swap_file::SwapFile>(),
    ResourceType::of::<sysctl::Sysctl>(),
    ResourceType::of::<systemd_unit::SystemdUnit>(),
    ResourceType::of::<template::TemplateFile>(),
    ResourceType::of::<timer::SystemdTimer>(),
    ResourceType::of::<timezone::Timezone>(),
    ResourceType::of::<user::UserAccount>(),
    ResourceType::of::<wait_for::WaitFor>(),
    ResourceType::of::<yum_repository::YumRepository>(),
    ResourceType::of::<zypper_repository::ZypperRepository>(),
];

/// Finds a type by name.
#[must_use]
pub fn find(name: &str) -> Option<&'static ResourceType> {
    TYPES.iter().find(|r#type| r#type.name == name)
}
