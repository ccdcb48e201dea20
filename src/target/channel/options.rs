//! The command lines of `ssh`.

use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

use super::program::without_secrets;
use crate::target::quote::quote;

/// Options that a run needs, whatever ssh_config says. A silent network is noticed within 20 seconds.
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

/// Options of OpenSSH 7.6 and 8.7. An older `ssh` does not have these features either, so it is called without them.
const LATER: [&str; 3] = ["RemoteCommand=none", "StdinNull=no", "ForkAfterAuthentication=no"];

/// The option in an error message of `ssh` about an unknown option, if `ssh` can do without it.
pub(super) fn unknown_option(line: &str) -> Option<&'static str> {
    let (_, name) = line.split_once("Bad configuration option: ")?;
    let is_named = |option: &&str| {
        option.split_once('=').is_some_and(|(option, _)| option.eq_ignore_ascii_case(name.trim()))
    };
    line.starts_with("command-line").then(|| LATER.into_iter().find(is_named)).flatten()
}

/// Seconds after which a master without sessions ends by itself, in case the process that started it was killed.
const IDLE: u32 = 10;

/// How to call `ssh`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SshOptions {
    /// An ssh_config to use instead of the user's.
    pub config: Option<Utf8PathBuf>,
    /// Directory for the sockets of shared connections; created if it is missing. Without one, each session makes its
    /// own connection.
    pub sockets: Option<Utf8PathBuf>,
}

/// A host in the words of `ssh`.
#[derive(Debug, Clone, Copy)]
pub(super) struct HostWords<'a> {
    pub(super) user: Option<&'a str>,
    pub(super) name: &'a str,
    pub(super) port: Option<u16>,
}

impl SshOptions {
    /// The command for a person to connect in the same way, for hints.
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

    /// Starts a master: a connection that others share through its socket. Its process exits with 0 after the login;
    /// the master continues in the background.
    pub(super) fn master(&self, host: HostWords<'_>, socket: &Utf8Path, unknown: &[&str]) -> Command {
        let mut command = self.command(unknown);
        // Verbose, because only the trace has the fingerprint of a refused key and tells how far the login got.
        command.args(["-v", "-N", "-M", "-S", socket.as_str()]);
        command.arg("-o").arg(format!("ControlPersist={IDLE}"));
        lead(&mut command, host);
        command
    }

    /// A connection for one session. `ssh` uses a master of the user if there is one.
    pub(super) fn alone(&self, host: HostWords<'_>, line: &str, unknown: &[&str]) -> Command {
        let mut command = self.command(unknown);
        command.args(["-v", "-T"]);
        lead(&mut command, host);
        command.arg(line);
        command
    }

    /// A connection for a command with our terminal. `ssh` may ask for passwords.
    pub(super) fn interactive(&self, host: HostWords<'_>, line: &str) -> Command {
        let mut command = Command::new("ssh");
        without_secrets(&mut command);
        let own = ["BatchMode=no", "RequestTTY=force"];
        let is_own = |option: &&str| !option.starts_with("BatchMode=") && !option.starts_with("RequestTTY=");
        command
            .args(own.into_iter().chain(NEEDED.into_iter().filter(is_own)).flat_map(|option| ["-o", option]));
        if let Some(config) = &self.config {
            command.arg("-F").arg(config);
        }
        lead(&mut command, host);
        command.arg(line);
        command
    }

    /// Checks whether the user has a master for the host.
    pub(super) fn check(&self, host: HostWords<'_>, unknown: &[&str]) -> Command {
        let mut command = self.command(unknown);
        command.args(["-O", "check"]);
        lead(&mut command, host);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    /// `unknown`: options that this `ssh` does not know.
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

/// Adds the host. Nothing after `--` is an option.
fn lead(command: &mut Command, host: HostWords<'_>) {
    if let Some(user) = host.user {
        command.args(["-l", user]);
    }
    if let Some(port) = host.port {
        command.args(["-p", &port.to_string()]);
    }
    command.args(["--", host.name]);
}
