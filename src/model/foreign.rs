//! Words of Chef, Ansible, Puppet and Salt, with their equivalents in chefrs. People type the words they know, so error
//! messages suggest the equivalent.
//!
//! These are data tables. A spec checks that everything they suggest exists.

mod commands;
mod cookbook_types;
mod files;
mod options;
mod properties;
mod states;
mod type_properties;
mod types;
mod values;
mod word;

pub use commands::COMMANDS;
pub use cookbook_types::COOKBOOK_TYPES;
pub use files::FILES;
pub use options::OPTIONS;
pub use properties::PROPERTIES;
pub use states::action_for;
pub use type_properties::TYPE_PROPERTIES;
pub use types::TYPES;
pub use values::{NODE_KEYS, VALUES};
pub use word::ForeignWord;

/// File extensions of other tools, and the formats they mean.
pub const LANGUAGES: &[(&str, &str)] = &[
    ("rb", "Ruby"),
    ("yml", "YAML"),
    ("yaml", "YAML"),
    ("pp", "Puppet's language"),
    ("sls", "YAML of Salt"),
    ("py", "Python"),
    ("sh", "a shell script"),
    ("json", "JSON"),
    ("toml", "TOML"),
];
