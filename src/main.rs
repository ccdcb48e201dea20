//! The program `chefrs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    chefrs::cli::start(std::env::args_os())
}
