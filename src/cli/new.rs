//! `chefrs new`.

use std::fmt::Write as _;

use clap::{Args, Subcommand};

use crate::model::english::one_line;
use crate::model::exit::Exit;

use super::cookbook::chosen_cookbook::FoundCookbook;
use super::cookbook::rights;
use super::early_end::EarlyEnd;
use super::terminal::Terminal;

mod cookbook;
mod new_files;
mod project;
mod recipe_and_resource;

/// Makes a cookbook, a project, a recipe or a custom resource to start from.
///
/// What it makes passes `chefrs check`, has a test, and can be run at once. Files that exist are never changed.
#[derive(Debug, Args)]
pub(super) struct NewArguments {
    #[command(subcommand)]
    kind: NewKind,
}

#[derive(Debug, Subcommand)]
enum NewKind {
    Cookbook(cookbook::NewCookbookArguments),
    Project(project::NewProjectArguments),
    Recipe(recipe_and_resource::NewRecipeArguments),
    Resource(recipe_and_resource::NewResourceArguments),
}

pub(super) fn new(arguments: &NewArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let made = match &arguments.kind {
        NewKind::Cookbook(arguments) => cookbook::made(arguments)?,
        NewKind::Project(arguments) => project::made(arguments)?,
        NewKind::Recipe(arguments) => recipe_and_resource::made_recipe(arguments)?,
        NewKind::Resource(arguments) => recipe_and_resource::made_resource(arguments)?,
    };
    let mut text = String::new();
    let directory = &made.directory;
    for path in made.write()? {
        // Writing to a string does not fail.
        let _ = writeln!(text, "wrote {}", one_line(path.as_str()));
    }
    terminal.print(&text)?;
    // A cookbook may do only what it declares, and has more to do now.
    if let Some(cookbook) = made.cookbook {
        rights::infer_more(&FoundCookbook::at(directory, cookbook)?, terminal)?;
    }
    terminal.print(&(made.next + "\n"))?;
    Ok(Exit::Success)
}
