//! Why there is no going on with a target, and in whose words.

use std::io;

use crate::model::address::Address;
use crate::model::english::one_line;
use crate::model::error::{Failure, FailureKind};
use crate::target::channel::Channel;
use crate::target::frame::Broken;

use super::unseen;

/// Why there is no going on.
pub(super) enum Refused {
    /// The stream ended or makes no sense; whether the shell there had been heard of.
    Broken(Broken, bool),
    Said(Reason),
    /// The run there was ended in the middle.
    Died,
    /// The run there is stopped: the number of its process.
    Stopped(u32),
}

/// A failure that may still have to be told where.
pub(super) enum Reason {
    /// The words are the target's.
    There(Failure),
    /// The words are ours.
    Ours(Failure),
}

impl Reason {
    /// The failure, with the place where the words come from.
    pub(super) fn of(self, address: &Address) -> Failure {
        match self {
            Self::Ours(failure) => failure,
            Self::There(failure) => {
                let message = format!("`{address}`: {}", one_line(&failure.message));
                Failure { message, ..failure.told_from_afar() }
            }
        }
    }
}

impl From<Broken> for Refused {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken, true)
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Broken(error.into(), true)
    }
}

/// Whether nobody there gives a sign of life any more.
pub(super) fn is_silent(broken: &Broken) -> bool {
    matches!(broken, Broken::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}

/// The end of a stream in words.
pub(super) fn why(broken: Broken, address: &Address, mut channel: Channel, reached: bool) -> Failure {
    told(broken, address, &mut channel, reached)
}

/// The same for a connection that its session still holds.
pub(super) fn told(broken: Broken, address: &Address, channel: &mut Channel, reached: bool) -> Failure {
    match broken {
        _ if is_silent(&broken) => unseen::silent(address),
        Broken::End | Broken::Io(_) => channel.cause(reached),
        // What a forced command, or a shell that lets nobody work, has said is the reason.
        Broken::NoNonce(lines) => {
            let mut failure = channel.cause(reached);
            failure.details.extend(lines);
            failure
        }
        Broken::TooLong(_) | Broken::Senseless(_) | Broken::Noise => {
            Failure::new(format!("protocol error from `{address}`: {broken}"))
                .of_kind(FailureKind::Refused)
                .hint("nothing more is taken from it; is it the machine that you meant?")
        }
    }
}
