//! Floor 2: what every resource type must be able to say.

pub mod accounts;
pub mod backups;
pub mod checksum;
pub mod diff;
pub mod file_actions;
pub mod file_state;
pub mod fresh;
pub mod inherited;
pub mod init;
pub mod ownership;
pub mod parents;
pub mod trust;
pub mod unit_text;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::model::change::{Change, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::Query;
use crate::model::schema::Schema;
use crate::model::step::Command;

pub mod common;

/// An action of a resource type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    pub name: &'static str,
    /// One line: what it does.
    pub doc: &'static str,
}

/// Shorthand for the list of a type's actions.
#[must_use]
pub const fn action(name: &'static str, doc: &'static str) -> Action {
    Action { name, doc }
}

/// A resource type: its properties are the fields of the struct, their doc comments the reference.
///
/// A provider never touches a machine. It says what must be known, and, from the answers, what must change.
/// So `chefrs plan` is `chefrs run` without the last step, and can't lie because an author forgot a flag.
pub trait Provider: DeserializeOwned + JsonSchema + Send + 'static {
    /// The word a cook writes.
    const NAME: &'static str;
    /// Actions; the first is the default. `nothing` is there for every type and needs no entry.
    const ACTIONS: &'static [Action];
    /// The property that takes the resource's name unless it is said.
    const NAME_PROPERTY: Option<&'static str>;
    /// What a plan can tell of it and what it can't, for the reference.
    const PLAN: &'static str;
    /// Systems that it works on, and what it needs there, for the reference.
    const PLATFORMS: &'static str;
    /// A recipe that uses the type well. A spec compiles and plans it; the reference prints it.
    const EXAMPLE: &'static str;
    /// Whether every change of the type needs the superuser, whatever its properties.
    const NEEDS_ROOT: bool = false;

    /// How far an action may reach, in a plan that can't tell yet what it will change.
    const REACH: Reach = Reach::Told;
    /// Whether adjacent resources whose changes are made by the same command are converged together, by one command.
    const JOINS: bool = false;
    /// The properties that [`Provider::surroundings`] is made of.
    const SURROUNDINGS: &'static [&'static str] = &[];

    /// What is wrong with the declaration alone, whatever the machine: properties that exclude each other.
    /// Called while compiling unless a deferred value is among the properties, then at the resource's turn.
    ///
    /// # Errors
    /// A sentence that says what contradicts what.
    fn check(&self, _action: &str) -> Result<(), Failure> {
        Ok(())
    }

    /// Told, before anything else, where one of the values is a secret or the resource is sensitive: a file that it writes
    /// is then for those alone that are declared.
    fn keep_secret(&mut self) {}

    /// What will surely have to be known. Asked in one batch with that of all other resources, so name here
    /// whatever does not depend on an answer. What does may be looked up in `plan` without being named.
    fn observe(&self, action: &str) -> Vec<Query>;

    /// The changes from what is known to what is declared, in order. Nothing where it holds already. Pure.
    ///
    /// # Errors
    /// `Stop::Wanted` when a look-up had no answer yet (the engine asks and calls again), `Stop::Unknown` while it
    /// depends on what an earlier resource will do, `Stop::Failed` when it can't be done.
    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop>;

    /// What the machine tells of an action that was made and did not hold, or of a service that it started and that does
    /// not run: why, and the way out. Nothing where all is well, or nothing more is known. `disturbed` says that something
    /// came after it that may have stopped the service in good order.
    ///
    /// # Errors
    /// As [`Provider::plan`].
    fn what_went_wrong(
        &self,
        _action: &str,
        _disturbed: bool,
        _known: &Known,
    ) -> Result<Option<Failure>, Stop> {
        Ok(None)
    }

    /// User, directory and environment that guards of this resource run with unless they say their own.
    fn surroundings(&self) -> Command {
        Command::default()
    }
}

/// A [`Provider`] whose type is forgotten: one declared resource, ready to be planned.
pub trait Planner: Send {
    /// See [`Provider::check`].
    ///
    /// # Errors
    /// As there.
    fn check(&self, action: &str) -> Result<(), Failure>;
    /// See [`Provider::keep_secret`].
    fn keep_secret(&mut self);
    /// See [`Provider::observe`].
    fn observe(&self, action: &str) -> Vec<Query>;
    /// See [`Provider::plan`].
    ///
    /// # Errors
    /// As there.
    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop>;
    /// See [`Provider::what_went_wrong`].
    ///
    /// # Errors
    /// As there.
    fn what_went_wrong(&self, action: &str, disturbed: bool, known: &Known) -> Result<Option<Failure>, Stop>;
    /// See [`Provider::surroundings`].
    fn surroundings(&self) -> Command;
}

impl<P: Provider> Planner for P {
    fn check(&self, action: &str) -> Result<(), Failure> {
        Provider::check(self, action)
    }
    fn keep_secret(&mut self) {
        Provider::keep_secret(self);
    }
    fn observe(&self, action: &str) -> Vec<Query> {
        Provider::observe(self, action)
    }
    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        Provider::plan(self, action, known)
    }
    fn what_went_wrong(&self, action: &str, disturbed: bool, known: &Known) -> Result<Option<Failure>, Stop> {
        Provider::what_went_wrong(self, action, disturbed, known)
    }
    fn surroundings(&self) -> Command {
        Provider::surroundings(self)
    }
}

/// A declared resource that waits for its turn, with nothing deferred in it.
pub struct Upcoming {
    /// Its number among all declarations, in the order in which they were begun.
    pub declaration: usize,
    /// The first action that its turn will bring.
    pub action: String,
    pub planner: Box<dyn Planner>,
}

/// An entry of the roster: all that the other floors need of a type.
#[derive(Debug, Clone, Copy)]
pub struct ResourceType {
    /// The word a cook writes.
    pub name: &'static str,
    /// Actions; the first is the default.
    pub actions: &'static [Action],
    /// The property that takes the resource's name.
    pub name_property: Option<&'static str>,
    /// What a plan can tell of it and what it can't.
    pub plan: &'static str,
    /// Systems that it works on, and what it needs there.
    pub platforms: &'static str,
    /// A recipe that uses the type well.
    pub example: &'static str,
    /// Whether every change needs the superuser.
    pub needs_root: bool,
    /// How far an action may reach, where it can't be told yet what it will change.
    pub reach: Reach,
    /// Whether adjacent resources may share one command.
    pub joins: bool,
    /// The properties that guards depend on.
    pub surroundings: &'static [&'static str],
    /// Properties, kinds, docs. Costs some microseconds: keep what it returns.
    pub schema: fn() -> Schema,
    /// Makes a planner of sealed properties.
    pub load: fn(&Map<String, Value>) -> Result<Box<dyn Planner>, Failure>,
}

impl ResourceType {
    /// The entry of a provider.
    #[must_use]
    pub const fn of<P: Provider>() -> Self {
        Self {
            name: P::NAME,
            actions: P::ACTIONS,
            name_property: P::NAME_PROPERTY,
            plan: P::PLAN,
            platforms: P::PLATFORMS,
            example: P::EXAMPLE,
            needs_root: P::NEEDS_ROOT,
            reach: P::REACH,
            joins: P::JOINS,
            surroundings: P::SURROUNDINGS,
            schema: Schema::of::<P>,
            load: load::<P>,
        }
    }
}

fn load<P: Provider>(properties: &Map<String, Value>) -> Result<Box<dyn Planner>, Failure> {
    match P::deserialize(properties) {
        Ok(provider) => Ok(Box::new(provider)),
        Err(error) => Err(Failure::new(format!("the properties don't fit the type: {error}"))),
    }
}
