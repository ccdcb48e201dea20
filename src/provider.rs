//! Floor 2: the interface of a resource type.

pub mod accounts;
pub mod apt_pin;
pub mod at_path;
pub mod backups;
pub mod checks;
pub mod checksum;
pub mod command_run;
pub mod default_attributes;
pub mod diff;
pub mod edit_script;
pub mod edited_file;
pub mod file_actions;
pub mod file_state;
pub mod followed_link;
pub mod fstab;
pub mod fstab_script;
pub mod init;
pub mod listed_packages;
pub mod mount_table;
pub mod openpgp;
pub mod ownership;
pub mod package_manager;
pub mod parents;
pub mod portable_file;
pub mod portable_regex;
pub mod refreshed_lists;
pub mod repository_file;
pub mod run_as;
pub mod ssh_key;
pub mod trust;
pub mod unit_text;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::model::schema::Schema;
use crate::model::step::Command;

pub mod common;

/// An action of a resource type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    pub name: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
}

/// Shorthand for an entry of [`Provider::ACTIONS`].
#[must_use]
pub const fn action(name: &'static str, doc: &'static str) -> Action {
    Action { name, doc }
}

/// A resource type. The fields of the struct are its properties, and their doc comments are the reference.
///
/// A provider never touches a machine. It names what must be known, and computes from the answers what must change. So
/// `chefrs plan` is `chefrs run` without the last step, and needs no dry-run code in any provider.
pub trait Provider: DeserializeOwned + JsonSchema + Send + 'static {
    /// Name of the type in recipes.
    const NAME: &'static str;
    /// Actions; the first is the default. Every type also has `nothing`, without an entry here.
    const ACTIONS: &'static [Action];
    /// The property that defaults to the resource's name.
    const NAME_PROPERTY: Option<&'static str>;
    /// What a plan can and can't predict, for the reference.
    const PLAN: &'static str;
    /// Supported systems and their requirements, for the reference.
    const PLATFORMS: &'static str;
    /// A recipe that shows the type well. The reference prints it, and a spec compiles and plans it.
    const EXAMPLE: &'static str;
    /// Whether every change needs root, whatever the properties are.
    const NEEDS_ROOT: bool = false;

    /// How far an action may reach, in a plan that can't tell yet what it will change.
    const REACH: Reach = Reach::Told;
    /// Whether one command can make the changes of several adjacent resources.
    const JOINS: bool = false;
    /// The property that names what resources of this type are a part of, like the fragments of a file. The compile puts
    /// their `content` there, in the order of their numbers in `order`. At their own turn there is nothing to do.
    const PART_OF: Option<&'static str> = None;
    /// The properties that [`Provider::surroundings`] uses.
    const SURROUNDINGS: &'static [&'static str] = &[];
    /// The properties that say which part of a thing the resource is about. Resources with the same name that differ in one
    /// of them do not contradict each other.
    const PARTS: &'static [&'static str] = &[];

    /// Checks the declaration alone, for example properties that exclude each other. Called by the compiler, or at the
    /// resource's turn if a property has a deferred value.
    ///
    /// # Errors
    /// The contradiction, as a sentence.
    fn check(&self, _action: &str) -> Result<(), Failure> {
        Ok(())
    }

    /// Called first, if a value is a secret or the resource is sensitive. Files that it writes must then be readable
    /// only by declared accounts.
    fn keep_secret(&mut self) {}

    /// The rights that an action needs: what it may change, start and fetch, whatever the machine is like. A cookbook from
    /// elsewhere must have been granted them.
    fn needs(&self, action: &str, needs: &mut NeededRights);

    /// Queries that are needed in any case. They are asked in one batch with those of all other resources, so this
    /// should list every query that does not depend on an answer. `plan` may look up more.
    fn observe(&self, action: &str) -> Vec<Query>;

    /// The changes that lead from the known state to the declared one, in order; none if they are the same. Pure.
    ///
    /// # Errors
    /// `Stop::Wanted` if a look-up had no answer yet (the engine asks, then calls again), `Stop::Unknown` if the result
    /// depends on an earlier resource of this plan, `Stop::Failed` if it can't be done.
    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop>;

    /// Says what an action means in plain things, for exports: without looking at the machine, and whatever its state is.
    ///
    /// # Errors
    /// Why it has no plain form.
    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined>;

    /// Explains why an action did not hold, or why a service that it started does not run. `None` if all is well or
    /// nothing is known. `disturbed`: a later change may have stopped the service intentionally.
    ///
    /// # Errors
    /// See [`Provider::plan`].
    fn what_went_wrong(
        &self,
        _action: &str,
        _disturbed: bool,
        _known: &Known,
    ) -> Result<Option<Failure>, Stop> {
        Ok(None)
    }

    /// User, directory and environment that guards of this resource inherit.
    fn surroundings(&self) -> Command {
        Command::default()
    }
}

