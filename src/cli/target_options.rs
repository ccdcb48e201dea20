//! Options for the target: this machine, or others.

use std::time::Duration;

use camino::Utf8PathBuf;
use clap::Args;
use clap::builder::PossibleValuesParser;
use clap_complete::engine::ArgValueCompleter;

use crate::cookbook::Project;
use crate::cookbook::inventory::{Inventory, Node, PATIENCE};
use crate::fleet::FleetHost;
use crate::history::TargetRecord;
use crate::model::address::Address;
use crate::model::engine::EngineChoice;
use crate::model::english::count;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::exit::Exit;
use crate::remote::Destination;
use crate::target::channel::SshOptions;
use crate::target::probe::Become;

use super::complete;
use super::early_end::EarlyEnd;
use super::environment;
use super::password;
use super::project::open;

/// Name of this machine as a target.
pub(super) const HERE: &str = "local";

#[derive(Debug, Args)]
pub(super) struct TargetArguments {
    /// Machine to work on: `local`, a node of the inventory, a host or alias that `ssh` knows, `ssh://USER@HOST:PORT`,
    /// `container:NAME` or `chroot:/PATH`. For several: repeat it, separate them with commas, or give an `@group` or a
    /// pattern (`'web*'`).
    #[arg(id = "target", short = 't', long = "target", value_name = "TARGET", default_value = HERE, add = ArgValueCompleter::new(complete::targets))]
    targets: Vec<String>,
    /// Use this ssh_config instead of your own.
    #[arg(long, value_name = "FILE")]
    ssh_config: Option<Utf8PathBuf>,
    /// Work as root on the target, with `sudo`.
    #[arg(long)]
    r#become: bool,
    /// Ask for the password of `sudo` on the target. Implies `--become`.
    #[arg(long)]
    ask_become_pass: bool,
    /// How to work on the target: `agent` runs this program there; `shell` uses the target's shell, which is slower;
    /// `auto` uses the shell only where the program can't run. Overrides the node's file.
    #[arg(long, value_name = "ENGINE", value_parser = PossibleValuesParser::new(EngineChoice::ALL.map(EngineChoice::name)))]
    engine: Option<String>,
    /// Seconds to wait for a target to answer.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..), default_value_t = 30)]
    connect_timeout: u64,
}

impl TargetArguments {
    /// Whether the target is this machine, named `local`.
    pub(super) fn is_here(&self) -> Result<bool, EarlyEnd> {
        let here = self.targets == [HERE];
        if here {
            self.refuse_ways()?;
        }
        Ok(here)
    }

    /// Whether the words may name several machines, even if a group has just one now.
    pub(super) fn may_be_several(&self) -> bool {
        let several = |words: &String| words.starts_with('@') || words.contains([',', '*', '?']);
        self.targets.len() > 1 || self.targets.iter().any(several)
    }

    /// The word for the only machine, if no more can be named.
    pub(super) fn only(&self) -> Option<&str> {
        self.targets.first().filter(|_| !self.may_be_several()).map(String::as_str)
    }

    /// Resolves the words to machines with the inventory, in the order of the words. Call [`Self::unlock`] before using
    /// them.
    pub(super) fn choose(&self, project: &Project) -> Result<Vec<FleetHost>, EarlyEnd> {
        if self.is_here()? {
            return Ok(vec![here()]);
        }
        let inventory = Inventory::open(project, PATIENCE)?;
        self.chosen(&inventory, &inventory.select(&self.targets).map_err(usage)?)
    }

    /// Resolves the machines of an earlier run, instead of those that are named.
    ///
    /// # Errors
    /// A name was a node then and is not one now. It must not be used as the address of another machine.
    pub(super) fn choose_again(
        &self,
        targets: &[&TargetRecord],
        project: &Project,
    ) -> Result<Vec<FleetHost>, EarlyEnd> {
        let names: Vec<&str> = targets.iter().map(|target| target.target.as_str()).collect();
        if names == [HERE] {
            self.refuse_ways()?;
            return Ok(vec![here()]);
        }
        let inventory = Inventory::open(project, PATIENCE)?;
        let gone: Vec<Diagnostic> = targets
            .iter()
            .filter(|target| target.is_node && target.target != HERE)
            .filter_map(|target| inventory.node(&target.target).err())
            .map(|wrong| wrong.hint("name the targets that are left with `-t`"))
            .collect();
        if !gone.is_empty() {
            return Err(EarlyEnd::Findings(Exit::Usage, gone));
        }
        self.chosen(&inventory, &inventory.select(&names).map_err(usage)?)
    }

    fn chosen(&self, inventory: &Inventory, nodes: &[Node]) -> Result<Vec<FleetHost>, EarlyEnd> {
        if let Some(config) = &self.ssh_config
            && !config.is_file()
        {
            return Err(EarlyEnd::usage(Diagnostic::error(format!("there is no file `{config}`"))));
        }
        if nodes.iter().all(|node| node.address == Address::Local) {
            self.refuse_ways()?;
        }
        let ssh = SshOptions { config: self.ssh_config.clone(), sockets: Some(environment::sockets()?) };
        let chosen = nodes.iter().map(|node| FleetHost {
            name: node.name.clone(),
            destination: self.destination(inventory, node, &ssh),
            attributes: node.attributes.clone(),
            is_node: node.location.is_some(),
        });
        Ok(chosen.collect())
    }

