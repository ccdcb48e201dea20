//! A session as it is wanted, the streams that it gets, and how it ended.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::OwnedFd;

use super::options::SshOptions;
use crate::model::address::Address;
use crate::model::error::Failure;

/// How a session ended.
#[derive(Debug, Clone)]
pub(super) enum SessionEnd {
    /// `ssh` can't be started.
    NotStarted(Box<Failure>),
    /// `ssh` did not get in.
    KeptOut,
    /// The host let us in, and opens no session: why.
    NoSession(String),
    /// What ran there ended with this status.
    Exited(i32),
    /// What ran there was ended by a signal; the connection was fine.
    Killed,
    Broken,
    /// We have ended it.
    Cut,
}

/// What is done on the host, and how it is reached.
pub(super) struct Call {
    pub(super) address: Address,
    pub(super) options: SshOptions,
    pub(super) user: Option<String>,
    pub(super) host: String,
    pub(super) port: Option<u16>,
    /// For the account's own shell, whatever shell it is.
    pub(super) line: String,
    pub(super) question: String,
    pub(super) nonce: String,
}

/// The other ends of the streams of a session.
pub(super) struct Streams {
    pub(super) input: PipeReader,
    pub(super) output: PipeWriter,
    /// What is written to standard error, and where it is heard.
    pub(super) errors: PipeWriter,
    pub(super) heard: PipeReader,
}

impl Streams {
    /// The three that the session itself has, once more.
    pub(super) fn copies(&self) -> io::Result<[OwnedFd; 3]> {
        let Self { input, output, errors, .. } = self;
        Ok([input.try_clone()?.into(), output.try_clone()?.into(), errors.try_clone()?.into()])
    }
}
