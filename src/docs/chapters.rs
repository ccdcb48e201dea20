//! The chapters, in the order in which they are read.

/// A chapter.
pub(super) struct Chapter {
    /// Name without `.html`.
    pub(super) name: &'static str,
    /// Heading of the list in which it stands.
    pub(super) group: &'static str,
    pub(super) markdown: &'static str,
}

macro_rules! chapter {
    ($group:literal, $name:literal) => {
        Chapter { name: $name, group: $group, markdown: include_str!(concat!("chapters/", $name, ".md")) }
    };
}

/// All of them. The first is the page that a reader opens.
pub(super) const CHAPTERS: &[Chapter] = &[
    chapter!("First steps", "start"),
    chapter!("First steps", "tour"),
    chapter!("First steps", "running"),
    chapter!("Cookbooks", "cookbook"),
    chapter!("Cookbooks", "custom_resources"),
    chapter!("Cookbooks", "templates"),
    chapter!("Cookbooks", "attributes"),
    chapter!("Cookbooks", "testing"),
    chapter!("Machines", "machines"),
    chapter!("Machines", "secrets"),
    chapter!("Machines", "security"),
    chapter!("Coming from", "from_chef"),
    chapter!("Coming from", "from_ansible"),
    chapter!("Coming from", "from_shell"),
];