    /// Whether a password will be needed. A person should only be asked after everything else was checked.
    pub(super) fn wants_password(&self, hosts: &[FleetHost], project: &Project) -> bool {
        let mut away = hosts.iter().filter_map(|host| host.destination.as_ref());
        let becomes_root = |destination: &Destination| destination.r#become != Become::Nobody;
        away.any(|destination| self.ask_become_pass || project.names_password() && becomes_root(destination))
    }

    /// Sets the password for all machines on which to become root. A person is asked once, or the project's program is
    /// run once.
    ///
    /// # Errors
    /// Nobody can be asked, or the program fails.
    pub(super) fn unlock(&self, hosts: &mut [FleetHost], project: &Project) -> Result<(), EarlyEnd> {
        if !self.wants_password(hosts, project) {
            return Ok(());
        }
        let away: Vec<&str> =
            hosts.iter().filter(|host| host.destination.is_some()).map(|host| host.name.as_str()).collect();
        let password = match away.as_slice() {
            [one] if self.ask_become_pass => Some(password::ask(one)?),
            several if self.ask_become_pass => Some(password::ask(&count(several.len(), "target"))?),
            _ => password::printed(project)?,
        };
        for destination in hosts.iter_mut().filter_map(|host| host.destination.as_mut()) {
            if destination.r#become != Become::Nobody && password.is_some() {
                destination.r#become = Become::RootByPassword;
                destination.password.clone_from(&password);
            }
        }
        Ok(())
    }

    /// Whether to become root on a machine after the login.
    fn becomes_root(&self, node: &Node) -> bool {
        self.ask_become_pass || self.r#become || node.r#become == Some(true)
    }

    fn destination(&self, inventory: &Inventory, node: &Node, ssh: &SshOptions) -> Option<Destination> {
        if node.address == Address::Local {
            return None;
        }
        Some(Destination {
            name: node.name.clone(),
            address: node.address.clone(),
            ssh: ssh.clone(),
            r#become: if self.becomes_root(node) { Become::Root } else { Become::Nobody },
            engine: self.engine.as_deref().and_then(EngineChoice::named).or(node.engine).unwrap_or_default(),
            patience: Duration::from_secs(self.connect_timeout),
            meant: meant(inventory, node),
            password: None,
        })
    }

    /// Refuses connection options for this machine, which needs no connection.
    fn refuse_ways(&self) -> Result<(), EarlyEnd> {
        let given = [
            ("--become", self.r#become),
            ("--ask-become-pass", self.ask_become_pass),
            ("--ssh-config", self.ssh_config.is_some()),
            ("--engine", self.engine.is_some()),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((option, _)) => Err(EarlyEnd::usage(
                Diagnostic::error(format!("`{option}` can't be used on this machine itself"))
                    .hint("name another one with `-t`, or start chefrs with `sudo`"),
            )),
        }
    }
}

/// Suggests a group or a node for a name that is not in the inventory.
fn meant(inventory: &Inventory, node: &Node) -> Option<String> {
    if node.location.is_some() {
        return None;
    }
    let group = inventory.groups().find(|group| *group == node.name).map(|group| format!("@{group}"));
    group.or_else(|| inventory.near(&node.name).map(str::to_owned))
}

/// Options for the targets of commands without recipes.
#[derive(Debug, Args)]
pub(super) struct Targets {
    #[command(flatten)]
    place: TargetArguments,
    /// Directory of the project, for its inventory. Default: this directory, or the project that it is a part of.
    #[arg(long, value_name = "DIR")]
    project: Option<Utf8PathBuf>,
}

impl Targets {
    /// Resolves the machines, in the order of the words. For this machine no project is read, because the current
    /// directory may contain anything.
    pub(super) fn choose(&self) -> Result<Vec<FleetHost>, EarlyEnd> {
        self.choose_if(|_| Ok(()))
    }

    /// Like [`Self::choose`], but checks the machines before asking for passwords.
    pub(super) fn choose_if(
        &self,
        fit: impl FnOnce(&[FleetHost]) -> Result<(), EarlyEnd>,
    ) -> Result<Vec<FleetHost>, EarlyEnd> {
        if self.place.is_here()? {
            let hosts = vec![here()];
            fit(&hosts)?;
            return Ok(hosts);
        }
        let project = open(self.project.as_deref())?;
        let mut hosts = self.place.choose(&project)?;
        fit(&hosts)?;
        self.place.unlock(&mut hosts, &project)?;
        Ok(hosts)
    }

    /// Whether the words may name several machines, even if a group has just one now.
    pub(super) fn may_be_several(&self) -> bool {
        self.place.may_be_several()
    }

    /// The word for the only machine, if no more can be named.
    pub(super) fn only(&self) -> Option<&str> {
        self.place.only()
    }
}

/// This machine, without the inventory.
fn here() -> FleetHost {
    FleetHost { name: HERE.to_owned(), destination: None, attributes: Vec::new(), is_node: false }
}

fn usage(Diagnostics(findings): Diagnostics) -> EarlyEnd {
    EarlyEnd::Findings(Exit::Usage, findings)
}
