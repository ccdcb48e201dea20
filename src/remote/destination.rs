//! Where to work, as whom, and by what.

use std::time::Duration;

use super::password::Password;
use crate::model::address::Address;
use crate::model::engine::EngineChoice;
use crate::target::channel::SshOptions;
use crate::target::probe::Become;

/// Where to work, as whom, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Its name in reports.
    pub name: String,
    pub address: Address,
    /// How `ssh` is to be called.
    pub ssh: SshOptions,
    pub r#become: Become,
    /// The node that may have been meant, where the inventory does not know the name.
    pub meant: Option<String>,
    /// For sudo, where it asks.
    pub password: Option<Password>,
    /// What is to work there.
    pub engine: EngineChoice,
    /// How long it may take until it has introduced itself; what is sent to it takes its own time.
    pub patience: Duration,
}
