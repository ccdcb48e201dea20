//! Words of Chef, Ansible, Puppet and Salt, and what does their job here. People type what they know; a message that
//! shows the way is worth more than one that lists what there is.
//!
//! All of it is data: a spec holds that whatever a row proposes is there.

mod commands;
mod files;
mod options;
mod properties;
mod types;
mod values;
mod word;

pub use commands::COMMANDS;
pub use files::FILES;
pub use options::OPTIONS;
pub use properties::{PROPERTIES, action_for};
pub use types::TYPES;
pub use values::{NODE_KEYS, VALUES};
pub use word::ForeignWord;

/// Endings of files that other tools read, and what they hold.
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
