//! How `ssh` is to be called.

use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

use super::environment::without_secrets;
use crate::target::quote::quote;

/// Whatever the user's ssh_config says of these, a run needs them so. A silent network is noticed within 20 seconds.
const NEEDED: [&str; 9] = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "ConnectTimeout=20",
    "ServerAliveInterval=5",
    "ServerAliveCountMax=3",
    "ClearAllForwardings=yes",
    "ForwardX11=no",
    "PermitLocalCommand=no",
    "RequestTTY=no",
];

/// The same of what came later, in OpenSSH 7.6 and 8.7. An `ssh` that does not know one of these does nothing of that kind
/// either, so it is called without.
const LATER: [&str; 3] = ["RemoteCommand=none", "StdinNull=no", "ForkAfterAuthentication=no"];

/// The option of ours that an `ssh` does not know, if the line says so and it can do without.
pub(super) fn unknown_option(line: &str) -> Option<&'static str> {
    let (_, name) = line.split_once("Bad configuration option: ")?;
    let is_named = |option: &&str| {
        option.split_once('=').is_some_and(|(option, _)| option.eq_ignore_ascii_case(name.trim()))
    };
    line.starts_with("command-line").then(|| LATER.into_iter().find(is_named)).flatten()
}

/// How long a master waits for a session before it ends by itself, should whoever started it have been killed: seconds.
const IDLE: u32 = 10;

/// How `ssh` is to be called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SshOptions {
    /// An ssh_config to use instead of the user's.
    pub config: Option<Utf8PathBuf>,
    /// Directory for the sockets of connections that several sessions share; it is made where it is missing. Without
    /// one, each session makes a connection of its own.
    pub sockets: Option<Utf8PathBuf>,
}

/// A host, as `ssh` is told of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct HostWords<'a> {
    pub(super) user: Option<&'a str>,
    pub(super) name: &'a str,
    pub(super) port: Option<u16>,
}

impl SshOptions {
    /// How a person would get to a host by the same way, for hints.
    #[must_use]
    pub fn typed(&self, user: Option<&str>, host: &str, port: Option<u16>) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        let file = self.config.as_ref().map(|file| {
            let file = file.as_str();
            if file.chars().all(plain) { format!("-F {file} ") } else { format!("-F {} ", quote(file)) }
        });
        let port = port.map(|port| format!("-p {port} "));
        let user = user.map(|user| format!("{user}@"));
        format!(
            "ssh {}{}{}{host}",
            file.unwrap_or_default(),
            port.unwrap_or_default(),
            user.unwrap_or_default()
        )
    }

    /// A master: a connection without a session of its own, which others share through its socket. Its process ends well
    /// once the target has let it in; the master goes on behind it.
    pub(super) fn master(&self, host: HostWords<'_>, socket: &Utf8Path, unknown: &[&str]) -> Command {
        let mut command = self.command(unknown);
        // Verbose, because only so it tells the fingerprint of a key that it refuses, and how far it came.
        command.args(["-v", "-N", "-M", "-S", socket.as_str()]);
        command.arg("-o").arg(format!("ControlPersist={IDLE}"));
        lead(&mut command, host);
        command
    }

    /// A connection for one session alone. `ssh` takes one of the user's own masters where there is one.
    pub(super) fn alone(&self, host: HostWords<'_>, line: &str, unknown: &[&str]) -> Command {
        let mut command = self.command(unknown);
        command.args(["-v", "-T"]);
        lead(&mut command, host);
        command.arg(line);
        command
    }

    /// Asks whether the user has a master of their own to the host.
    pub(super) fn check(&self, host: HostWords<'_>, unknown: &[&str]) -> Command {
        let mut command = self.command(unknown);
        command.args(["-O", "check"]);
        lead(&mut command, host);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    /// `unknown`: options of ours that this `ssh` does not know.
    fn command(&self, unknown: &[&str]) -> Command {
        let mut command = Command::new("ssh");
        without_secrets(&mut command);
        let known = LATER.iter().filter(|option| !unknown.contains(option));
        command.args(NEEDED.iter().chain(known).flat_map(|option| ["-o", option]));
        if let Some(config) = &self.config {
            command.arg("-F").arg(config);
        }
        command
    }
}

/// To the host: nothing behind `--` is an option.
fn lead(command: &mut Command, host: HostWords<'_>) {
    if let Some(user) = host.user {
        command.args(["-l", user]);
    }
    if let Some(port) = host.port {
        command.args(["-p", &port.to_string()]);
    }
    command.args(["--", host.name]);
}
