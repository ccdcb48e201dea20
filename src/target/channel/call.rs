//! The parameters of a session, its streams, and its end.

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
    /// `ssh` could not connect or log in.
    KeptOut,
    /// The login worked, but the host opened no session. The reason.
    NoSession(String),
    /// The remote command exited with this status.
    Exited(i32),
    /// The remote command was killed by a signal.
    Killed,
    Broken,
    /// We ended it.
    Cut,
}

/// The remote command and its host.
pub(super) struct Call {
    pub(super) address: Address,
    pub(super) options: SshOptions,
    pub(super) user: Option<String>,
    pub(super) host: String,
    pub(super) port: Option<u16>,
    /// Run by the user's login shell, whatever shell that is.
    pub(super) line: String,
    pub(super) question: String,
    pub(super) nonce: String,
}

/// The remote ends of the streams of a session.
pub(super) struct Streams {
    pub(super) input: PipeReader,
    pub(super) output: PipeWriter,
    /// Standard error, and the end to read it from.
    pub(super) errors: PipeWriter,
    pub(super) heard: PipeReader,
}

impl Streams {
    /// Duplicates the three streams of the session.
    pub(super) fn copies(&self) -> io::Result<[OwnedFd; 3]> {
        let Self { input, output, errors, .. } = self;
        Ok([input.try_clone()?.into(), output.try_clone()?.into(), errors.try_clone()?.into()])
    }
}
