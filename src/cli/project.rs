//! The project of a command, and the names of its recipes.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use crate::cookbook::Project;
use crate::model::error::Diagnostic;

use super::early_end::EarlyEnd;
use super::environment;

/// Opens the project in a directory. Without one, searches for it from the current directory upwards.
pub(super) fn open(directory: Option<&Utf8Path>) -> Result<Project, EarlyEnd> {
    let Some(directory) = directory else {
        let here = Utf8Path::new(".");
        let around = Project::directory_around(here);
        return Project::open_of(&around, &environment::owners()?).map_err(|mut findings| {
            if around != here {
                let hint =
                    format!("the project `{around}` contains this directory: `--project .` ignores it");
                findings.0.iter_mut().for_each(|finding| finding.hints.push(hint.clone()));
            }
            findings.into()
        });
    };
    if !directory.is_dir() {
        let wrong = Diagnostic::error(if directory.exists() {
            format!("`{directory}` is not a directory")
        } else {
            format!("there is no directory `{directory}`")
        });
        return Err(EarlyEnd::usage(wrong.hint("`--project` takes the directory that holds `recipes/`")));
    }
    Ok(Project::open_of(directory, &environment::owners()?)?)
}

/// The directory of the project, without opening it.
pub(super) fn directory(given: Option<&Utf8Path>) -> Result<Utf8PathBuf, EarlyEnd> {
    let found = given.map_or_else(|| Project::directory_around(Utf8Path::new(".")), Utf8Path::to_owned);
    found
        .canonicalize_utf8()
        .ok()
        .filter(|found| found.is_dir())
        .ok_or_else(|| EarlyEnd::usage(Diagnostic::error(format!("there is no directory `{found}`"))))
}

/// The directory of a project, by which it is known again.
pub(super) fn root(project: &Project) -> Utf8PathBuf {
    project.root().canonicalize_utf8().unwrap_or_else(|_| project.root().to_owned())
}

/// All names for `-r`: the project's recipes, then those of the cookbooks, as `cookbook` and `cookbook::recipe`.
pub(super) fn recipes(project: &Project) -> Vec<String> {
    let mut names = project.own().names("recipes", "lua");
    for cookbook in project.cookbook_names() {
        names.extend(cookbook_recipes(project, cookbook));
    }
    // A recipe and a cookbook may have the same name.
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// The recipes of a cookbook. The default one has the name of the cookbook.
pub(super) fn cookbook_recipes(project: &Project, cookbook: &str) -> Vec<String> {
    let recipes = project.cookbook(cookbook).map(|found| found.names("recipes", "lua")).unwrap_or_default();
    recipes
        .into_iter()
        .map(|recipe| if recipe == "default" { cookbook.to_owned() } else { format!("{cookbook}::{recipe}") })
        .collect()
}

/// The recipes of the project and of its own cookbooks, without the shipped ones.
pub(super) fn own_recipes(project: &Project) -> Vec<String> {
    let own = project.own().names("recipes", "lua").into_iter();
    let mut recipes: Vec<String> =
        own.filter(|name| project.root().join("recipes").join(format!("{name}.lua")).is_file()).collect();
    for cookbook in project.cookbook_names() {
        if project.is_own(cookbook) {
            recipes.extend(cookbook_recipes(project, cookbook));
        }
    }
    recipes
}
