//! A command with the user's own terminal. The program that connects takes the place of this process, so that raw mode,
//! signals and the exit status are its business.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use super::container;
use super::options::{HostWords, SshOptions};
use super::program::{PATH, missing, without_secrets};
use crate::model::address::Address;
use crate::model::error::Failure;
use crate::model::variables::TERM;
use crate::target::quote::quote;

/// A command for a terminal.
#[derive(Debug, Clone, Copy)]
pub struct InteractiveCommand<'a> {
    /// The program and its arguments.
    pub argv: &'a [String],
    /// User to run it as.
    pub user: Option<&'a str>,
    /// Whether to run it as root. sudo may ask on the terminal.
    pub r#become: bool,
}

/// Starts the command on the target in place of this process. Returns only if it can't be started.
#[must_use]
pub fn replace_with(address: &Address, ssh: &SshOptions, command: InteractiveCommand<'_>) -> Failure {
    let InteractiveCommand { argv, user, r#become } = command;
    let (program, mut call) = match address {
        Address::Local => {
            let mut call = Command::new("/bin/sh");
            call.args(["-c", &script(command)]);
            without_secrets(&mut call);
            ("/bin/sh", call)
        }
        Address::Ssh { user: login, host, port } => {
            let host = HostWords { user: login.as_deref(), name: host, port: *port };
            ("ssh", ssh.interactive(host, &line(command)))
        }
        Address::Container { name } => {
            let program = match container::program(name) {
                Ok(program) => program,
                Err(failure) => return failure,
            };
            let mut call = Command::new(program);
            call.args(["exec", "-i", "-t"]);
            if let Some(user) = user.or_else(|| r#become.then_some("0")) {
                call.args(["-u", user]);
            }
            call.args(["--", name]).args(argv);
            without_secrets(&mut call);
            (program, call)
        }
        Address::Chroot { path } => {
            let mut call = Command::new("chroot");
            if let Some(user) = user {
                call.arg(format!("--userspec={user}"));
            }
            call.arg(path).args(argv);
            call.env_clear().env("PATH", PATH).env("LANG", "C.UTF-8").env("HOME", "/root");
            if let Some(kind) = std::env::var_os(TERM.name) {
                call.env(TERM.name, kind);
            }
            ("chroot", call)
        }
    };
    let error = call.exec();
    if error.kind() == std::io::ErrorKind::NotFound {
        return missing(&[program], &address.to_string());
    }
    Failure::new(format!("`{program}` can't be started: {error}"))
}

/// The line for the login shell, whatever shell that is.
fn line(command: InteractiveCommand<'_>) -> String {
    format!("exec /bin/sh -c {}", quote(&script(command)))
}

/// The command for a shell, which becomes another user if that is asked for.
fn script(InteractiveCommand { argv, user, r#become }: InteractiveCommand<'_>) -> String {
    let words: Vec<String> = argv.iter().map(|word| quote(word)).collect();
    let words = words.join(" ");
    match user.map(quote) {
        // An account of root's has no need for sudo, and may not have it.
        Some(user) => {
            format!(
                "[ \"$(id -u)\" = 0 ] && exec runuser -u {user} -- {words}; exec sudo -u {user} -- {words}"
            )
        }
        None if r#become => format!("[ \"$(id -u)\" = 0 ] && exec {words}; exec sudo -- {words}"),
        None => format!("exec {words}"),
    }
}
