//! The rights of a cookbook.

use serde::{Deserialize, Serialize};

use super::kind::{ANYTHING, Capabilities, Capability};
use super::needs::Need;
use crate::model::content;
use crate::model::sorted;

/// The rights of a cookbook that has not all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// What it declares to need. None: it declares nothing, and is of this project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<Capabilities>,
    /// What it declares to use if it may.
    #[serde(default, skip_serializing_if = "Capabilities::is_empty")]
    pub optional: Capabilities,
    /// What the project grants. None: everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<Capabilities>,
    /// What the project denies to all.
    #[serde(default, skip_serializing_if = "Capabilities::is_empty")]
    pub denied: Capabilities,
    /// The table of its grants in `chefrs.toml`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub alias: String,
}

/// Why a need is not covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    Denied,
    Undeclared,
    Ungranted,
}

impl Authority {
    /// That of a cookbook from elsewhere that was granted everything.
    #[must_use]
    pub fn of_everything() -> Self {
        let all = Capability::ALL.into_iter().map(|kind| (kind, vec![ANYTHING.to_owned()]));
        Self { granted: Some(sorted::collected(all)), ..Self::default() }
    }

    /// The key of its table in TOML.
    #[must_use]
    pub fn key(&self) -> String {
        let is_bare = self.alias.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        if is_bare { self.alias.clone() } else { format!("\"{}\"", self.alias) }
    }

    /// Whether it comes from elsewhere, so that it needs grants.
    #[must_use]
    pub fn needs_grants(&self) -> bool {
        self.granted.is_some()
    }

    /// Why the cookbook may not do this, if it may not.
    #[must_use]
    pub fn lacks(&self, need: &Need) -> Option<Lack> {
        if need.touches(&self.denied) {
            return Some(Lack::Denied);
        }
        if self.declared.as_ref().is_some_and(|declared| !need.is_in(declared) && !need.is_in(&self.optional))
        {
            return Some(Lack::Undeclared);
        }
        self.granted.as_ref().is_some_and(|granted| !need.is_in(granted)).then_some(Lack::Ungranted)
    }

    /// The sentence and the way out for what the cookbook `name` lacks.
    #[must_use]
    pub fn told(&self, name: &str, need: &Need, lack: Lack) -> (String, String) {
        let word = need.kind.word();
        match lack {
            Lack::Denied => (
                format!("the cookbook `{name}` may not: the project denies {}", need.shown()),
                format!("`[deny]` in chefrs.toml wins over every grant; take it out of `{word}` there"),
            ),
            Lack::Undeclared => (
                format!("the cookbook `{name}` does not declare that it needs {}", need.shown()),
                format!(
                    "its cookbook.toml must list it below `[capabilities]`: `chefrs cookbook check {name} --infer` writes them"
                ),
            ),
            Lack::Ungranted => (
                format!("the cookbook `{name}` may not: it was not granted {}", need.shown()),
                format!(
                    "to grant it, write it below `[grants.{}]` in chefrs.toml: `{word} = [{}]`",
                    self.key(),
                    serde_json::Value::from(need.name.as_str())
                ),
            ),
        }
    }

    /// What is declared to be needed, and not granted in full or denied in part. `optional` says which list is looked at.
    #[must_use]
    pub fn missing(&self, optional: bool) -> Vec<(Need, Lack)> {
        let list = if optional { Some(&self.optional) } else { self.declared.as_ref() };
        let needs = list.into_iter().flatten().flat_map(|(kind, patterns)| {
            patterns.iter().map(|pattern| Need { kind: *kind, name: pattern.clone() })
        });
        needs.filter_map(|need| self.lacks(&need).map(|lack| (need, lack))).collect()
    }
}

/// The digest of what a cookbook declares.
#[must_use]
pub fn digest(declared: &Capabilities, optional: &Capabilities) -> String {
    let mut text = String::new();
    for (head, list) in [("", declared), ("optional ", optional)] {
        for (kind, patterns) in list {
            for pattern in patterns {
                text.push_str(head);
                text.push_str(kind.word());
                text.push(' ');
                text.push_str(pattern);
                text.push('\n');
            }
        }
    }
    format!("sha256:{}", content::sha256(text.as_bytes()))
}
