//! Where a resource type puts its plain things.

use serde_json::{Map, Value};

use super::thing::{Portable, PortableItem};
use crate::model::error::Failure;
use crate::model::node::lookup;
use crate::model::package_manager::{PackageManager, named};
use crate::model::query::Init;
use crate::model::service_manager;

/// The plain things that an action of a resource means.
#[derive(Debug, Default)]
pub struct Portables {
    /// What is known of the machine.
    pub machine: PortableMachine,
    /// The things, in order.
    pub items: Vec<PortableItem>,
    /// The properties that are set, and that the things do not carry.
    pub lost: Vec<LostProperty>,
}

/// A property that is set and is not carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostProperty {
    pub property: &'static str,
    /// What the exported form does instead, as a sentence without a full stop.
    pub reason: &'static str,
}

/// What an export needs to know of the machine, from its facts.
#[derive(Clone)]
pub struct PortableMachine {
    /// The fact `platform`: `debian`.
    pub platform: String,
    /// The fact `platform_family`.
    pub platform_family: String,
    /// The number before the first dot in the fact `platform_version`.
    pub major_version: String,
    /// The fact `platform_version`.
    pub release: String,
    /// The name of the release, from the fact `lsb`: `bookworm`.
    pub codename: String,
    /// The package manager.
    pub manager: Option<&'static PackageManager>,
    /// The service manager.
    pub init: Init,
}

impl Default for PortableMachine {
    fn default() -> Self {
        Self::of_facts(&Map::new())
    }
}

impl std::fmt::Debug for PortableMachine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {:?}", self.platform, self.major_version, self.init)
    }
}

impl PortableMachine {
    /// The machine of these facts.
    #[must_use]
    pub fn of_facts(facts: &Map<String, Value>) -> Self {
        let fact = |name: &str| facts.get(name).and_then(Value::as_str).unwrap_or_default();
        Self {
            platform: fact("platform").to_owned(),
            platform_family: fact("platform_family").to_owned(),
            major_version: fact("platform_version").split('.').next().unwrap_or_default().to_owned(),
            release: fact("platform_version").to_owned(),
            codename: lookup(facts, "lsb.codename").and_then(Value::as_str).unwrap_or_default().to_owned(),
            manager: named(fact("package_manager")),
            init: service_manager::of_fact(fact("init_package")),
        }
    }
}

/// Why a resource has no plain form, as a sentence without a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declined(pub String);

impl From<Failure> for Declined {
    fn from(failure: Failure) -> Self {
        Self(failure.message)
    }
}

impl From<&str> for Declined {
    fn from(reason: &str) -> Self {
        Self(reason.to_owned())
    }
}

impl Portables {
    /// Nothing yet, for a machine.
    #[must_use]
    pub fn new(machine: &PortableMachine) -> Self {
        Self { machine: machine.clone(), ..Self::default() }
    }

    /// Adds a thing.
    pub fn add(&mut self, what: Portable) {
        self.items.push(PortableItem { what, after_change: false });
    }

    /// Adds a thing that is only due if an earlier one of this resource changed something.
    pub fn after_change(&mut self, what: Portable) {
        self.items.push(PortableItem { what, after_change: true });
    }

    /// Says that a property is not carried, if it is set.
    pub fn lose(&mut self, is_set: bool, property: &'static str, reason: &'static str) {
        if is_set {
            self.lost.push(LostProperty { property, reason });
        }
    }

    /// The package manager of the machine.
    ///
    /// # Errors
    /// The facts name none.
    pub fn manager(&self) -> Result<&'static PackageManager, Declined> {
        self.machine.manager.ok_or_else(|| "the facts name no package manager".into())
    }
}
