//! In which files of a cook a word is known.

use super::session::ScriptKind;

/// The kinds of files that have a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownIn {
    All,
    /// All files except `facts.lua`.
    NotProbes,
    /// Recipes, custom resources, tasks and libraries.
    NotDeclarations,
    /// Recipes, custom resources and tasks.
    Declaring,
    /// Custom resources.
    Resources,
    /// Custom resources and libraries.
    ResourcesAndLibraries,
    /// Tasks.
    Tasks,
    /// The file `attributes.lua`.
    Attributes,
    /// The file `facts.lua`.
    Probes,
    /// Files of tests.
    Tests,
}

impl KnownIn {
    /// Whether this kind of file is included.
    pub(super) fn include(self, kind: ScriptKind) -> bool {
        match self {
            Self::All => true,
            Self::NotProbes => kind != ScriptKind::Probes,
            Self::NotDeclarations => !matches!(kind, ScriptKind::Attributes | ScriptKind::Probes),
            // The recipe of a test stands in the file of the test.
            Self::Declaring => {
                use ScriptKind::{Recipe, Resource, Task, Tests};
                matches!(kind, Recipe | Resource | Task | Tests)
            }
            Self::Resources => kind == ScriptKind::Resource,
            Self::ResourcesAndLibraries => matches!(kind, ScriptKind::Resource | ScriptKind::Library),
            Self::Tasks => kind == ScriptKind::Task,
            Self::Attributes => kind == ScriptKind::Attributes,
            Self::Probes => kind == ScriptKind::Probes,
            Self::Tests => kind == ScriptKind::Tests,
        }
    }

    /// Description for the reference.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::All => "In every file.",
            Self::NotProbes => "In every file except `facts.lua`.",
            Self::NotDeclarations => "In recipes, custom resources, tasks and libraries.",
            Self::Declaring => "In recipes, custom resources and tasks.",
            Self::Resources => "In custom resources.",
            Self::ResourcesAndLibraries => "In custom resources and libraries.",
            Self::Tasks => "In tasks.",
            Self::Attributes => "In `attributes.lua`.",
            Self::Probes => "In `facts.lua`.",
            Self::Tests => "In `tests/*.lua`.",
        }
    }
}
