//! The chapters, in reading order.

/// A chapter.
pub(super) struct Chapter {
    /// Name, without `.html`.
    pub(super) name: &'static str,
    /// Heading in the list of pages.
    pub(super) group: &'static str,
    pub(super) markdown: &'static str,
}

macro_rules! chapter {
    ($group:literal, $name:literal) => {
        Chapter { name: $name, group: $group, markdown: include_str!(concat!("chapters/", $name, ".md")) }
    };
}

/// All chapters. The first one is the start page.
pub(super) const CHAPTERS: &[Chapter] = &[
    chapter!("First steps", "start"),
    chapter!("First steps", "tour"),
    chapter!("First steps", "running"),
    chapter!("Cookbooks", "cookbook"),
    chapter!("Cookbooks", "custom_resources"),
    chapter!("Cookbooks", "templates"),
    chapter!("Cookbooks", "attributes"),
    chapter!("Cookbooks", "deferred"),
    chapter!("Cookbooks", "testing"),
    chapter!("Machines", "machines"),
    chapter!("Machines", "secrets"),
    chapter!("Machines", "security"),
    Chapter { name: "promises", group: "Machines", markdown: include_str!("../../.github/SECURITY.md") },
    chapter!("Coming from", "from_chef"),
    chapter!("Coming from", "from_ansible"),
    chapter!("Coming from", "from_shell"),
];
