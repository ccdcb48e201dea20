//! The chapters, in reading order.

use crate::model::packed;

/// A chapter.
pub(super) struct Chapter {
    /// Name, without `.html`.
    pub(super) name: &'static str,
    /// Heading in the list of pages.
    pub(super) group: &'static str,
}

impl Chapter {
    pub(super) fn markdown(&self) -> &'static str {
        packed::text("src/docs/chapters", &format!("{}.md", self.name)).unwrap_or_default()
    }
}

const fn chapter(group: &'static str, name: &'static str) -> Chapter {
    Chapter { name, group }
}

/// All chapters. The first one is the start page.
pub(super) const CHAPTERS: &[Chapter] = &[
    chapter("First steps", "start"),
    chapter("First steps", "tour"),
    chapter("First steps", "running"),
    chapter("Cookbooks", "cookbook"),
    chapter("Cookbooks", "custom_resources"),
    chapter("Cookbooks", "tasks"),
    chapter("Cookbooks", "templates"),
    chapter("Cookbooks", "attributes"),
    chapter("Cookbooks", "deferred"),
    chapter("Cookbooks", "testing"),
    chapter("Cookbooks", "sharing"),
    chapter("Cookbooks", "publishing"),
    chapter("Machines", "machines"),
    chapter("Machines", "secrets"),
    chapter("Machines", "security"),
    chapter("Machines", "capture"),
    // This one is the policy of the repository.
    chapter("Machines", "promises"),
    chapter("Coming from", "from_chef"),
    chapter("Coming from", "from_ansible"),
    chapter("Coming from", "from_shell"),
    chapter("Going on", "leaving"),
];
