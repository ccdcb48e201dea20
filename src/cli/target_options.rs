//! Options for the target: this machine, or others.

use std::cell::OnceCell;
use std::num::NonZeroUsize;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use clap::builder::PossibleValuesParser;
use clap_complete::engine::ArgValueCompleter;

use crate::cookbook::Project;
use crate::cookbook::defaults::{Defaults, SetValue};
use crate::cookbook::inventory::{Inventory, Node};
use crate::fleet::FleetHost;
use crate::history::TargetRecord;
use crate::model::address::Address;
use crate::model::engine::EngineChoice;
use crate::model::english::{count, one_line};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::exit::Exit;
use crate::remote::Destination;
use crate::secrets::AskingNode;
use crate::target::channel::SshOptions;
use crate::target::probe::Become;

use super::complete;
use super::early_end::EarlyEnd;
use super::environment;
use super::password;
use super::project::open;

/// Name of this machine as a target.
pub(super) const HERE: &str = "local";

/// Seconds to wait for a target to answer, if nothing else is said.
const CONNECT_TIMEOUT: u64 = 30;

#[derive(Debug, Clone, Args)]
pub(super) struct TargetArguments {
    /// Machine to work on: `local`, a node of the inventory, a host or alias that `ssh` knows, `ssh://USER@HOST:PORT`,
    /// `container:NAME` or `chroot:/PATH`. For several: repeat it, separate them with commas, or give an `@group` or a
    /// pattern (`'web*'`). `'@web,!web3'` leaves `web3` out, `'@web&@eu'` takes what is in both groups. See `chefrs help
    /// targets`. Default: `local`, or the `target` of chefrs.toml.
    #[arg(id = "target", short = 't', long = "target", value_name = "TARGET", add = ArgValueCompleter::new(complete::targets))]
    targets: Vec<String>,
    /// Use this ssh_config instead of your own. Default: the `ssh_config` of chefrs.toml.
    #[arg(long, value_name = "FILE")]
    ssh_config: Option<Utf8PathBuf>,
    /// Work as root on the target, with `sudo`. `--become=false` works as the user of the login, whatever the files of
    /// the project say.
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    r#become: Option<bool>,
    /// Ask for the password of `sudo` on the target. Implies `--become`.
    #[arg(long)]
    ask_become_pass: bool,
    /// How to work on the target: `agent` runs this program there; `shell` uses the target's shell, which is slower;
    /// `auto` uses the shell only where the program can't run. Overrides the node's file.
    #[arg(long, value_name = "ENGINE", value_parser = PossibleValuesParser::new(EngineChoice::ALL.map(EngineChoice::name)))]
    engine: Option<String>,
    /// Seconds to wait for a target to answer. Default: 30, or the `connect_timeout` of chefrs.toml.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    connect_timeout: Option<u64>,
    /// `[defaults]` of the project, once it is open.
    #[arg(skip)]
    defaults: OnceCell<Defaults>,
}

impl TargetArguments {
    /// Uses the defaults of this project for options that were not given.
    pub(super) fn adopt(&self, project: &Project) {
        // It is the same project each time.
        let _ = self.defaults.set(project.defaults().clone());
    }

    /// The words: those that were given, or those of the project, or `local`.
    fn words(&self) -> Vec<&str> {
        if !self.targets.is_empty() {
            return self.targets.iter().map(String::as_str).collect();
        }
        match self.default_target() {
            Some(words) => words.value.iter().map(String::as_str).collect(),
            None => vec![HERE],
        }
    }

    /// The words of the project, if they count.
    fn default_target(&self) -> Option<&SetValue<Vec<String>>> {
        self.defaults.get().filter(|_| self.targets.is_empty())?.target.as_ref()
    }

    /// Whether the target is this machine, named `local`.
    pub(super) fn is_here(&self) -> Result<bool, EarlyEnd> {
        let here = self.words() == [HERE];
        if here {
            self.refuse_ways()?;
        }
        Ok(here)
    }

    /// The words, if it takes a look at the inventory to know what they choose.
    pub(super) fn surprising(&self) -> Option<String> {
        let words = self.words().join(",");
        words.contains(['&', '!']).then_some(words)
    }

    /// Whether the words may name several machines, even if a group has just one now.
    pub(super) fn may_be_several(&self) -> bool {
        let several = |words: &&str| words.starts_with('@') || words.contains([',', '*', '?', '&', '!']);
        let words = self.words();
        words.len() > 1 || words.iter().any(several)
    }

    /// The word for the only machine, if no more can be named.
    pub(super) fn only(&self) -> Option<&str> {
        self.words().first().filter(|_| !self.may_be_several()).copied()
    }

    /// Resolves the words to machines with the inventory, in the order of the words. Call [`Self::unlock`] before using
    /// them.
    pub(super) fn choose(&self, project: &Project) -> Result<Vec<FleetHost>, EarlyEnd> {
        self.adopt(project);
        if self.is_here()? {
            return Ok(vec![here()]);
        }
        let inventory = project.inventory()?;
        let nodes = inventory.select(&self.words()).map_err(|mut found| {
            if let Some(written) = self.default_target() {
                found.0 = found.0.into_iter().map(|finding| finding.at(written.location.clone())).collect();
            }
            usage(found)
        })?;
        self.chosen(inventory, &nodes)
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
        self.adopt(project);
        let names: Vec<&str> = targets.iter().map(|target| target.target.as_str()).collect();
        if names == [HERE] {
            self.refuse_ways()?;
            return Ok(vec![here()]);
        }
        let inventory = project.inventory()?;
        let gone: Vec<Diagnostic> = targets
            .iter()
            .filter(|target| target.is_node && target.target != HERE)
            .filter_map(|target| inventory.node(&target.target).err())
            .map(|wrong| wrong.hint("name the targets that are left with `-t`"))
            .collect();
        if !gone.is_empty() {
            return Err(EarlyEnd::Findings(Exit::Usage, gone));
        }
        self.chosen(inventory, &inventory.select(&names).map_err(usage)?)
    }

