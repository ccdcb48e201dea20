//! Restarts that runs have asked for, as the text that a target keeps: each is made, and made once.

use serde::{Deserialize, Serialize};

/// A restart of the machine that a resource has asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restarted {
    /// `type[name]` of the resource.
    pub by: String,
    /// The action of it that asks for one; the first version wrote down none.
    #[serde(default = "of_first_version")]
    pub action: String,
    /// Id of the run.
    pub run: String,
    /// What the kernel called the time since it was started when that was asked for.
    pub boot: String,
    /// Whether the machine has been started since.
    #[serde(default)]
    pub made: bool,
}

fn of_first_version() -> String {
    "request_reboot".to_owned()
}

/// Those that were asked for and are not settled, in that order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restarts(Vec<Restarted>);

impl Restarts {
    /// Reads the text, one JSON object a line; `boot` is what the kernel calls the time since it was started.
    #[must_use]
    pub fn read(text: &str, boot: &str) -> Self {
        let known = text.lines().filter_map(|line| serde_json::from_str::<Restarted>(line).ok());
        Self(known.map(|restarted| Restarted { made: restarted.boot != boot, ..restarted }).collect())
    }

    /// A resource asks for one.
    pub fn ask(&mut self, restart: Restarted) {
        self.0.retain(|other| other.by != restart.by);
        self.0.push(restart);
    }

    /// Nobody asks for one any more.
    pub fn take_back(&mut self) {
        self.0.retain(|restarted| restarted.made);
    }

    /// Forgets those that were made.
    pub fn settle(&mut self) {
        self.0.retain(|restarted| !restarted.made);
    }

    /// The text that is to be kept.
    ///
    /// # Errors
    /// Never in practice: a line is plain data.
    pub fn text(&self) -> serde_json::Result<String> {
        self.0.iter().map(|restarted| Ok(serde_json::to_string(restarted)? + "\n")).collect()
    }

    /// One after another.
    #[must_use]
    pub fn into_list(self) -> Vec<Restarted> {
        self.0
    }
}
