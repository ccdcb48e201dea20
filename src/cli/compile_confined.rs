//! `chefrs compile-confined`: the sandboxed process that compiles. Other commands start it.

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
use std::time::Duration;

use clap::Args;

use crate::compile::Limits;
use crate::confined;
use crate::model::exit::Exit;

use super::early_end::EarlyEnd;

/// Compiles for the process on standard input and output, and can do nothing else.
#[derive(Debug, Args)]
#[command(hide = true)]
pub(super) struct CompileConfinedArguments {
    /// Milliseconds of processor time.
    time: u64,
    /// Milliseconds on the clock.
    wall: u64,
    /// Bytes of memory.
    memory: usize,
}

pub(super) fn compile_confined(arguments: &CompileConfinedArguments) -> Result<Exit, EarlyEnd> {
    let limits = Limits {
        time: Duration::from_millis(arguments.time),
        wall: Duration::from_millis(arguments.wall),
        memory: arguments.memory,
        ..Limits::default()
    };
    let input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let output = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    confined::serve(input, output, limits)?;
    Ok(Exit::Success)
}
