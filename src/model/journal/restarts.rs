//! Restarts that resources asked for. The target keeps the list, so that each restart is made exactly once.

use serde::{Deserialize, Serialize};

/// A restart of the machine that a resource asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restarted {
    /// Id of the resource, as `type[name]`.
    pub by: String,
    /// The action that asked for the restart. Entries of the first version do not have it.
    #[serde(default = "of_first_version")]
    pub action: String,
    /// Id of the run.
    pub run: String,
    /// The kernel's boot id at the time of the request.
    pub boot: String,
    /// Whether the machine has been started since.
    #[serde(default)]
    pub made: bool,
    /// How often the resource had restarted the machine in the same run before.
    #[serde(default)]
    pub earlier: u32,
}

fn of_first_version() -> String {
    "request_reboot".to_owned()
}

/// Restarts that are not settled, in the order of the requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restarts(Vec<Restarted>);

impl From<Vec<Restarted>> for Restarts {
    fn from(list: Vec<Restarted>) -> Self {
        Self(list)
    }
}

impl Restarts {
    /// Parses the list, which has one JSON object a line. `boot` is the present boot id of the kernel.
    #[must_use]
    pub fn read(text: &str, boot: &str) -> Self {
        let known = text.lines().filter_map(|line| serde_json::from_slice::<Restarted>(line.as_bytes()).ok());
        Self(known.map(|restarted| Restarted { made: restarted.boot != boot, ..restarted }).collect())
    }

    /// Adds a restart.
    pub fn ask(&mut self, restart: Restarted) {
        let is_same = |other: &&Restarted| other.made && other.by == restart.by && other.run == restart.run;
        let earlier = self.0.iter().find(is_same).map_or(0, |other| other.earlier + 1);
        self.0.retain(|other| other.by != restart.by);
        self.0.push(Restarted { earlier, ..restart });
    }

    /// Removes the restarts that have not been made yet.
    pub fn take_back(&mut self) {
        self.0.retain(|restarted| restarted.made);
    }

    /// Removes the restarts that have been made.
    pub fn settle(&mut self) {
        self.0.retain(|restarted| !restarted.made);
    }

    /// Serialises the list for the state directory.
    ///
    /// # Errors
    /// Never in practice: an entry can always be serialised.
    pub fn text(&self) -> serde_json::Result<String> {
        self.0.iter().map(|restarted| Ok(serde_json::to_string(restarted)? + "\n")).collect()
    }

    /// The restarts in the order of the requests.
    #[must_use]
    pub fn into_list(self) -> Vec<Restarted> {
        self.0
    }
}
