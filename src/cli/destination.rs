//! Where to work: this machine, or one that is reached from here.

use camino::Utf8PathBuf;
use clap::Args;

use crate::model::address::Address;
use crate::model::error::Diagnostic;
use crate::remote::Destination;
use crate::target::channel::SshOptions;
use crate::target::probe::Become;

use super::password;
use super::stop::Stop;

#[derive(Debug, Args)]
pub(super) struct Place {
    /// The machine to work on: `local`, a host or alias as `ssh` knows it, `ssh://USER@HOST:PORT`, `container:NAME` or
    /// `chroot:/PATH`.
    #[arg(short = 't', long = "target", value_name = "TARGET", default_value = "local")]
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
}

impl Place {
    /// How to get there; nothing if it is this machine.
    pub(super) fn destination(&self) -> Result<Option<Destination>, Stop> {
        let address = Address::parse(&self.target).map_err(Stop::usage)?;
        if address == Address::Local {
            let given = [
                ("--become", self.r#become),
                ("--ask-become-pass", self.ask_become_pass),
                ("--ssh-config", self.ssh_config.is_some()),
            ];
            if let Some((option, _)) = given.into_iter().find(|(_, given)| *given) {
                let wrong = Diagnostic::error(format!("`{option}` makes no sense on this machine itself"));
                return Err(Stop::usage(
                    wrong.hint("name another one with `-t`, or start chefrs with `sudo`"),
                ));
            }
            return Ok(None);
        }
        if let Some(config) = &self.ssh_config
            && !config.is_file()
        {
            return Err(Stop::usage(Diagnostic::error(format!("there is no file `{config}`"))));
        }
        Ok(Some(Destination {
            address,
            ssh: SshOptions { config: self.ssh_config.clone() },
            r#become: match (self.ask_become_pass, self.r#become) {
                (true, _) => Become::RootByPassword,
                (false, true) => Become::Root,
                (false, false) => Become::Nobody,
            },
            password: if self.ask_become_pass { Some(password::ask(&self.target)?) } else { None },
        }))
    }
}
