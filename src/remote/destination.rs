//! A remote target and how to connect to it.

use std::time::Duration;

use super::password::Password;
use crate::model::address::Address;
use crate::model::engine::EngineChoice;
use crate::target::channel::SshOptions;
use crate::target::probe::Become;

/// A remote target and how to connect to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Its name in reports.
    pub name: String,
    pub address: Address,
    /// How to call `ssh`.
    pub ssh: SshOptions,
    /// The user to work as.
    pub r#become: Become,
    /// The node that may have been meant, if the inventory has no node with the name.
    pub meant: Option<String>,
    /// The password for sudo, if it asks.
    pub password: Option<Password>,
    /// Agent or shell.
    pub engine: EngineChoice,
    /// Timeout of the connection, up to the hello of the agent. Time for sending the agent is not counted.
    pub patience: Duration,
}