/// A [`Provider`] as a trait object: one declared resource, ready to be planned.
pub trait Planner: Send {
    /// See [`Provider::check`].
    ///
    /// # Errors
    /// See [`Provider::check`].
    fn check(&self, action: &str) -> Result<(), Failure>;
    /// See [`Provider::keep_secret`].
    fn keep_secret(&mut self);
    /// See [`Provider::needs`].
    fn needs(&self, action: &str, needs: &mut NeededRights);
    /// See [`Provider::observe`].
    fn observe(&self, action: &str) -> Vec<Query>;
    /// See [`Provider::plan`].
    ///
    /// # Errors
    /// See [`Provider::plan`].
    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop>;
    /// See [`Provider::portable`].
    ///
    /// # Errors
    /// See [`Provider::portable`].
    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined>;
    /// See [`Provider::what_went_wrong`].
    ///
    /// # Errors
    /// See [`Provider::plan`].
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
    fn needs(&self, action: &str, needs: &mut NeededRights) {
        Provider::needs(self, action, needs);
    }
    fn observe(&self, action: &str) -> Vec<Query> {
        Provider::observe(self, action)
    }
    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        Provider::plan(self, action, known)
    }
    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        Provider::portable(self, action, into)
    }
    fn what_went_wrong(&self, action: &str, disturbed: bool, known: &Known) -> Result<Option<Failure>, Stop> {
        Provider::what_went_wrong(self, action, disturbed, known)
    }
    fn surroundings(&self) -> Command {
        Provider::surroundings(self)
    }
}

/// A declared resource before its turn, without deferred values.
pub struct Upcoming {
    /// Its index among all declarations, in the order of their first line.
    pub declaration: usize,
    /// Its first action.
    pub action: String,
    pub planner: Box<dyn Planner>,
}

/// A resource type as the other floors see it.
#[derive(Debug, Clone, Copy)]
pub struct ResourceType {
    /// Name of the type in recipes.
    pub name: &'static str,
    /// Actions; the first is the default.
    pub actions: &'static [Action],
    /// The property that defaults to the resource's name.
    pub name_property: Option<&'static str>,
    /// What a plan can and can't predict.
    pub plan: &'static str,
    /// Supported systems and their requirements.
    pub platforms: &'static str,
    /// A recipe that shows the type well.
    pub example: &'static str,
    /// Whether every change needs root.
    pub needs_root: bool,
    /// How far an action may reach, if a plan can't tell yet what it will change.
    pub reach: Reach,
    /// Whether adjacent resources may share one command.
    pub joins: bool,
    /// See [`Provider::PART_OF`].
    pub part_of: Option<&'static str>,
    /// The properties that guards inherit.
    pub surroundings: &'static [&'static str],
    /// See [`Provider::PARTS`].
    pub parts: &'static [&'static str],
    /// Properties with kinds and docs. Takes some microseconds, so keep the result.
    pub schema: fn() -> Schema,
    /// Makes a planner from the properties.
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
            part_of: P::PART_OF,
            surroundings: P::SURROUNDINGS,
            parts: P::PARTS,
            schema: Schema::of::<P>,
            load: load::<P>,
        }
    }
}

fn load<P: Provider>(properties: &Map<String, Value>) -> Result<Box<dyn Planner>, Failure> {
    match P::deserialize(properties) {
        Ok(provider) => Ok(Box::new(provider)),
        Err(error) => Err(unfit(&error)),
    }
}

fn unfit(error: &serde_json::Error) -> Failure {
    Failure::new(format!("the properties don't fit the type: {error}"))
}
