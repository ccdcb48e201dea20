//! `chefrs man`.

use camino::Utf8PathBuf;
use clap::{Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::model::exit::Exit;
use crate::model::kept::{PLACES, STATE_FILES};
use crate::model::variables::{PASSED_ON, VARIABLES};
use crate::target::local::document::DocumentDirectory;

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
    let mut pages = vec![("chefrs.1".to_owned(), main_page(chefrs.clone())?)];
    let mut built = chefrs.disable_help_subcommand(true);
    built.build();
    pages_of_subcommands(&built, &mut pages)?;
    let written = DocumentDirectory::open_or_make(directory)
        .and_then(|directory| pages.iter().try_for_each(|(name, page)| directory.write(name, page)));
    written.map_err(|failure| {
        EarlyEnd::unwritten("the manual pages", directory, failure, "name a directory that you can write to")
    })?;
    Ok(Exit::Success)
}

/// Adds a page for each subcommand, and for theirs.
fn pages_of_subcommands(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
    for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
        let man = Man::new(subcommand.clone());
        let mut page = Vec::new();
        man.render(&mut page)?;
        pages.push((man.get_filename(), page));
        pages_of_subcommands(subcommand, pages)?;
    }
    Ok(())
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
