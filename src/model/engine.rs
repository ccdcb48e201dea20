//! What works on a target: this program itself, as the agent, or the target's own shell.

use serde::{Deserialize, Serialize};

/// How a target is worked on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EngineChoice {
    /// The agent where it can run, a shell elsewhere.
    #[default]
    Auto,
    /// The agent; where it can't run, nothing is done.
    Agent,
    /// A shell, even where the agent could run.
    Shell,
}

impl EngineChoice {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Agent, Self::Shell];

    /// As people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Agent => "agent",
            Self::Shell => "shell",
        }
    }

    /// What it means, for the reference.
    #[must_use]
    pub fn doc(self) -> &'static str {
        match self {
            Self::Auto => "An agent where it can run, else the target's shell.",
            Self::Agent => {
                "An agent: chefrs itself, copied to the target. Where it can't run, nothing is done."
            }
            Self::Shell => "The target's own shell, even where an agent could run. Nothing is copied there.",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.name() == name)
    }
}
