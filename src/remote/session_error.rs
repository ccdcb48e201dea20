//! Why a session failed.

use std::io;

use crate::model::address::Address;
use crate::model::english::{list, one_line};
use crate::model::error::{Failure, FailureKind};
use crate::model::step::Command;
use crate::target::channel::Channel;
use crate::target::frame::Broken;

use super::loss;

/// Why a session failed.
pub(super) enum SessionError {
    /// The stream ended or is invalid. The flag: the shell there has answered before.
    Broken(Broken, bool),
    /// A failure with a message.
    Failed(Reason),
    /// The process of the run was killed.
    Died,
    /// The process of the run, with this id, is stopped by a signal.
    Stopped(u32),
}

/// A failure, and which side it comes from.
pub(super) enum Reason {
    /// From the target.
    Remote(Failure),
    /// From this side.
    Local(Failure),
    /// The system there has not what every system has.
    Lacks {
        /// What it has not.
        missing: Vec<&'static str>,
        /// Kernel and machine.
        system: String,
    },
}

impl Reason {
    /// The failure. If it comes from the target, the message names the target.
    pub(super) fn of(self, address: &Address) -> Failure {
        match self {
            Self::Local(failure) => failure,
            Self::Lacks { missing, system } => lacks(address, &missing, &system),
            Self::Remote(failure) => {
                let message = format!("`{address}`: {}", one_line(&failure.message));
                Failure { message, ..failure.told_from_afar() }
            }
        }
    }
}

/// A system that can't work as it is: most often a directory tree where nothing is mounted.
fn lacks(address: &Address, missing: &[&str], system: &str) -> Failure {
    let lacking = list(missing, "and");
    let failure = Failure::new(format!("`{address}` lacks {lacking}; nothing was changed there"))
        .of_kind(FailureKind::Unreachable);
    let mount = |words: &[&str], place: String| {
        let words = ["mount"].iter().chain(words).copied().chain([place.as_str()]);
        format!("`{}`", Command::new(words).display())
    };
    match address {
        _ if !system.starts_with("Linux ") => {
            failure.hint(format!("chefrs works on Linux; that is {}", one_line(system)))
        }
        Address::Chroot { path } => {
            let root = path.as_str().trim_end_matches('/');
            let mounts = missing.iter().map(|name| match *name {
                "/proc" => mount(&["-t", "proc", "proc"], format!("{root}/proc")),
                _ => mount(&["--rbind", "/dev"], format!("{root}/dev")),
            });
            failure.hint(format!("mount what is missing: {}", list(&mounts.collect::<Vec<_>>(), "and")))
        }
        _ => failure.hint("every program there needs it: mount it, or start the container with it"),
    }
}

impl From<Broken> for SessionError {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken, true)
    }
}

impl From<io::Error> for SessionError {
    fn from(error: io::Error) -> Self {
        Self::Broken(error.into(), true)
    }
}

/// Whether it was a keep-alive timeout.
pub(super) fn is_silent(broken: &Broken) -> bool {
    matches!(broken, Broken::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}

/// Why a stream ended. Closes the channel.
pub(super) fn why(broken: Broken, address: &Address, mut channel: Channel, reached: bool) -> Failure {
    told(broken, address, &mut channel, reached)
}

/// Like [`why`], for a channel that is still in use.
pub(super) fn told(broken: Broken, address: &Address, channel: &mut Channel, reached: bool) -> Failure {
    match broken {
        _ if is_silent(&broken) => loss::silent(address),
        Broken::End | Broken::Io(_) => channel.cause(reached),
        // Output of a forced command, or of a shell that refuses to work, is the reason.
        Broken::NoNonce(lines) => {
            let mut failure = channel.cause(reached);
            failure.details.extend(lines);
            failure
        }
        Broken::TooLong(_) | Broken::Senseless(_) | Broken::Noise => {
            Failure::new(format!("protocol error from `{address}`: {broken}"))
                .of_kind(FailureKind::Refused)
                .hint("the connection was closed; is it the machine that you meant?")
        }
    }
}