    fn chosen(&self, inventory: &Inventory, nodes: &[Node]) -> Result<Vec<FleetHost>, EarlyEnd> {
        let config = self.ssh_config.clone();
        let by_default = self.defaults.get().and_then(|defaults| defaults.ssh_config.as_ref());
        let config = config.or_else(|| by_default.map(|written| written.value.clone()));
        if let Some(path) = config.as_ref().filter(|path| !path.is_file()) {
            let wrong = Diagnostic::error(format!("there is no file `{path}`"));
            return Err(EarlyEnd::usage(match by_default.filter(|_| self.ssh_config.is_none()) {
                Some(written) => wrong.at(written.location.clone()),
                None => wrong,
            }));
        }
        if nodes.iter().all(|node| node.address == Address::Local) {
            self.refuse_ways()?;
        }
        let ssh = SshOptions { config, sockets: Some(environment::sockets()?) };
        let chosen = nodes.iter().map(|node| FleetHost {
            name: node.name.clone(),
            destination: self.destination(inventory, node, &ssh),
            attributes: node.attributes.clone(),
            run_list: node.run_list.clone(),
            is_node: node.location.is_some(),
            asking: AskingNode::of(node),
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
        let by_default = || self.defaults.get().and_then(|defaults| defaults.r#become);
        self.ask_become_pass || self.r#become.or(node.r#become).or_else(by_default).unwrap_or_default()
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
            patience: self.connect_timeout(),
            meant: meant(inventory, node),
            password: None,
        })
    }

    /// How long to wait for a target to answer.
    fn connect_timeout(&self) -> Duration {
        let by_default = || self.defaults.get().and_then(|defaults| defaults.connect_timeout);
        Duration::from_secs(self.connect_timeout.or_else(by_default).unwrap_or(CONNECT_TIMEOUT))
    }

    /// Refuses connection options for this machine, which needs no connection.
    fn refuse_ways(&self) -> Result<(), EarlyEnd> {
        let given = [
            ("--become", self.r#become == Some(true)),
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

    /// Resolves one more machine, which is reached in the same ways.
    pub(super) fn beside(&self, word: &str) -> Result<FleetHost, EarlyEnd> {
        if word == HERE {
            return Ok(here());
        }
        let place = TargetArguments { targets: vec![word.to_owned()], ..self.place.clone() };
        let mut hosts = Self { place, project: self.project.clone() }.choose()?;
        match (hosts.pop(), hosts.len()) {
            (Some(host), 0) => Ok(host),
            (_, more) => Err(EarlyEnd::usage(Diagnostic::error(format!(
                "`{}` chooses {}, and one is needed",
                one_line(word),
                count(more + 1, "target")
            )))),
        }
    }

    /// Like [`Self::choose`], but checks the machines before asking for passwords.
    pub(super) fn choose_if(
        &self,
        fit: impl FnOnce(&[FleetHost]) -> Result<(), EarlyEnd>,
    ) -> Result<Vec<FleetHost>, EarlyEnd> {
        let (mut hosts, project) = self.found()?;
        fit(&hosts)?;
        if let Some(project) = project {
            self.place.unlock(&mut hosts, &project)?;
        }
        Ok(hosts)
    }

    /// Like [`Self::choose`], for programs that ask for passwords themselves.
    pub(super) fn choose_without_password(&self) -> Result<Vec<FleetHost>, EarlyEnd> {
        self.found().map(|(hosts, _)| hosts)
    }

    /// The machines, and the project that says how to reach them.
    fn found(&self) -> Result<(Vec<FleetHost>, Option<Project>), EarlyEnd> {
        // Without words for a target, `chefrs.toml` may have some.
        let settled = match &self.place.targets[..] {
            [] => self.project_with_settings()?,
            _ => None,
        };
        if let Some(project) = &settled {
            self.place.adopt(project);
        }
        if self.place.is_here()? {
            return Ok((vec![here()], None));
        }
        let project = settled.map_or_else(|| open(self.project.as_deref()), Ok)?;
        let hosts = self.place.choose(&project)?;
        Ok((hosts, Some(project)))
    }

    /// The project, if it has a `chefrs.toml`.
    fn project_with_settings(&self) -> Result<Option<Project>, EarlyEnd> {
        let directory = match &self.project {
            Some(directory) => directory.clone(),
            None => Project::directory_around(Utf8Path::new(".")),
        };
        if Project::has_settings(&directory) { open(self.project.as_deref()).map(Some) } else { Ok(None) }
    }

    /// The project around the machines, if there is one. A directory that is none is not read.
    pub(super) fn project_around(&self) -> Option<Result<Project, EarlyEnd>> {
        let around = || Project::directory_around(Utf8Path::new("."));
        let directory = self.project.clone().unwrap_or_else(around);
        Project::has_cookbooks(&directory).then(|| open(self.project.as_deref()))
    }

    /// Number of machines to work on at a time: what the option says, or the project.
    pub(super) fn forks(&self, option: Option<NonZeroUsize>) -> Option<NonZeroUsize> {
        option.or_else(|| self.place.defaults.get()?.forks)
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
    FleetHost {
        name: HERE.to_owned(),
        destination: None,
        attributes: Vec::new(),
        run_list: Vec::new(),
        is_node: false,
        asking: AskingNode::default(),
    }
}

fn usage(Diagnostics(findings): Diagnostics) -> EarlyEnd {
    EarlyEnd::Findings(Exit::Usage, findings)
}
