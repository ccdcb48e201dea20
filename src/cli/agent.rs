//! `chefrs agent`: the half of a remote run on the target. The controlling side starts it.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use camino::Utf8PathBuf;
use clap::Args;

use crate::agent::{self, DetachedRun, Start};
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::target::local::runs::RunFile;

use super::early_end::EarlyEnd;
use super::signals;

/// Converges this machine for the controlling side on standard input and output.
#[derive(Debug, Args)]
#[command(hide = true)]
pub(super) struct AgentArguments {
    /// A random word that separates messages from other output.
    #[arg(required_unless_present = "run")]
    nonce: Option<String>,
    /// Id of a run that goes on without a connection. Its events are written to the file on standard output.
    #[arg(long, value_name = "RUN", conflicts_with = "nonce")]
    run: Option<String>,
}

pub(super) fn agent(arguments: &AgentArguments) -> Result<Exit, EarlyEnd> {
    let store = store()?;
    let input = Box::new(raw(io::stdin().as_fd())?);
    let output = raw(io::stdout().as_fd())?;
    match (&arguments.run, &arguments.nonce) {
        (Some(run), _) => {
            let interrupt = signals::interrupted_but_by_hangup()?;
            let output = RunFile::inherited(output)?;
            agent::run(DetachedRun { run: run.clone(), input, output, store, interrupt })?;
        }
        (None, nonce) => {
            let nonce = nonce.clone().unwrap_or_default();
            agent::serve(Start { nonce, input, output: Box::new(output), store })?;
        }
    }
    Ok(Exit::Success)
}

/// A stream without line buffering.
fn raw(stream: BorrowedFd<'_>) -> io::Result<File> {
    Ok(File::from(stream.try_clone_to_owned()?))
}

/// The directory of the executable. The probe has checked that no other user can write it.
fn store() -> Result<Utf8PathBuf, EarlyEnd> {
    let own = std::env::current_exe().map_err(|error| {
        EarlyEnd::usage(
            Diagnostic::error(format!("the agent can't find its own executable: {error}"))
                .hint("mount /proc there, or use the shell: `--engine shell`"),
        )
    })?;
    let directory =
        own.parent().and_then(|directory| Utf8PathBuf::from_path_buf(directory.join("blobs")).ok());
    directory.ok_or_else(|| EarlyEnd::usage(Diagnostic::error("the path of the agent is not UTF-8")))
}
