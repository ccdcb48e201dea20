//! The engine of a target: the agent, which is this program on the target, or the target's own shell.

use serde::{Deserialize, Serialize};

/// The engine that the user chose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EngineChoice {
    /// The agent if it can run, otherwise the shell.
    #[default]
    Auto,
    /// The agent. If it can't run, the run fails.
    Agent,
    /// The shell, even if the agent could run.
    Shell,
}

impl EngineChoice {
    /// All choices.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Agent, Self::Shell];

    /// The name in options and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Agent => "agent",
            Self::Shell => "shell",
        }
    }

    /// The meaning, for the reference.
    #[must_use]
    pub fn doc(self) -> &'static str {
        match self {
            Self::Auto => "An agent if it can run, otherwise the target's shell.",
            Self::Agent => "An agent: chefrs itself, copied to the target. If it can't run, the run fails.",
            Self::Shell => {
                "The target's own shell, even if an agent could run. Nothing is copied to the target."
            }
        }
    }

    /// Finds a choice by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.name() == name)
    }
}
