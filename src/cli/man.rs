//! `chefrs man`.

use camino::Utf8PathBuf;
use clap::{Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::model::kept::{PLACES, STATE_FILES};
use crate::model::variables::{PASSED_ON, VARIABLES};

use super::early_end::EarlyEnd;
use super::terminal::Terminal;

/// Prints the manual page, or writes a page for each command.
#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// Directory for the pages: `chefrs.1`, `chefrs-run.1` and so on.
    #[arg(value_name = "DIR")]
    directory: Option<Utf8PathBuf>,
}

pub(super) fn man(arguments: &ManArguments, chefrs: Command, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let Some(directory) = &arguments.directory else {
        terminal.print(&String::from_utf8_lossy(&main_page(chefrs)?))?;
        return Ok(Exit::Success);
    };
    let unwritten = |error| {
        let wrong = Diagnostic::error(format!("the manual pages can't be written to `{directory}`: {error}"));
        EarlyEnd::Findings(Exit::Failed, vec![wrong])
    };
    std::fs::create_dir_all(directory).map_err(unwritten)?;
    clap_mangen::generate_to(chefrs.clone(), directory).map_err(unwritten)?;
    std::fs::write(directory.join("chefrs.1"), main_page(chefrs)?).map_err(unwritten)?;
    Ok(Exit::Success)
}

/// The page of chefrs itself: the command line, the environment, and the files.
fn main_page(chefrs: Command) -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(chefrs).render(&mut page)?;
    let mut more = Roff::new();
    more.control("SH", ["ENVIRONMENT"]);
    for variable in VARIABLES.iter().chain(&PASSED_ON) {
        more.control("TP", []);
        more.text([bold(variable.name)]);
        more.text([roman(variable.doc)]);
    }
    more.control("SH", ["FILES"]);
    for file in PLACES.iter().chain(STATE_FILES) {
        more.control("TP", []);
        more.text([bold(file.name)]);
        more.text([roman(file.doc)]);
    }
    more.to_writer(&mut page)?;
    Ok(page)
}
