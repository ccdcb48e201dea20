//! Where to work: this machine, or one that is reached from here.

use std::time::Duration;

use camino::Utf8PathBuf;
use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::cookbook::Project;
use crate::cookbook::inventory::{Inventory, Node, PATIENCE};
use crate::model::address::Address;
use crate::model::engine::Engine;
use crate::model::english::{count, list, one_line};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::exit::Exit;
use crate::model::node::AttributeSource;
use crate::remote::Destination;
use crate::target::channel::SshOptions;
use crate::target::probe::Become;

use super::password;
use super::stop::Stop;

/// The name of this machine.
pub(super) const HERE: &str = "local";

#[derive(Debug, Args)]
pub(super) struct Place {
    /// The machine to work on: `local`, a node of the inventory, a host or alias as `ssh` knows it,
    /// `ssh://USER@HOST:PORT`, `container:NAME` or `chroot:/PATH`.
    #[arg(short = 't', long = "target", value_name = "TARGET", default_value = HERE)]
    target: String,
    /// ssh_config to use instead of your own.
    #[arg(long, value_name = "FILE")]
    ssh_config: Option<Utf8PathBuf>,
    /// Works as root there, by `sudo`.
    #[arg(long)]
    r#become: bool,
    /// Asks you for the password that `sudo` there will ask for; implies `--become`.
    #[arg(long)]
    ask_become_pass: bool,
    /// What works there: the agent, which is this program itself; a shell, slower, where it can't run; or the one that
    /// fits. Wins over the node's file.
    #[arg(long, value_name = "ENGINE", value_parser = PossibleValuesParser::new(Engine::ALL.map(Engine::name)))]
    engine: Option<String>,
    /// How long a target may keep us waiting until it has introduced itself.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..), default_value_t = 30)]
    connect_timeout: u64,
}

/// A machine to work on.
#[derive(Debug)]
pub(super) struct Chosen {
    /// How to get there; nothing if it is this machine.
    pub(super) destination: Option<Destination>,
    /// What the inventory says of it, weakest first.
    pub(super) attributes: Vec<AttributeSource>,
}

impl Place {
    /// Whether it is this machine, by its own name.
    pub(super) fn is_here(&self) -> Result<bool, Stop> {
        if self.target == HERE {
            self.refuse_ways()?;
        }
        Ok(self.target == HERE)
    }

    /// The machine, as the project's inventory knows it.
    pub(super) fn choose(&self, project: &Project) -> Result<Chosen, Stop> {
        if self.is_here()? {
            return Ok(Chosen { destination: None, attributes: Vec::new() });
        }
        let unknown = |Diagnostics(findings)| Stop::Findings(Exit::Usage, findings);
        let nodes = Inventory::open(project, PATIENCE)?.select(&[&self.target]).map_err(unknown)?;
        let [node] = nodes.as_slice() else { return Err(Stop::usage(several(&nodes))) };
        if let Some(config) = &self.ssh_config
            && !config.is_file()
        {
            return Err(Stop::usage(Diagnostic::error(format!("there is no file `{config}`"))));
        }
        let destination = match node.address {
            Address::Local => {
                self.refuse_ways()?;
                None
            }
            _ => Some(self.destination(node)?),
        };
        Ok(Chosen { destination, attributes: node.attributes.clone() })
    }

    fn destination(&self, node: &Node) -> Result<Destination, Stop> {
        let r#become = match (self.ask_become_pass, self.r#become || node.r#become == Some(true)) {
            (true, _) => Become::RootByPassword,
            (false, true) => Become::Root,
            (false, false) => Become::Nobody,
        };
        Ok(Destination {
            name: node.name.clone(),
            address: node.address.clone(),
            ssh: SshOptions { config: self.ssh_config.clone() },
            r#become,
            engine: self.engine.as_deref().and_then(Engine::named).or(node.engine).unwrap_or_default(),
            patience: Duration::from_secs(self.connect_timeout),
            password: if self.ask_become_pass { Some(password::ask(&node.name)?) } else { None },
        })
    }

    /// Nothing leads to this machine, so nothing can be said of the way.
    fn refuse_ways(&self) -> Result<(), Stop> {
        let given = [
            ("--become", self.r#become),
            ("--ask-become-pass", self.ask_become_pass),
            ("--ssh-config", self.ssh_config.is_some()),
            ("--engine", self.engine.is_some()),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((option, _)) => Err(Stop::usage(
                Diagnostic::error(format!("`{option}` makes no sense on this machine itself"))
                    .hint("name another one with `-t`, or start chefrs with `sudo`"),
            )),
        }
    }
}

fn several(nodes: &[Node]) -> Diagnostic {
    let names: Vec<String> = nodes.iter().map(|node| format!("`{}`", one_line(&node.name))).collect();
    Diagnostic::error(format!("these are {}, and one is worked on at a time", count(nodes.len(), "machine")))
        .note(format!("they are {}", list(&names, "and")))
        .hint("name one of them with `-t`")
}
