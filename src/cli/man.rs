//! `chefrs man`.

use camino::Utf8PathBuf;
use clap::{Args, Command};
use clap_mangen::Man;

use crate::model::error::Diagnostic;
use crate::model::exit::Exit;

use super::stop::EarlyEnd;
use super::terminal::Terminal;

/// Prints the manual page, or writes one page for each command.
#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// Directory to write `chefrs.1`, `chefrs-run.1` and the others to.
    #[arg(value_name = "DIR")]
    directory: Option<Utf8PathBuf>,
}

pub(super) fn man(arguments: &ManArguments, chefrs: Command, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let Some(directory) = &arguments.directory else {
        let mut page = Vec::new();
        Man::new(chefrs).render(&mut page)?;
        terminal.print(&String::from_utf8_lossy(&page))?;
        return Ok(Exit::Success);
    };
    let unwritten = |error| {
        let wrong = Diagnostic::error(format!("the manual pages can't be written to `{directory}`: {error}"));
        EarlyEnd::Findings(Exit::Failed, vec![wrong])
    };
    std::fs::create_dir_all(directory).map_err(unwritten)?;
    clap_mangen::generate_to(chefrs, directory).map_err(unwritten)?;
    Ok(Exit::Success)
}
